-- What the map of an account's people shows beside who they are.

-- name: reached
-- The last that left to each person of an account: when, how, and by whom of ours; people to whom nothing left are left out.
SELECT
    c.id AS contact_id, m.sent_at AS at, m.channel, v.campaign_name AS campaign,
    coalesce(h.written_by, m.metadata ->> 'done_by', s.display_name, s.address) AS by
FROM contacts AS c
CROSS JOIN LATERAL (
    SELECT t.id, t.conversation_id, t.sent_at, t.channel, t.metadata
    FROM conversations AS w INNER JOIN touchpoints AS t ON t.conversation_id = w.id
    WHERE w.contact_id = c.id AND t.direction = 'outbound' AND t.sent_at IS NOT NULL
    ORDER BY t.sent_at DESC, t.id LIMIT 1
) AS m
INNER JOIN conversations AS v ON v.id = m.conversation_id
LEFT JOIN LATERAL (SELECT n.written_by FROM manual_messages AS n WHERE n.touchpoint_id = m.id LIMIT 1) AS h ON true
LEFT JOIN LATERAL (SELECT i.sender_id FROM intents AS i WHERE i.touchpoint_id = m.id LIMIT 1) AS i ON true
LEFT JOIN senders AS s ON s.id = i.sender_id
WHERE c.company_id = %(company_id)s
    AND (%(contact_id)s::uuid IS NULL OR c.id = %(contact_id)s);

-- name: last_events
-- What somebody did last, or what happened to a message to them, by whom or by what machine; the latest first.
SELECT e.id, e.kind, e.detail, e.at, e.actor, e.actor_reason, t.subject
FROM events AS e LEFT JOIN touchpoints AS t ON t.id = e.touchpoint_id
WHERE e.contact_id = %(contact_id)s
ORDER BY e.at DESC, e.id DESC
LIMIT %(limit)s;

-- name: one
-- A person of an account, with the engagement of now.
SELECT
    {contact:c},
    CASE
        WHEN c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
        ELSE engagement_score(c.engagement_light, c.engagement_deep, %(now)s)
    END AS score
FROM contacts AS c
WHERE c.id = %(contact_id)s AND c.company_id = %(company_id)s;

-- name: holds
-- What keeps campaigns away from an account as a whole, the oldest first.
SELECT h.id, h.reason, h.note, h.until, h.created_at
FROM holds AS h
WHERE h.company_id = %(company_id)s AND h.scope = 'account' AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
ORDER BY h.created_at, h.id;
