-- Outcomes: what came of each call.

-- name: lock
-- The intents and their enrolments, locked in order; with what the next step is found by. Where a first message will make a
-- conversation, its account counts it, and is locked before.
WITH accounts AS MATERIALIZED (
    SELECT c.id FROM companies AS c
    WHERE c.id = ANY (ARRAY(
        SELECT e.company_id FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id
        WHERE i.id = ANY (%(ids)s) AND e.is_live AND e.conversation_id IS NULL
    ))
    ORDER BY c.id FOR NO KEY UPDATE
)
SELECT
    e.id, e.version_id, e.campaign_id, e.state AS enrolment_state, e.reason, e.step_key AS at_step, e.track, e.touch_count, e.zone, e.region,
    e.sender_id, e.company_id, e.contact_id, e.is_live, e.queue_id, e.next_due_at, i.id AS intent_id, i.state, i.step_key, i.tries, i.channel,
    i.sender_id AS used_sender_id
FROM enrolments AS e INNER JOIN intents AS i ON i.enrolment_id = e.id
WHERE i.id = ANY (%(ids)s) AND (SELECT count(*) FROM accounts) >= 0
ORDER BY e.id, i.id
FOR UPDATE OF e, i;

-- name: settle
-- Intents as their calls left them, each with its attempt; what went out live becomes a touchpoint of the enrolment's
-- conversation, which is made where there is none. What surely did not leave gives its reservation back, and of what nobody knows
-- somebody is asked.
WITH given AS MATERIALIZED (
    SELECT g.* FROM jsonb_to_recordset(%(results)s) AS g (
        id uuid, touchpoint_id uuid, state text, outcome text, detail text, wire_message_id text, provider_id text, raw jsonb,
        has_attempt boolean, is_fresh boolean, next_state text, next_reason text, next_step_key text, next_queue_id bigint, next_due_at timestamptz
    )
), settled AS (
    UPDATE intents AS i SET
        state = g.state, lease = NULL, lease_until = NULL, detail = g.detail, provider_id = g.provider_id,
        wire_message_id = coalesce(g.wire_message_id, CASE
            WHEN g.state = 'sent' AND i.state = 'unknown' THEN coalesce(i.wire_message_id, i.message_id) -- as the call had it that nobody knew of
            WHEN g.state = 'sent' THEN i.message_id
        END),
        touchpoint_id = CASE WHEN g.state = 'sent' AND i.is_live THEN g.touchpoint_id END,
        settled_at = CASE WHEN g.state <> 'planned' THEN %(now)s::timestamptz END
    FROM given AS g WHERE i.id = g.id
    RETURNING i.*
), tried AS (
    INSERT INTO attempts (intent_id, number, outcome, detail, raw, started_at, finished_at)
    SELECT s.id, s.tries, g.outcome, g.detail, g.raw, s.called_at, %(now)s
    FROM settled AS s INNER JOIN given AS g ON g.id = s.id
    WHERE g.has_attempt
    ON CONFLICT (intent_id, number) DO UPDATE SET
        outcome = excluded.outcome, detail = excluded.detail, raw = excluded.raw, finished_at = excluded.finished_at
), asked AS (
    INSERT INTO tasks (kind, title, body, company_id, contact_id, enrolment_id, intent_id, due_at)
    SELECT
        'resolve_unknown', 'Did this message leave?',
        concat_ws(' ', nullif(rtrim(s.detail, '. '), '') || '.', 'Look in the Sent folder or at the provider, then say what happened.'),
        s.company_id, s.contact_id, s.enrolment_id, s.id, %(now)s
    FROM settled AS s WHERE s.state = 'unknown'
    ON CONFLICT (intent_id, kind) WHERE intent_id IS NOT NULL DO UPDATE SET
        state = 'open', body = excluded.body, closed_at = NULL, closed_by = NULL, outcome = NULL, note = NULL, due_at = excluded.due_at
), given_back AS (
    DELETE FROM sends AS x USING settled AS s WHERE x.intent_id = s.id AND s.state = 'planned'
), counted_again AS (
    -- From when it was surely gone: counted from the plan, a cap an hour could see one more.
    UPDATE sends AS x SET at = %(now)s
    WHERE x.at < %(now)s AND x.intent_id = ANY (ARRAY(
        SELECT s.id FROM settled AS s INNER JOIN given AS g ON g.id = s.id WHERE g.is_fresh AND s.state IN ('sent', 'unknown')
    ))
), missing AS MATERIALIZED (
    SELECT
        gen_random_uuid() AS id, e.id AS enrolment_id, e.contact_id, e.company_id, e.campaign_id, p.name,
        CASE WHEN coalesce(g.next_state, e.state) IN ('pending', 'active', 'waiting') THEN coalesce(g.next_due_at, e.next_due_at) END AS due
    FROM settled AS s
    INNER JOIN given AS g ON g.id = s.id
    CROSS JOIN LATERAL (SELECT o.* FROM enrolments AS o WHERE o.id = s.enrolment_id LIMIT 1) AS e
    INNER JOIN campaigns AS p ON p.id = e.campaign_id
    WHERE s.state = 'sent' AND s.is_live AND e.conversation_id IS NULL AND e.contact_id IS NOT NULL
), made AS (
    INSERT INTO conversations (id, contact_id, company_id, campaign_id, campaign_name, started_at, next_touchpoint_at)
    SELECT m.id, m.contact_id, m.company_id, m.campaign_id, m.name, %(now)s, m.due FROM missing AS m
    RETURNING id
), begun AS (
    SELECT m.id, m.enrolment_id FROM missing AS m INNER JOIN made AS n ON n.id = m.id
), known AS (
    UPDATE enrolments AS e SET
        conversation_id = coalesce(e.conversation_id, b.id),
        touch_count = e.touch_count + s.touches,
        last_touch_at = CASE WHEN s.touches = 1 THEN %(now)s ELSE e.last_touch_at END,
        first_touch_at = CASE WHEN s.touches = 1 THEN coalesce(e.first_touch_at, %(now)s) ELSE e.first_touch_at END,
        state = coalesce(g.next_state, e.state),
        reason = CASE WHEN g.next_state IS NOT NULL THEN g.next_reason ELSE e.reason END,
        paused_until = CASE WHEN g.next_state IS NULL THEN e.paused_until END,
        step_key = coalesce(g.next_step_key, e.step_key),
        after_key = CASE WHEN g.next_step_key IS NOT NULL THEN s.step_key END, queue_id = coalesce(g.next_queue_id, e.queue_id),
        next_due_at = coalesce(g.next_due_at, e.next_due_at),
        finished_at = CASE WHEN g.next_state IN ('finished', 'failed') THEN %(now)s ELSE e.finished_at END
    FROM (SELECT s.id, s.enrolment_id, s.step_key, CASE WHEN s.state = 'sent' THEN 1 ELSE 0 END AS touches FROM settled AS s) AS s
    INNER JOIN given AS g ON g.id = s.id
    LEFT JOIN begun AS b ON b.enrolment_id = s.enrolment_id
    WHERE e.id = s.enrolment_id
    RETURNING e.id, e.conversation_id
), written AS (
    INSERT INTO touchpoints (
        id, conversation_id, channel, direction, subject, content, sent_at, email_message_id, email_thread_id, provider_id, metadata,
        created_by_automation
    )
    SELECT
        s.touchpoint_id, k.conversation_id, s.channel, 'outbound', s.subject, s.content, %(now)s,
        CASE WHEN s.channel = 'email' THEN s.wire_message_id END,
        CASE WHEN s.channel = 'email' THEN coalesce(split_part(s.message_references, ' ', 1), s.wire_message_id) END,
        s.provider_id,
        jsonb_build_object('intent_id', s.id, 'step_key', s.step_key, 'variant', s.variant)
        || CASE WHEN s.links IS NOT NULL THEN jsonb_build_object('links', s.links) ELSE '{}' END,
        true
    FROM settled AS s INNER JOIN known AS k ON k.id = s.enrolment_id
    WHERE s.is_live AND s.state = 'sent' AND k.conversation_id IS NOT NULL
)
SELECT count(*) FROM settled;

-- name: hold_sender
-- A mailbox whose service refuses it holds itself, once.
INSERT INTO holds (scope, sender_id, reason, note)
SELECT 'sender', h.id, 'mailbox', h.note
FROM jsonb_to_recordset(%(holds)s) AS h (id uuid, note text)
ON CONFLICT DO NOTHING;
