-- Work for people.

-- name: escalate
-- Open tasks that nobody did in time.
UPDATE tasks AS t SET escalated_at = %(now)s
WHERE t.state = 'open' AND t.escalated_at IS NULL AND t.escalate_at <= %(now)s;

-- name: listing
-- Tasks, what is due first before the rest: one by id, or those that fit. With the signal that made them, and their answer.
SELECT
    t.id, t.kind, t.title, t.body, t.company_id, o.name AS company, t.contact_id,
    coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email) AS person, t.intent_id, i.step_key, i.is_live,
    coalesce(t.enrolment_id, i.enrolment_id) AS enrolment_id, p.name AS campaign, e.state AS enrolment_state, e.reason AS enrolment_reason,
    t.signal_id, g.kind AS signal, g.at AS signal_at, g.data ->> 'text' AS said, coalesce(t.owner, t.owner_user_id::text) AS owner,
    t.state, t.due_at, t.escalate_at, t.escalated_at, t.outcome, t.note, t.closed_by, t.closed_at, t.created_at,
    CASE WHEN m.state = 'calling' AND m.lease_until <= %(now)s THEN 'unknown' ELSE m.state END AS answer,
    CASE WHEN t.held_until > %(now)s THEN t.held_by END AS held_by, CASE WHEN t.held_until > %(now)s THEN t.held_until END AS held_until,
    t.waits_until, CASE WHEN t.waits_until > %(now)s THEN t.snoozed_by END AS snoozed_by
FROM tasks AS t
LEFT JOIN companies AS o ON o.id = t.company_id
LEFT JOIN contacts AS c ON c.id = t.contact_id
LEFT JOIN intents AS i ON i.id = t.intent_id
LEFT JOIN enrolments AS e ON e.id = coalesce(t.enrolment_id, i.enrolment_id)
LEFT JOIN campaigns AS p ON p.id = e.campaign_id
LEFT JOIN signals AS g ON g.id = t.signal_id
LEFT JOIN manual_messages AS m ON m.task_id = t.id AND m.state <> 'refused'
WHERE (%(id)s::uuid IS NULL OR t.id = %(id)s) AND (%(state)s::text IS NULL OR t.state = %(state)s)
    AND (%(kind)s::text IS NULL OR t.kind = %(kind)s)
    AND (%(owner)s::text IS NULL OR lower(coalesce(t.owner, t.owner_user_id::text)) = lower(%(owner)s))
    AND (%(company_id)s::uuid IS NULL OR t.company_id = %(company_id)s)
    AND (NOT %(overdue)s OR (t.state = 'open' AND t.due_at <= %(now)s)) AND (NOT %(escalated)s OR t.escalated_at IS NOT NULL)
    AND (NOT %(from_signals)s OR (
        t.signal_id IS NOT NULL AND t.contact_id IS NOT NULL AND t.kind IN ('reply', 'proposal', 'meeting_outcome', 'question')
    ))
    AND (%(include_snoozed)s OR t.state <> 'open' OR t.snoozed_by IS NULL OR t.waits_until <= %(now)s)
ORDER BY t.due_at, t.id
LIMIT %(limit)s;

-- name: between
-- Tasks with ids in a range.
SELECT t.id FROM tasks AS t WHERE t.id BETWEEN %(low)s AND %(high)s LIMIT 2;

-- name: lock
-- A task and the enrolment that waits for it, kept as they are until the transaction ends: the enrolment first, as everywhere.
WITH enrolment AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e
    WHERE e.id = (
        SELECT coalesce(t.enrolment_id, i.enrolment_id) FROM tasks AS t LEFT JOIN intents AS i ON i.id = t.intent_id WHERE t.id = %(id)s
    )
    FOR UPDATE
)
SELECT t.id FROM tasks AS t WHERE t.id = %(id)s AND (SELECT count(*) FROM enrolment) >= 0
FOR UPDATE;

-- name: add
-- A task that somebody of ours gives.
INSERT INTO tasks (kind, title, body, company_id, contact_id, owner, owner_user_id, due_at, escalate_at)
VALUES (
    'to_do', %(title)s, %(body)s, %(company_id)s, %(contact_id)s, %(owner)s, %(owner_user_id)s, %(due_at)s, %(escalate_at)s
)
RETURNING id;

-- name: close
-- A task that somebody did or skipped.
UPDATE tasks AS t SET
    state = %(state)s, outcome = %(outcome)s, note = %(note)s, closed_by = %(by)s, closed_at = %(now)s, held_by = NULL, held_until = NULL
WHERE t.id = %(id)s AND t.state = 'open';

-- name: assign
-- Who does it: one of our users by id, or anybody by name.
UPDATE tasks AS t SET owner = %(owner)s, owner_user_id = %(owner_user_id)s WHERE t.id = %(id)s AND t.state = 'open'
RETURNING t.id;

-- name: of_signal
-- Open tasks that a signal made.
SELECT t.id FROM tasks AS t WHERE t.signal_id = %(signal_id)s AND t.state = 'open';
