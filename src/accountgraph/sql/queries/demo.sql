-- The demo: its rows in bulk, and taking them away again. Made up is what says so and has an address that is nobody's: a field `demo` may
-- be somebody's own.

-- name: write_companies
-- Accounts as they come; their domains are kept by a trigger.
INSERT INTO companies (
    id, name, domain, industry, size, description, headquarters_location, country, account_tier, account_status, research_data,
    last_researched_at, attributes, created_at, updated_at
)
SELECT
    r.id, r.name, r.domain, r.industry, r.size, r.description, r.headquarters_location, r.country, r.account_tier, r.account_status,
    r.research_data, r.last_researched_at, r.attributes, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::companies, %(rows)s::jsonb) AS r;

-- name: write_contacts
-- People as they come.
INSERT INTO contacts (
    id, company_id, first_name, last_name, email, email_key, phone, title, department, seniority_level, buying_role, linkedin_url, country,
    interests, communication_preferences, research_data, is_primary_contact, is_decision_maker, is_champion, status, source, collected_at,
    attributes, created_at, updated_at
)
SELECT
    r.id, r.company_id, r.first_name, r.last_name, r.email, r.email_key, r.phone, r.title, r.department, r.seniority_level, r.buying_role,
    r.linkedin_url, r.country, r.interests, r.communication_preferences, r.research_data, r.is_primary_contact, r.is_decision_maker,
    r.is_champion, r.status, r.source, r.collected_at, r.attributes, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::contacts, %(rows)s::jsonb) AS r;

-- name: write_relationships
-- Edges as they come.
INSERT INTO relationships (
    id, contact_id_1, contact_id_2, relationship_type, strength, context, is_verified, confidence_score, attributes, discovered_at, created_at,
    updated_at
)
SELECT
    r.id, r.contact_id_1, r.contact_id_2, r.relationship_type, r.strength, r.context, r.is_verified, r.confidence_score, r.attributes,
    r.discovered_at, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::relationships, %(rows)s::jsonb) AS r;

-- name: write_conversations
-- Conversations as they come; what is counted about them is kept by triggers.
INSERT INTO conversations (
    id, contact_id, company_id, status, qualification_tier, next_touchpoint_at, context, outcome, outcome_date, estimated_value, actual_value,
    attributes, started_at, closed_at, created_at, updated_at
)
SELECT
    r.id, r.contact_id, r.company_id, r.status, r.qualification_tier, r.next_touchpoint_at, r.context, r.outcome, r.outcome_date,
    r.estimated_value, r.actual_value, r.attributes, r.started_at, r.closed_at, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::conversations, %(rows)s::jsonb) AS r;

-- name: write_touchpoints
-- Messages, calls and meetings as they come; the events of their sending come by a trigger.
INSERT INTO touchpoints (
    id, conversation_id, channel, direction, subject, content, response, sent_at, outcome_details, call_duration_seconds, call_sentiment,
    email_message_id, metadata, attributes, created_at, updated_at
)
SELECT
    r.id, r.conversation_id, r.channel, r.direction, r.subject, r.content, r.response, r.sent_at, r.outcome_details, r.call_duration_seconds,
    r.call_sentiment, r.email_message_id, r.metadata, r.attributes, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::touchpoints, %(rows)s::jsonb) AS r;

-- name: write_events
-- What happened with them; who did it is judged as ever.
SELECT record_events(%(rows)s::jsonb);

-- name: write_consents
-- Consents as they come.
INSERT INTO consents (id, contact_id, channel, basis, wording, evidence, captured_at, revoked_at)
SELECT r.id, r.contact_id, r.channel, r.basis, r.wording, r.evidence, r.captured_at, r.revoked_at
FROM jsonb_populate_recordset(NULL::consents, %(rows)s::jsonb) AS r;

-- name: write_suppressions
-- Suppressions as they come.
INSERT INTO suppressions (id, contact_id, channel, reason, created_at)
SELECT r.id, r.contact_id, r.channel, r.reason, r.created_at
FROM jsonb_populate_recordset(NULL::suppressions, %(rows)s::jsonb) AS r;

-- name: sent
-- The messages of these intents as their recipients have them.
SELECT
    i.id AS intent_id, i.touchpoint_id, i.contact_id, i.company_id, i.step_key, i.variant, i.subject, i.content, i.sender_id,
    s.address AS sender, coalesce(i.wire_message_id, i.message_id) AS message_id, c.email_key AS address,
    concat_ws(' ', c.first_name, c.last_name) AS name, e.touch_count AS number, p.name AS campaign
FROM intents AS i
INNER JOIN enrolments AS e ON e.id = i.enrolment_id
INNER JOIN campaigns AS p ON p.id = e.campaign_id
INNER JOIN contacts AS c ON c.id = i.contact_id
LEFT JOIN senders AS s ON s.id = i.sender_id
WHERE i.id = ANY (%(ids)s) AND i.state = 'sent' AND i.channel = 'email' AND i.touchpoint_id IS NOT NULL
ORDER BY c.email_key, i.step_key;

-- name: waiting
-- What was asked of us at this moment: messages to approve and tasks.
SELECT
    v.id, 'approval' AS kind, v.step_key AS about, c.email_key AS address, e.company_id, e.contact_id, v.content_hash, NULL::timestamptz AS waits_until
FROM approvals AS v INNER JOIN enrolments AS e ON e.id = v.enrolment_id INNER JOIN contacts AS c ON c.id = e.contact_id
WHERE v.state = 'pending' AND v.created_at = %(now)s
UNION ALL
SELECT t.id, t.kind, coalesce(g.kind, i.step_key, t.title), coalesce(c.email_key, ''), t.company_id, t.contact_id, NULL, t.waits_until
FROM tasks AS t
LEFT JOIN signals AS g ON g.id = t.signal_id
LEFT JOIN intents AS i ON i.id = t.intent_id
LEFT JOIN contacts AS c ON c.id = t.contact_id
WHERE t.state = 'open' AND t.created_at = %(now)s
ORDER BY address, kind, about;

-- name: begin_campaign
-- A campaign of the demo is live: what it did counts, and left touchpoints. Its senders print to the console.
UPDATE campaigns AS c SET
    status = 'active', is_live = true, started_at = %(now)s, preview_hash = v.content_hash, preview_approved_by = %(by)s,
    preview_approved_at = %(now)s
FROM campaign_versions AS v
WHERE c.id = %(id)s AND v.id = %(version_id)s;

-- name: spread
-- The engine looked twice a day; the messages that it let go left one after the other from then on, each at its own time.
WITH given AS MATERIALIZED (
    SELECT r.id, r.at, i.enrolment_id, i.step_key, i.touchpoint_id FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id uuid, at timestamptz)
    INNER JOIN intents AS i ON i.id = r.id
), a AS (
    UPDATE intents AS i SET planned_at = g.at, called_at = g.at, settled_at = g.at FROM given AS g WHERE i.id = g.id
), b AS (
    UPDATE attempts AS t SET started_at = g.at, finished_at = g.at FROM given AS g WHERE t.intent_id = g.id
), c AS (
    UPDATE sends AS s SET at = g.at FROM given AS g WHERE s.intent_id = g.id
), d AS (
    UPDATE decisions AS x SET first_at = g.at, last_at = g.at FROM given AS g
    WHERE x.enrolment_id = g.enrolment_id AND x.step_key = g.step_key AND x.verdict = 'allow'
), e AS (
    UPDATE enrolments AS n SET last_touch_at = f.last_at, first_touch_at = CASE WHEN n.first_touch_at < f.first_at THEN f.first_at ELSE n.first_touch_at END
    FROM (SELECT g.enrolment_id, max(g.at) AS last_at, min(g.at) AS first_at FROM given AS g GROUP BY g.enrolment_id) AS f
    WHERE n.id = f.enrolment_id AND n.last_touch_at < f.last_at
)
UPDATE events AS v SET at = g.at FROM given AS g WHERE v.touchpoint_id = g.touchpoint_id AND v.kind = 'sent';

-- name: hasten
-- Statements of this transaction are many and small: compiling them costs more than running them.
SELECT set_config('jit', 'off', true);

-- name: open
-- What of it is open, the oldest first.
SELECT w.id, w.kind, w.about, w.address, w.company_id, w.contact_id, w.content_hash, w.waits_until FROM (
    SELECT
        v.id, 'approval' AS kind, v.step_key AS about, c.email_key AS address, e.company_id, e.contact_id, v.content_hash,
        NULL::timestamptz AS waits_until, v.created_at
    FROM approvals AS v INNER JOIN enrolments AS e ON e.id = v.enrolment_id INNER JOIN contacts AS c ON c.id = e.contact_id
    WHERE v.state = 'pending'
    UNION ALL
    SELECT t.id, t.kind, coalesce(i.step_key, t.title), coalesce(c.email_key, ''), t.company_id, t.contact_id, NULL, t.waits_until, t.created_at
    FROM tasks AS t LEFT JOIN intents AS i ON i.id = t.intent_id LEFT JOIN contacts AS c ON c.id = t.contact_id
    WHERE t.state = 'open'
) AS w
ORDER BY w.created_at, w.address, w.kind;

-- name: under_way
-- Who is on the way through a campaign and has had a message.
SELECT e.contact_id FROM enrolments AS e INNER JOIN campaigns AS p ON p.id = e.campaign_id
WHERE p.name = %(name)s AND e.state = 'waiting' AND e.touch_count BETWEEN 1 AND 4
ORDER BY e.contact_id;

-- name: latest_by_hand
-- The latest mail that each person of a running conversation got by hand, the latest last.
SELECT
    m.id AS intent_id, m.id AS touchpoint_id, c.id AS contact_id, c.company_id, '' AS step_key, NULL AS variant, m.subject, m.content,
    NULL::uuid AS sender_id, 'maya@northlight.example' AS sender, m.email_message_id AS message_id, c.email_key AS address,
    concat_ws(' ', c.first_name, c.last_name) AS name, 1 AS number, '' AS campaign
FROM conversations AS v
INNER JOIN contacts AS c ON c.id = v.contact_id
CROSS JOIN LATERAL (
    SELECT t.id, t.subject, t.content, t.email_message_id, t.sent_at, t.replied_at FROM touchpoints AS t
    WHERE t.conversation_id = v.id AND t.channel = 'email' AND t.sent_at < current_moment()
    ORDER BY t.sent_at DESC LIMIT 1
) AS m
WHERE v.status = 'active' AND c.status = 'active' AND v.campaign_id IS NULL AND m.replied_at IS NULL AND m.sent_at > current_moment() - interval '30 days'
ORDER BY m.sent_at, c.email_key;

-- name: settle_conversations
-- What the campaigns left behind: a deal closes its conversation, and who never answered rests.
WITH deals AS MATERIALIZED (
    SELECT DISTINCT ON (v.id)
        v.id, g.kind, g.at, CASE n.size WHEN 'small' THEN 9000 WHEN 'medium' THEN 26000 WHEN 'large' THEN 58000 ELSE 130000 END AS value
    FROM signals AS g
    INNER JOIN conversations AS v ON v.contact_id = g.contact_id
    INNER JOIN companies AS n ON n.id = v.company_id
    WHERE g.kind IN ('deal_won', 'deal_lost') AND v.status = 'active'
    ORDER BY v.id, g.at DESC
), closed AS (
    UPDATE conversations AS v SET
        status = CASE d.kind WHEN 'deal_won' THEN 'won' ELSE 'lost' END,
        outcome = CASE d.kind WHEN 'deal_won' THEN 'signed' ELSE 'no budget' END, outcome_date = d.at, closed_at = d.at,
        estimated_value = d.value, actual_value = CASE d.kind WHEN 'deal_won' THEN d.value END
    FROM deals AS d WHERE v.id = d.id
)
UPDATE conversations AS v SET status = 'nurturing', next_touchpoint_at = NULL
WHERE v.campaign_id IS NOT NULL AND v.status = 'active' AND v.response_count = 0
    AND NOT EXISTS (SELECT FROM deals AS d WHERE d.id = v.id)
    AND NOT EXISTS (SELECT FROM enrolments AS e WHERE e.conversation_id = v.id AND e.state NOT IN ('finished', 'failed'));

-- name: mark_conversations
-- What the campaigns made is made up like the rest.
UPDATE conversations AS v SET attributes = v.attributes || '{"demo": true}'
FROM contacts AS c WHERE c.id = v.contact_id AND is_made_up(c.attributes, c.email_key) AND NOT v.attributes @> '{"demo": true}';

-- name: mark_touchpoints
-- The same of messages.
UPDATE touchpoints AS t SET attributes = t.attributes || '{"demo": true}'
FROM conversations AS v WHERE v.id = t.conversation_id AND v.attributes @> '{"demo": true}' AND NOT t.attributes @> '{"demo": true}';

-- name: is_loaded
-- Whether the rich demo is here: its first account, whole as it was committed.
SELECT true FROM companies AS n WHERE n.domain = %(domain)s AND n.attributes @> '{"demo": true}';

-- name: in_the_way
-- What of the workspace's own stands where the demo's would: accounts, people, campaigns, senders.
SELECT c.domain FROM companies AS c WHERE c.domain = ANY (%(domains)s)
UNION ALL
SELECT p.name FROM campaigns AS p
UNION ALL
SELECT s.address FROM senders AS s WHERE s.address = ANY (%(senders)s);

-- name: lock
-- One loading at a time.
SELECT pg_advisory_xact_lock(470131203, hashtext(current_schema()));

-- name: counted
-- What is there of it.
SELECT
    (SELECT count(*) FROM companies AS n WHERE n.attributes @> '{"demo": true}' AND n.domain ~ '[.]example$') AS accounts,
    (SELECT count(*) FROM contacts AS c WHERE c.attributes @> '{"demo": true}' AND c.email_key ~ '[.]example$') AS people,
    (SELECT count(*) FROM touchpoints AS t WHERE t.attributes @> '{"demo": true}') AS touchpoints,
    (SELECT count(*) FROM campaigns AS p WHERE p.name = ANY (%(names)s)) AS campaigns;

-- name: made_up
-- How much there is that is made up, and the accounts that stay since something real stands in them.
WITH people AS MATERIALIZED (
    SELECT c.id FROM contacts AS c WHERE is_made_up(c.attributes, c.email_key)
), accounts AS MATERIALIZED (
    SELECT n.id, n.name,
        EXISTS (SELECT FROM contacts AS c WHERE c.company_id = n.id AND is_made_up(c.attributes, c.email_key) IS NOT TRUE)
        OR EXISTS (
            SELECT FROM conversations AS v INNER JOIN contacts AS c ON c.id = v.contact_id
            WHERE v.company_id = n.id AND is_made_up(c.attributes, c.email_key) IS NOT TRUE
        ) AS is_kept
    FROM companies AS n WHERE is_made_up(n.attributes, n.domain)
), talks AS MATERIALIZED (
    SELECT v.id FROM conversations AS v WHERE v.contact_id IN (SELECT p.id FROM people AS p)
)
SELECT
    (SELECT count(*) FROM accounts) AS accounts,
    (SELECT count(*) FROM people) AS people,
    (SELECT count(*) FROM talks) AS conversations,
    (SELECT count(*) FROM touchpoints AS t WHERE t.conversation_id IN (SELECT v.id FROM talks AS v)) AS touchpoints,
    (
        SELECT count(*) FROM campaigns AS p WHERE p.name = ANY (%(names)s) AND EXISTS (
            SELECT FROM campaign_versions AS v WHERE v.campaign_id = p.id AND starts_with(v.definition ->> 'description', %(mark)s)
        )
    ) AS campaigns,
    (SELECT count(*) FROM senders AS s WHERE s.settings @> '{"demo": true}') AS senders,
    ARRAY(SELECT a.name FROM accounts AS a WHERE a.is_kept ORDER BY a.name) AS kept_accounts;

-- name: address_hashes
-- The hashes of the addresses of people who are made up, so that nothing of them is kept when they go.
SELECT h.hash FROM contacts AS c CROSS JOIN LATERAL (VALUES (address_hash(c.email_key)), (address_hash(phone_key(c.phone)))) AS h (hash)
WHERE is_made_up(c.attributes, c.email_key) AND h.hash IS NOT NULL;

-- name: remove_manual_messages
-- What was answered to them by hand.
DELETE FROM manual_messages AS m USING contacts AS c WHERE c.id = m.contact_id AND is_made_up(c.attributes, c.email_key);

-- name: remove_mails
-- What they wrote.
DELETE FROM mails AS m USING contacts AS c WHERE c.id = m.contact_id AND is_made_up(c.attributes, c.email_key);

-- name: remove_tasks
-- Work about them.
DELETE FROM tasks AS t WHERE t.contact_id IN (SELECT c.id FROM contacts AS c WHERE is_made_up(c.attributes, c.email_key))
    OR (t.contact_id IS NULL AND t.company_id IN (SELECT n.id FROM companies AS n WHERE is_made_up(n.attributes, n.domain)));

-- name: remove_signals
-- What happened to them.
DELETE FROM signals AS g WHERE g.contact_id IN (SELECT c.id FROM contacts AS c WHERE is_made_up(c.attributes, c.email_key))
    OR (g.contact_id IS NULL AND g.company_id IN (SELECT n.id FROM companies AS n WHERE is_made_up(n.attributes, n.domain)));

-- name: remove_intents
-- The ledger of the demo's campaigns, and of made-up people in others; what was called and counted goes along.
DELETE FROM intents AS i USING enrolments AS e, campaigns AS p
WHERE p.id = e.campaign_id AND e.id = i.enrolment_id AND (
    e.contact_id IN (SELECT c.id FROM contacts AS c WHERE is_made_up(c.attributes, c.email_key))
    OR p.name = ANY (%(names)s) AND EXISTS (
        SELECT FROM campaign_versions AS v WHERE v.campaign_id = p.id AND starts_with(v.definition ->> 'description', %(mark)s)
    )
);

-- name: remove_sends
-- What else counted against caps.
DELETE FROM sends AS s USING contacts AS c WHERE c.id = s.contact_id AND is_made_up(c.attributes, c.email_key);

-- name: remove_enrolments
-- Their ways through campaigns, with decisions and approvals.
DELETE FROM enrolments AS e USING campaigns AS p
WHERE p.id = e.campaign_id AND (
    e.contact_id IN (SELECT c.id FROM contacts AS c WHERE is_made_up(c.attributes, c.email_key))
    OR p.name = ANY (%(names)s) AND EXISTS (
        SELECT FROM campaign_versions AS v WHERE v.campaign_id = p.id AND starts_with(v.definition ->> 'description', %(mark)s)
    )
);

-- name: remove_templates
-- The words of campaigns that are gone.
DELETE FROM templates AS t WHERE split_part(t.name, '/', 1) = ANY (%(names)s)
    AND NOT EXISTS (SELECT FROM campaigns AS p WHERE p.name = split_part(t.name, '/', 1));

-- name: remove_campaigns
-- The demo's campaigns, by name and mark.
DELETE FROM campaigns AS p
WHERE p.name = ANY (%(names)s) AND EXISTS (
    SELECT FROM campaign_versions AS v WHERE v.campaign_id = p.id AND starts_with(v.definition ->> 'description', %(mark)s)
);

-- name: remove_senders
-- The demo's mailboxes.
DELETE FROM senders AS s WHERE s.settings @> '{"demo": true}';

-- name: remove_identities
-- Who they were before the law, where nobody else is it by now.
DELETE FROM legal_identities AS l WHERE l.name = %(identity)s
    AND NOT EXISTS (SELECT FROM senders AS s WHERE s.legal_identity_id = l.id)
    AND NOT EXISTS (SELECT FROM workspace_settings AS w WHERE w.legal_identity_id = l.id);

-- name: remove_events
-- What they did without a message of ours.
DELETE FROM events AS v USING contacts AS c WHERE c.id = v.contact_id AND v.touchpoint_id IS NULL AND is_made_up(c.attributes, c.email_key);

-- name: remove_suppressions
-- What kept us from writing to them.
DELETE FROM suppressions AS s USING contacts AS c WHERE c.id = s.contact_id AND is_made_up(c.attributes, c.email_key);

-- name: remove_contacts
-- The people, with their conversations and edges.
DELETE FROM contacts AS c WHERE is_made_up(c.attributes, c.email_key);

-- name: remove_companies
-- The accounts, but those that something real stands in.
DELETE FROM companies AS n WHERE is_made_up(n.attributes, n.domain)
    AND NOT EXISTS (SELECT FROM contacts AS c WHERE c.company_id = n.id)
    AND NOT EXISTS (SELECT FROM conversations AS v WHERE v.company_id = n.id);

-- name: forget_addresses
-- A person who is erased stays suppressed by the hash of their address; one who never was does not.
DELETE FROM suppressions AS s WHERE s.address_hash = ANY (%(address_hashes)s);

-- name: is_only_demo
-- Whether there is nothing in the workspace but what is made up.
SELECT NOT EXISTS (SELECT FROM companies AS n WHERE is_made_up(n.attributes, n.domain) IS NOT TRUE)
    AND NOT EXISTS (SELECT FROM contacts AS c WHERE is_made_up(c.attributes, c.email_key) IS NOT TRUE)
    AND NOT EXISTS (SELECT FROM campaigns AS p) AND NOT EXISTS (SELECT FROM senders AS s);
