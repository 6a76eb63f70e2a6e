-- name: targets
-- The primary contact and, as one JSON text a person, who of the same company may be talked to: related, or implied.
WITH first AS MATERIALIZED (
    SELECT c.id, c.company_id, c.title,
        coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)') AS name
    FROM contacts AS c
    WHERE c.id = %(contact_id)s
),
edges AS MATERIALIZED (
    SELECT r.contact_id_2 AS id, r.relationship_type, r.strength FROM relationships AS r WHERE r.contact_id_1 = %(contact_id)s
    UNION ALL
    SELECT r.contact_id_1, r.relationship_type, r.strength FROM relationships AS r WHERE r.contact_id_2 = %(contact_id)s
),
candidates AS (
    SELECT e.id, e.relationship_type, e.strength, false AS implied
    FROM edges AS e
    WHERE e.relationship_type = ANY (%(types)s) AND e.strength = ANY (%(strengths)s)
    UNION ALL
    SELECT c.id, NULL, 'weak', true
    FROM first AS f INNER JOIN contacts AS c ON c.company_id = f.company_id
    WHERE %(include_implied)s AND c.id <> f.id AND NOT EXISTS (SELECT FROM edges AS e WHERE e.id = c.id)
),
targets AS (
    SELECT {contact:c}, c.engagement_light, c.engagement_deep, d.relationship_type, d.strength, d.implied
    FROM candidates AS d
    INNER JOIN contacts AS c ON c.id = d.id
    INNER JOIN first AS f ON f.company_id = c.company_id
    WHERE c.status = 'active'
        AND c.engagement_excluded IS NULL
        AND c.communication_preferences ->> 'do_not_contact' IS DISTINCT FROM 'true'
        AND NOT EXISTS (
            SELECT FROM suppressions AS s
            WHERE s.contact_id = c.id AND s.channel = ANY (%(channels)s)
        )
        AND (c.email_key IS NULL OR NOT EXISTS (
            SELECT FROM suppressions AS s
            WHERE s.address_hash = address_hash(c.email_key) AND s.channel = ANY (%(channels)s)
        ) AND NOT EXISTS (
            SELECT FROM suppressions AS s
            WHERE s.domain = split_part(c.email_key, '@', 2) AND s.channel = ANY (%(channels)s)
        ))
    ORDER BY d.implied, c.is_decision_maker DESC, c.is_champion DESC, c.id
    LIMIT %(most)s
)
SELECT json_build_object(
    'primary', (SELECT row_to_json(f) FROM first AS f),
    'targets', coalesce(json_agg(json_build_object(
        'contact', row_to_json(t), 'type', t.relationship_type, 'strength', t.strength, 'implied', t.implied,
        'has_active_conversation', EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = t.id AND v.status = 'active'),
        'engagement_score', CASE
            WHEN t.engagement_light IS NULL AND t.engagement_deep IS NULL THEN 0
            ELSE engagement_score(t.engagement_light, t.engagement_deep, %(now)s)
        END
    )), '[]')
)::text
FROM targets AS t
