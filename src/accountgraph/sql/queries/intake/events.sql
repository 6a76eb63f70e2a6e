-- What providers say of our messages, and who sent a text.

-- name: messages
-- The message of ours that each event is about: by intent, by the provider's id, by the wire's Message-ID; else the person by address.
SELECT
    g.number, i.id AS intent_id, i.state AS intent_state, coalesce(i.touchpoint_id, t.id) AS touchpoint_id,
    coalesce(i.contact_id, v.contact_id, c.id) AS contact_id, coalesce(i.company_id, v.company_id, c.company_id) AS company_id
FROM jsonb_to_recordset(%(events)s) AS g (number integer, intent_id uuid, provider_id text, message_id text, email_key text)
LEFT JOIN LATERAL (
    SELECT n.* FROM intents AS n WHERE n.id = g.intent_id
    UNION ALL
    SELECT n.* FROM intents AS n WHERE g.intent_id IS NULL AND n.provider_id = g.provider_id
    UNION ALL
    SELECT n.* FROM intents AS n WHERE g.intent_id IS NULL AND n.message_id = g.message_id
    UNION ALL
    SELECT n.* FROM intents AS n WHERE g.intent_id IS NULL AND n.wire_message_id = g.message_id
    LIMIT 1
) AS i ON true
LEFT JOIN touchpoints AS t ON i.id IS NULL AND t.email_message_id = g.message_id AND t.direction = 'outbound'
LEFT JOIN conversations AS v ON v.id = t.conversation_id
LEFT JOIN contacts AS c ON c.id = contact_of(g.email_key)
ORDER BY g.number;

-- name: by_number
-- Who has a telephone number, by its digits; with the latest text of ours to them. Those with one come first.
SELECT c.id AS contact_id, c.company_id, t.id AS touchpoint_id
FROM contacts AS c
LEFT JOIN LATERAL (
    SELECT m.id, m.sent_at FROM conversations AS v INNER JOIN touchpoints AS m ON m.conversation_id = v.id
    WHERE v.contact_id = c.id AND m.direction = 'outbound' AND m.channel = %(channel)s
    ORDER BY m.sent_at DESC NULLS LAST, m.id LIMIT 1
) AS t ON true
WHERE c.id IN (
    SELECT n.id FROM contacts AS n WHERE n.phone IS NOT NULL AND ltrim(regexp_replace(n.phone, '[^0-9]', '', 'g'), '0') = %(digits)s
    UNION ALL
    SELECT n.contact_id FROM merged_contacts AS n
    WHERE n.phone IS NOT NULL AND ltrim(regexp_replace(n.phone, '[^0-9]', '', 'g'), '0') = %(digits)s
)
ORDER BY t.sent_at DESC NULLS LAST, c.id
LIMIT 20;

-- name: own_texts_off
-- Suppressions of texts that somebody asked for by text, of themselves and of their number, which they may take back the same way;
-- none where they asked again since.
SELECT s.id FROM suppressions AS s
WHERE (s.contact_id = ANY (%(contacts)s::uuid[]) OR s.address_hash = address_hash(phone_key(%(number)s)))
    AND s.channel = %(channel)s AND s.reason = 'unsubscribed' AND NOT EXISTS (
        SELECT FROM signals AS g WHERE g.contact_id = ANY (%(contacts)s::uuid[]) AND g.kind = 'unsubscribe' AND g.at > %(at)s
    );

-- name: invitees
-- Who has these addresses, each account after the other as signals lock them.
SELECT c.id FROM contacts AS c WHERE c.id IN (SELECT contact_of(k.key) FROM unnest(%(keys)s::text[]) AS k (key)) ORDER BY c.company_id, c.id;
