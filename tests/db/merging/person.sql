-- Something of a person in every table that can refer to one; the third knows and mentions them.
WITH talk AS (
    INSERT INTO conversations (contact_id, company_id) VALUES (%(who)s, %(company)s) RETURNING id
), message AS (
    INSERT INTO touchpoints (conversation_id, subject, content, sent_at, email_message_id)
    SELECT t.id, 'Hello Jo', 'Dear Jo Quill', now() - interval '3 days', '<' || %(key)s || '@ours.test>' FROM talk AS t RETURNING id
), opened AS (
    INSERT INTO events (kind, at, touchpoint_id, url, user_agent, address, raw)
    SELECT 'opened', now() - interval '2 days', m.id, 'https://ours.test/' || %(key)s, 'Browser of ' || %(key)s, '198.51.100.7', '{"who": "Jo Quill"}'
    FROM message AS m
), enrolled AS (
    INSERT INTO enrolments (campaign_id, version_id, contact_id, company_id, conversation_id, is_live, state, reason, step_key, zone, zone_source, finished_at, referred_by_id)
    SELECT v.campaign_id, v.id, %(who)s, %(company)s, t.id, true, 'finished', 'done', 'first', 'UTC', 'workspace', now(), NULL
    FROM talk AS t, campaign_versions AS v RETURNING id, version_id
), referred AS (
    INSERT INTO enrolments (campaign_id, version_id, contact_id, is_live, state, reason, step_key, zone, zone_source, finished_at, referred_by_id)
    SELECT v.campaign_id, v.id, %(third)s, true, 'finished', 'done', 'first', 'UTC', 'workspace', now(), %(who)s FROM campaign_versions AS v
), decided AS (
    INSERT INTO decisions (enrolment_id, step_key, verdict, rule, reason, inputs, version_id, first_at, last_at)
    SELECT e.id, 'first', 'allow', 'all', 'Jo Quill may be written to.', '{"person": {"name": "Jo Quill"}}', e.version_id, now(), now() FROM enrolled AS e
), intended AS (
    INSERT INTO intents (enrolment_id, step_key, state, is_live, channel, contact_id, company_id, address, subject, content, mentions_id, planned_at, touchpoint_id, message_id)
    SELECT e.id, 'first', 'sent', true, 'email', %(who)s, %(company)s, %(key)s || '@acme.test', 'Hello Jo', 'Dear Jo Quill', NULL, now(), m.id, gen_random_uuid() || '@ours.test'
    FROM enrolled AS e, message AS m RETURNING id
), tried AS (
    INSERT INTO attempts (intent_id, number, outcome, detail, raw, started_at)
    SELECT i.id, 1, 'sent', 'to Jo Quill', '{"to": "Jo Quill"}', now() FROM intended AS i
), sent AS (
    INSERT INTO sends (intent_id, is_live, contact_id, company_id, domain, at) SELECT i.id, true, %(who)s, %(company)s, 'acme.test', now() FROM intended AS i RETURNING id
), signalled AS (
    INSERT INTO signals (kind, at, contact_id, company_id, intent_id, source, data, effects, dedupe_key)
    SELECT 'reply', now(), %(who)s, %(company)s, i.id, 'Jo Quill', '{"text": "I am Jo Quill"}', '["Jo Quill answered"]', 'reply of Jo Quill ' || %(key)s FROM intended AS i RETURNING id
), approved AS (
    INSERT INTO approvals (enrolment_id, step_key, channel, address, subject, content, content_hash, state, mentions_id)
    SELECT e.id, 'first', 'email', %(key)s || '@acme.test', 'Hello Jo', 'Dear Jo Quill', 'x', 'withdrawn', %(who)s FROM enrolled AS e
), drafted AS (
    INSERT INTO drafts (enrolment_id, step_key, channel, state, subject, content, content_hash, model, mentions_id, facts, refusals, asked_at, settled_at)
    SELECT e.id, 'first', 'email', 'written', 'Hello Jo', 'Dear Jo Quill', 'x', 'm', %(who)s, '["Jo Quill"]', '["Jo Quill"]', now(), now() FROM enrolled AS e
), asked AS (
    INSERT INTO tasks (kind, title, body, company_id, contact_id, signal_id, due_at)
    SELECT 'reply', 'Answer Jo Quill', 'Jo Quill wrote', %(company)s, %(who)s, s.id, now() FROM signalled AS s RETURNING id
), answered AS (
    INSERT INTO manual_messages (task_id, contact_id, company_id, state, address, subject, content, content_hash, message_id, written_by, called_at, lease_until)
    SELECT a.id, %(who)s, %(company)s, 'sent', %(key)s || '@acme.test', 'Hello Jo', 'Dear Jo Quill', 'x', %(key)s || '@manual', 'Sam', now(), now() FROM asked AS a
), mailed AS (
    INSERT INTO mails (source, sender_id, dedupe_key, from_email, subject, at, kind, state, contact_id, touchpoint_id, understood, effects, raw)
    SELECT 'box', %(sender)s, %(key)s || '-mail', %(key)s || '@acme.test', 'Jo Quill answers', now(), 'reply', 'matched', %(who)s, m.id,
        '{"of": "Jo Quill"}', '["Jo Quill"]', convert_to('From: Jo Quill <' || %(key)s || '@acme.test>', 'UTF8')
    FROM message AS m
), agreed AS (
    INSERT INTO consents (contact_id, channel, basis, wording, evidence) VALUES (%(who)s, 'email', 'consent', 'Jo Quill says yes', 'form of Jo Quill')
), known AS (
    INSERT INTO external_ids (source, entity, key, contact_id) VALUES ('crm', 'contacts', 'crm-' || %(key)s, %(who)s)
), takes_part AS (
    INSERT INTO conversation_participants (conversation_id, contact_id) SELECT t.id, %(third)s FROM talk AS t
), refused AS (
    INSERT INTO topic_refusals (contact_id, topic) VALUES (%(who)s, %(topic)s), (%(who)s, 'both')
), held AS (
    INSERT INTO holds (scope, contact_id, reason, note, until, created_at)
    VALUES ('contact', %(who)s, 'leave', 'Jo Quill is away', now() + %(days)s * interval '1 day', now() - interval '1 day') RETURNING id
), about_it AS (
    INSERT INTO tasks (kind, title, contact_id, hold_id, due_at) SELECT 'question', 'Is Jo Quill back?', %(who)s, h.id, now() FROM held AS h
)
INSERT INTO suppressions (contact_id, channel, reason, note) VALUES (%(who)s, 'sms', 'manual', 'Jo Quill asked'), (%(who)s, %(channel)s, 'objection', 'by Jo Quill');
