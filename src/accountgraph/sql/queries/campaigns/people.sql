-- People in campaigns, one at a time: looked at, paused, taken out.

-- name: one
-- An enrolment with whom it is of and where it stands.
SELECT
    e.id, e.campaign_id, p.name AS campaign, e.version_id, v.number AS version, e.is_live, e.contact_id, e.company_id, e.conversation_id,
    nullif(concat_ws(' ', c.first_name, c.last_name), '') AS person, c.email, o.name AS company, e.sender_id, s.address AS sender,
    e.state, e.reason, e.paused_until, e.track, e.step_key, e.touch_count, e.account_rank,
    greatest(e.next_due_at, q.opens_at) AS next_due_at, e.zone, e.zone_source, e.region, e.referred_by_id, e.first_touch_at,
    e.last_touch_at, e.started_at, e.finished_at, e.created_at, e.updated_at
FROM enrolments AS e
INNER JOIN campaigns AS p ON p.id = e.campaign_id
INNER JOIN campaign_versions AS v ON v.id = e.version_id
LEFT JOIN contacts AS c ON c.id = e.contact_id
LEFT JOIN companies AS o ON o.id = e.company_id
LEFT JOIN queues AS q ON q.id = e.queue_id
LEFT JOIN senders AS s ON s.id = e.sender_id
WHERE e.id = %(id)s;

-- name: lock
-- An enrolment, kept as it is until the transaction ends.
SELECT e.id FROM enrolments AS e WHERE e.id = %(id)s FOR UPDATE;

-- name: pause
-- One person of a campaign stops; what was planned is withdrawn and gives back what it reserved. A call in flight finishes, and what
-- follows it waits.
WITH withdrawn AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = %(reason)s, settled_at = %(now)s
    WHERE i.enrolment_id = %(id)s AND i.state = 'planned'
    RETURNING i.id
), freed AS (
    DELETE FROM sends AS x USING withdrawn AS w WHERE x.intent_id = w.id
)
UPDATE enrolments AS e SET state = 'paused', reason = %(reason)s, paused_until = %(until)s
WHERE e.id = %(id)s AND e.state IN ('pending', 'waiting', 'active');

-- name: remove
-- One person's way through a campaign ends: what is planned is withdrawn, tasks and approvals are closed.
WITH withdrawn AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = %(reason)s, settled_at = %(now)s
    WHERE i.enrolment_id = %(id)s AND i.state = 'planned'
    RETURNING i.id
), freed AS (
    DELETE FROM sends AS x USING withdrawn AS w WHERE x.intent_id = w.id
), skipped AS (
    UPDATE tasks AS t SET state = 'skipped', outcome = %(reason)s, closed_by = %(by)s, closed_at = %(now)s
    FROM withdrawn AS w WHERE t.intent_id = w.id AND t.state = 'open'
), unapproved AS (
    UPDATE approvals AS a SET state = 'withdrawn', note = coalesce(a.note, %(reason)s)
    WHERE a.enrolment_id = %(id)s AND a.state = 'pending'
)
UPDATE enrolments AS e SET state = 'finished', reason = %(reason)s, paused_until = NULL, finished_at = %(now)s
WHERE e.id = %(id)s AND e.state NOT IN ('finished', 'failed');
