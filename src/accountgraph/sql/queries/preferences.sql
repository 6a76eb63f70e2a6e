-- Preferences: what people choose for themselves, by a message of ours that they got.

-- name: written_to
-- Whom a message that left went to. What was only tried (a dry run) went to nobody.
SELECT i.contact_id, i.address, i.channel FROM intents AS i
WHERE i.id = %(intent_id)s AND i.is_live AND i.state IN ('calling', 'sent', 'unknown');

-- name: lock
-- The account of whoever got a message, as signals lock it; the person, where they have none.
WITH person AS (
    SELECT c.id, c.company_id FROM intents AS i INNER JOIN contacts AS c ON c.id = i.contact_id WHERE i.id = %(intent_id)s
), company AS (
    SELECT o.id FROM companies AS o INNER JOIN person AS p ON p.company_id = o.id FOR NO KEY UPDATE OF o
), alone AS (
    SELECT c.id FROM contacts AS c INNER JOIN person AS p ON p.id = c.id AND p.company_id IS NULL FOR NO KEY UPDATE OF c
)
SELECT m.id FROM company AS m
UNION ALL
SELECT a.id FROM alone AS a;

-- name: choices
-- What holds for whoever got a message: JSON without nulls. A channel is theirs to open where only they closed it.
WITH about AS (
    SELECT i.contact_id, i.address, l.name AS sender, l.privacy_url
    FROM intents AS i
    LEFT JOIN senders AS s ON s.id = i.sender_id
    LEFT JOIN workspace_settings AS g ON true
    LEFT JOIN legal_identities AS l ON l.id = coalesce(s.legal_identity_id, g.legal_identity_id)
    WHERE i.id = %(intent_id)s AND i.is_live AND i.state IN ('calling', 'sent', 'unknown')
), closed AS MATERIALIZED (
    SELECT x.channel, x.contact_id = a.contact_id AND x.reason = 'unsubscribed' AS is_theirs
    FROM about AS a CROSS JOIN LATERAL suppressions_of(a.contact_id) AS x
), reached AS (
    SELECT n.nth, n.channel
    FROM about AS a
    INNER JOIN contacts AS c ON c.id = a.contact_id
    CROSS JOIN LATERAL (VALUES
        (1, 'email', c.email), (2, 'sms', c.phone), (3, 'call', c.phone), (4, 'linkedin', c.linkedin_url)
    ) AS n (nth, channel, address)
    WHERE n.address <> ''
)
SELECT json_strip_nulls(json_build_object(
    'contact_id', c.id,
    'address', coalesce(c.email, CASE WHEN c.id IS NULL THEN a.address END),
    'sender', a.sender,
    'privacy_url', a.privacy_url,
    'channels', (
        SELECT coalesce(json_agg(json_build_array(
            r.channel,
            NOT EXISTS (SELECT FROM closed AS x WHERE x.channel IN (r.channel, 'all')),
            NOT EXISTS (SELECT FROM closed AS x WHERE x.channel IN (r.channel, 'all') AND x.is_theirs IS NOT TRUE)
        ) ORDER BY r.nth), '[]')
        FROM reached AS r
    ),
    'topics', (
        SELECT coalesce(json_agg(json_build_array(
            t.key, t.name, NOT EXISTS (SELECT FROM topic_refusals AS f WHERE f.contact_id = c.id AND f.topic = t.key)
        ) ORDER BY t.name, t.key), '[]')
        FROM topics AS t
    ),
    'paused_until', (
        SELECT max(h.until) FROM holds AS h
        WHERE h.contact_id = c.id AND h.reason = %(held)s AND h.lifted_at IS NULL AND h.until > %(now)s
    ),
    'is_off', EXISTS (SELECT FROM closed AS x WHERE x.channel = 'all')
        OR coalesce((c.communication_preferences ->> 'do_not_contact')::boolean, false)
))::text AS choices
FROM about AS a LEFT JOIN contacts AS c ON c.id = a.contact_id;

-- name: refuse_topics
-- The topics that somebody refuses, and no others.
WITH taken_back AS (
    DELETE FROM topic_refusals AS f WHERE f.contact_id = %(contact_id)s AND f.topic <> ALL (%(refused)s::text[])
)
INSERT INTO topic_refusals (contact_id, topic, at)
SELECT %(contact_id)s, t.key, %(now)s FROM topics AS t WHERE t.key = ANY (%(refused)s::text[])
ON CONFLICT DO NOTHING;

-- name: topics_of
-- What a contact may hear about, by name, and whether they refused it.
SELECT t.key, t.name, f.topic IS NULL AS is_on, f.at AS refused_at
FROM topics AS t LEFT JOIN topic_refusals AS f ON f.topic = t.key AND f.contact_id = %(contact_id)s
ORDER BY t.name, t.key;
