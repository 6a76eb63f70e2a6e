-- The ledger: what was decided to be sent, one by one, with every call that was made for it.

-- name: entry
-- An intent with whom it is for, what carries it, and the task that asks a person about it.
SELECT
    i.id, i.enrolment_id, p.name AS campaign, i.step_key, i.state, i.is_live, i.channel, i.sender_id, s.address AS sender, i.contact_id,
    nullif(concat_ws(' ', c.first_name, c.last_name), '') AS person, i.company_id, i.address, i.subject, i.content, i.content_hash,
    i.variant, i.mentions_id, i.tries, i.message_id, i.wire_message_id, i.provider_id, i.in_reply_to, i.touchpoint_id, i.detail,
    i.links, i.planned_at, i.called_at, i.settled_at,
    (SELECT t.id FROM tasks AS t WHERE t.intent_id = i.id AND t.state = 'open' ORDER BY t.created_at, t.id LIMIT 1) AS task_id
FROM intents AS i
INNER JOIN enrolments AS e ON e.id = i.enrolment_id
INNER JOIN campaigns AS p ON p.id = e.campaign_id
LEFT JOIN senders AS s ON s.id = i.sender_id
LEFT JOIN contacts AS c ON c.id = i.contact_id
WHERE i.id = %(id)s;

-- name: attempts
-- The calls that were made for an intent, in order.
SELECT a.id, a.intent_id, a.number, a.outcome, a.detail, a.raw, a.started_at, a.finished_at
FROM attempts AS a WHERE a.intent_id = %(id)s ORDER BY a.number;

-- name: asking
-- The task that asks what became of a message of which nobody knows.
SELECT t.id FROM tasks AS t WHERE t.intent_id = %(id)s AND t.kind = 'resolve_unknown' ORDER BY t.created_at DESC, t.id LIMIT 1;
