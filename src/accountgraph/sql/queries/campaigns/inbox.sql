-- What came in, and who stands still because of it.

-- name: signal
-- A signal with all that it brought.
SELECT g.id, g.kind, g.at, g.source, g.data, g.effects, g.touchpoint_id FROM signals AS g WHERE g.id = %(id)s;

-- name: dedupe_key
-- What identifies a signal at its source.
SELECT g.dedupe_key FROM signals AS g WHERE g.id = %(id)s;

-- name: talk
-- The conversation that a signal belongs to: that of its message, else the person's latest.
SELECT v.id, v.context, v.qualification_tier FROM conversations AS v
WHERE v.id = (SELECT t.conversation_id FROM touchpoints AS t WHERE t.id = %(touchpoint_id)s)
    OR (%(touchpoint_id)s::uuid IS NULL AND v.contact_id = %(contact_id)s)
ORDER BY v.status = 'active' DESC, v.last_touchpoint_at DESC NULLS LAST, v.id
LIMIT 1;

-- name: standings
-- Where the people of an account (or one of them) stand in campaigns that are not over for them, and those whom a reply ended.
SELECT
    e.id AS enrolment_id, e.contact_id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, '') AS person,
    p.name AS campaign, e.state, e.reason, e.paused_until, greatest(e.next_due_at, q.opens_at) AS next_due_at
FROM enrolments AS e
INNER JOIN campaigns AS p ON p.id = e.campaign_id
LEFT JOIN queues AS q ON q.id = e.queue_id
INNER JOIN contacts AS c ON c.id = e.contact_id
WHERE (e.company_id = %(company_id)s OR e.contact_id = %(contact_id)s)
    AND (%(campaign_id)s::uuid IS NULL OR e.campaign_id = %(campaign_id)s)
    AND (e.state NOT IN ('finished', 'failed') OR (e.state = 'finished' AND e.reason = 'replied'))
ORDER BY person, p.name, e.id;

-- name: lock_company
-- An account, as signals lock it.
SELECT c.id FROM companies AS c WHERE c.id = %(company_id)s FOR NO KEY UPDATE;

-- name: latest_message
-- The latest e-mail of ours that a person had got by a time.
SELECT t.id FROM conversations AS v INNER JOIN touchpoints AS t ON t.conversation_id = v.id
WHERE v.contact_id = %(contact_id)s AND t.direction = 'outbound' AND t.channel = 'email' AND t.sent_at <= %(at)s
ORDER BY t.sent_at DESC, t.id LIMIT 1;
