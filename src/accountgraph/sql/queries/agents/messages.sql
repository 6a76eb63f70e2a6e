-- Messages that agents ask for. What writes is a function of the workspace's, for the agent's role may not.

-- name: propose
-- A message that waits for a person, or why there is none.
SELECT p.message_id, p.enrolment, p.approval, p.refusal
FROM agent_propose(
    %(agent)s, %(contact_id)s, %(channel)s, %(subject)s, %(content)s, %(mentions_id)s, %(why)s, %(zone)s, %(zone_source)s,
    %(sender_id)s, %(continues_id)s
) AS p;

-- name: thread
-- The last mail to somebody that was sent, and was not bounced: whose thread one can go on in.
SELECT i.enrolment_id, i.subject FROM intents AS i LEFT JOIN touchpoints AS m ON m.id = i.touchpoint_id
WHERE i.contact_id = %(contact_id)s AND i.channel = 'email' AND i.is_live AND i.state = 'sent' AND i.wire_message_id IS NOT NULL
    AND i.subject IS NOT NULL AND m.bounced_at IS NULL
ORDER BY i.settled_at DESC LIMIT 1;

-- name: release
-- Let it go within the budget; gives why it waits for a person all the same.
SELECT agent_release(%(agent)s, %(message_id)s);

-- name: withdraw
-- Take it back.
SELECT agent_withdraw(%(agent)s, %(message_id)s);

-- name: listing
-- What agents asked for; all, or what may still be withdrawn.
SELECT
    m.id, m.agent, m.why, m.asked_at, m.released_at, m.withdrawn_at, m.approval_id, v.state AS decision, v.decided_by, v.note, v.channel,
    v.subject, v.content_hash, e.contact_id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email) AS person,
    e.state, e.reason, e.is_live
FROM agent_messages AS m
INNER JOIN approvals AS v ON v.id = m.approval_id
INNER JOIN enrolments AS e ON e.id = m.enrolment_id
LEFT JOIN contacts AS c ON c.id = e.contact_id
WHERE (NOT %(open_only)s OR (m.withdrawn_at IS NULL AND v.state IN ('pending', 'accepted') AND e.state NOT IN ('finished', 'failed')))
ORDER BY m.asked_at, m.id;
