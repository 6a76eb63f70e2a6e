-- Approvals: messages that wait for a person.

-- name: listing
-- Approvals, the oldest first: one by id, or those in a state, of a campaign. With whom, why a person was asked, and who wrote it.
SELECT
    a.id, a.enrolment_id, p.name AS campaign, e.is_live, a.step_key, a.channel, a.address, a.subject, a.content, a.content_hash, a.variant,
    a.mentions_id, nullif(concat_ws(' ', m.first_name, m.last_name), '') AS mentions, a.state, a.is_edited, a.decided_by, a.decided_at,
    a.note, a.created_at, e.contact_id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email) AS person,
    o.name AS company, e.state AS enrolment_state, e.reason AS enrolment_reason,
    coalesce((
        SELECT d.reason FROM decisions AS d
        WHERE d.enrolment_id = a.enrolment_id AND d.step_key = a.step_key AND d.rule = 'approval'
        ORDER BY d.last_at DESC LIMIT 1
    ), concat_ws(': ', 'The agent ' || g.agent || ' proposes it', g.why)) AS why,
    coalesce(w.model, 'agent ' || g.agent) AS written_by, coalesce(w.facts, '[]') AS facts,
    CASE WHEN a.held_until > current_moment() THEN a.held_by END AS held_by,
    CASE WHEN a.held_until > current_moment() THEN a.held_until END AS held_until
FROM approvals AS a
INNER JOIN enrolments AS e ON e.id = a.enrolment_id
INNER JOIN campaigns AS p ON p.id = e.campaign_id
LEFT JOIN contacts AS c ON c.id = e.contact_id
LEFT JOIN companies AS o ON o.id = e.company_id
LEFT JOIN contacts AS m ON m.id = a.mentions_id
LEFT JOIN agent_messages AS g ON g.approval_id = a.id
LEFT JOIN drafts AS w
    ON w.enrolment_id = a.enrolment_id AND w.step_key = a.step_key AND w.state = 'written' AND (w.content = a.content OR a.is_edited)
WHERE (%(id)s::uuid IS NULL OR a.id = %(id)s) AND (%(state)s::text IS NULL OR a.state = %(state)s)
    AND (%(campaign_id)s::uuid IS NULL OR e.campaign_id = %(campaign_id)s)
ORDER BY a.created_at, a.id
LIMIT %(limit)s;

-- name: between
-- Approvals with ids in a range.
SELECT a.id FROM approvals AS a WHERE a.id BETWEEN %(low)s AND %(high)s LIMIT 2;

-- name: lock
-- An approval and its enrolment, kept as they are until the transaction ends: the enrolment first, as everywhere.
WITH enrolment AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e WHERE e.id = (SELECT a.enrolment_id FROM approvals AS a WHERE a.id = %(id)s) FOR UPDATE
)
SELECT a.id FROM approvals AS a
WHERE a.id = %(id)s AND a.enrolment_id = ANY (ARRAY(SELECT n.id FROM enrolment AS n))
FOR UPDATE;

-- name: decide
-- What a person decided.
UPDATE approvals AS a SET
    state = %(state)s, decided_by = %(by)s, decided_at = %(now)s, note = %(note)s, held_by = NULL, held_until = NULL
WHERE a.id = %(id)s;

-- name: edit
-- Other words.
UPDATE approvals AS a SET subject = %(subject)s, content = %(content)s, content_hash = %(content_hash)s, is_edited = true
WHERE a.id = %(id)s;

-- name: pause_rejected
-- Whose message was rejected waits for somebody who says how to go on.
UPDATE enrolments AS e SET reason = 'rejected', paused_until = NULL WHERE e.id = %(id)s AND e.state = 'paused';

-- name: withdraw_accepted
-- Accepted words of a step that may not go out as they are: they are asked for anew.
UPDATE approvals AS a SET state = 'withdrawn', note = %(why)s
FROM enrolments AS e
WHERE e.id = %(enrolment_id)s AND a.enrolment_id = e.id AND a.step_key = e.step_key AND a.state = 'accepted';
