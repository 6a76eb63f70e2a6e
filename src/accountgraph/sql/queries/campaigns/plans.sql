-- What follows from decisions: what was decided, intents with their reservations, moves, questions to people.

-- name: record
-- What was decided: decisions, intents with their lease and reservation, tasks, approvals, and where each enrolment stands.
WITH given AS MATERIALIZED (
    SELECT g.* FROM jsonb_to_recordset(%(decided)s) AS g (
        enrolment_id uuid, version_id uuid, step_key text, verdict text, rule text, reason text, until timestamptz, inputs jsonb
    )
), put_off AS (
    INSERT INTO decisions AS d (enrolment_id, step_key, verdict, rule, reason, until, inputs, version_id, first_at, last_at)
    SELECT g.enrolment_id, g.step_key, g.verdict, g.rule, g.reason, g.until, g.inputs, g.version_id, n.at AS first_at, n.at AS last_at
    FROM given AS g CROSS JOIN (SELECT %(now)s::timestamptz AS at) AS n
    ON CONFLICT (enrolment_id, step_key, rule) WHERE verdict = 'defer'
    DO UPDATE SET reason = excluded.reason, until = excluded.until, inputs = excluded.inputs, version_id = excluded.version_id,
    count = d.count + 1, last_at = excluded.last_at
)
SELECT count(*) FROM given;

-- name: plan
-- Intents, with the lease that lets them be called and the reservation that counts against the caps. An intent that a pause
-- withdrew, or that is to be tried again, is planned anew; one that was called is not, and is missing from the answer.
WITH given AS MATERIALIZED (
    SELECT g.* FROM jsonb_to_recordset(%(intents)s) AS g (
        id uuid, enrolment_id uuid, step_key text, is_live boolean, channel text, sender_id uuid, contact_id uuid, company_id uuid,
        address text, domain text, subject text, content text, content_hash text, variant text, mentions_id uuid, message_id text,
        in_reply_to text, message_references text, links text[], lease uuid, lease_until timestamptz
    )
), planned AS (
    INSERT INTO intents AS i (
        id, enrolment_id, step_key, is_live, channel, sender_id, contact_id, company_id, address, subject, content, content_hash, variant,
        mentions_id, message_id, in_reply_to, message_references, links, lease, lease_until, planned_at
    )
    SELECT
        g.id, g.enrolment_id, g.step_key, g.is_live, g.channel, g.sender_id, g.contact_id, g.company_id, g.address, g.subject, g.content,
        g.content_hash, g.variant, g.mentions_id, g.message_id, g.in_reply_to, g.message_references, g.links, g.lease, g.lease_until,
        %(now)s
    FROM given AS g
    ON CONFLICT (enrolment_id, step_key) DO UPDATE SET
        state = 'planned', channel = excluded.channel, sender_id = excluded.sender_id, address = excluded.address, subject = excluded.subject,
        content = excluded.content, content_hash = excluded.content_hash, variant = excluded.variant, mentions_id = excluded.mentions_id,
        in_reply_to = excluded.in_reply_to, message_references = excluded.message_references, links = excluded.links,
        message_id = CASE WHEN i.sender_id IS NOT DISTINCT FROM excluded.sender_id THEN i.message_id ELSE excluded.message_id END,
        lease = excluded.lease, lease_until = excluded.lease_until, planned_at = excluded.planned_at, settled_at = NULL, detail = NULL
    WHERE i.state IN ('planned', 'withdrawn')
    RETURNING i.id, i.enrolment_id, i.message_id, i.tries
), reserved AS (
    INSERT INTO sends (intent_id, is_live, sender_id, contact_id, company_id, domain, at)
    SELECT p.id, g.is_live, g.sender_id, g.contact_id, g.company_id, g.domain, %(now)s
    FROM planned AS p INNER JOIN given AS g ON g.enrolment_id = p.enrolment_id
    ON CONFLICT (intent_id) DO UPDATE SET at = excluded.at, sender_id = excluded.sender_id, domain = excluded.domain
)
SELECT p.id, p.enrolment_id, p.message_id, p.tries FROM planned AS p;

-- name: in_the_way
-- How far steps are that could not be planned, for they were called before.
SELECT i.enrolment_id, i.state FROM intents AS i INNER JOIN unnest(%(ids)s::uuid[], %(steps)s::text[]) AS w (id, step_key) ON i.enrolment_id = w.id
WHERE i.step_key = w.step_key;

-- name: move
-- Where enrolments stand after a decision or an outcome.
UPDATE enrolments AS e SET
    state = g.state, reason = g.reason, paused_until = g.paused_until, step_key = g.step_key, after_key = g.after_key,
    queue_id = coalesce(g.queue_id, e.queue_id), next_due_at = coalesce(g.next_due_at, e.next_due_at),
    sender_id = coalesce(g.sender_id, e.sender_id),
    finished_at = CASE WHEN g.state IN ('finished', 'failed') THEN %(now)s::timestamptz END
FROM (
    SELECT g.* FROM jsonb_to_recordset(%(moves)s) AS g (
        id uuid, state text, reason text, paused_until timestamptz, step_key text, after_key text, queue_id bigint,
        next_due_at timestamptz, sender_id uuid
    )
) AS g
WHERE e.id = g.id;

-- name: ask_people
-- Approvals that wait for a person, and steps that a person does. Words that were accepted for another channel are asked for anew.
WITH asked AS (
    INSERT INTO approvals AS v (enrolment_id, step_key, channel, address, subject, content, content_hash, variant, mentions_id)
    SELECT g.enrolment_id, g.step_key, g.channel, g.address, g.subject, g.content, g.content_hash, g.variant, g.mentions_id
    FROM jsonb_to_recordset(%(approvals)s) AS g (
        enrolment_id uuid, step_key text, channel text, address text, subject text, content text, content_hash text, variant text, mentions_id uuid
    )
    ON CONFLICT (enrolment_id, step_key) WHERE state IN ('pending', 'accepted') DO UPDATE SET
        state = 'pending', channel = excluded.channel, address = excluded.address, subject = excluded.subject, content = excluded.content,
        content_hash = excluded.content_hash, variant = excluded.variant, mentions_id = excluded.mentions_id, is_edited = false,
        note = concat_ws(' ', v.state, 'for', v.channel, 'by ' || v.decided_by), decided_by = NULL, decided_at = NULL
    WHERE v.channel <> excluded.channel
), given AS (
    INSERT INTO tasks (kind, title, body, company_id, contact_id, enrolment_id, intent_id, owner_user_id, due_at, escalate_at)
    SELECT g.kind, g.title, g.body, g.company_id, g.contact_id, g.enrolment_id, g.intent_id, g.owner_user_id, g.due_at, g.escalate_at
    FROM jsonb_to_recordset(%(tasks)s) AS g (
        kind text, title text, body text, company_id uuid, contact_id uuid, enrolment_id uuid, intent_id uuid, owner_user_id uuid,
        due_at timestamptz, escalate_at timestamptz
    )
    ON CONFLICT (intent_id, kind) WHERE intent_id IS NOT NULL DO UPDATE SET
        state = 'open', title = excluded.title, body = excluded.body, due_at = excluded.due_at, escalate_at = excluded.escalate_at,
        escalated_at = NULL, outcome = NULL, note = NULL, closed_by = NULL, closed_at = NULL
)
SELECT 1;

-- name: approved
-- The exact content that a person accepted for the channel it goes by, by enrolment.
SELECT v.enrolment_id, v.subject, v.content, v.content_hash, v.variant, v.mentions_id
FROM approvals AS v
INNER JOIN enrolments AS e ON e.id = v.enrolment_id AND e.step_key = v.step_key
INNER JOIN queues AS q ON q.id = e.queue_id AND q.channel = v.channel
WHERE v.enrolment_id = ANY (%(ids)s) AND v.state = 'accepted';
