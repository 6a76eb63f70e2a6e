-- name: conversation
-- Everything a message to a contact needs, as one JSON text.
WITH talks AS MATERIALIZED (
    SELECT v.id, v.contact_id, v.status, v.qualification_tier, v.touchpoint_count, v.last_touchpoint_at, v.next_touchpoint_at,
        v.response_count, v.last_response_at, v.campaign_name, v.started_at
    FROM conversations AS v
    WHERE v.contact_id = %(contact_id)s
),
latest AS (
    SELECT t.*, (SELECT v.context FROM conversations AS v WHERE v.id = t.id) AS context
    FROM talks AS t
    ORDER BY t.status = 'active' DESC, t.last_touchpoint_at DESC NULLS LAST, t.started_at DESC, t.id
    LIMIT 1
),
recent AS (
    SELECT m.id, m.conversation_id, t.contact_id, m.channel, m.direction, m.subject, m.outcome,
        m.sent_at, m.opened_at, m.clicked_at, m.replied_at, m.content, m.response
    FROM (
        SELECT k.id, k.contact_id FROM talks AS k
        WHERE k.last_touchpoint_at IS NOT NULL ORDER BY k.last_touchpoint_at DESC, k.id LIMIT %(most_touchpoints)s
    ) AS t
    CROSS JOIN LATERAL (
        SELECT o.id, o.conversation_id, o.channel, o.direction, o.subject, o.outcome, o.sent_at, o.opened_at, o.clicked_at, o.replied_at,
            o.content, o.response
        FROM touchpoints AS o
        WHERE o.conversation_id = t.id AND o.sent_at IS NOT NULL
        ORDER BY o.sent_at DESC
        LIMIT %(most_touchpoints)s
    ) AS m
    ORDER BY m.sent_at DESC, m.id
    LIMIT %(most_touchpoints)s
),
edges AS MATERIALIZED (
    SELECT r.contact_id_2 AS id, r.relationship_type, r.strength, r.confidence_score
    FROM relationships AS r WHERE %(with_relationships)s AND r.contact_id_1 = %(contact_id)s
    UNION ALL
    SELECT r.contact_id_1, r.relationship_type, r.strength, r.confidence_score
    FROM relationships AS r WHERE %(with_relationships)s AND r.contact_id_2 = %(contact_id)s
),
known AS MATERIALIZED (
    SELECT p.id, p.title, e.relationship_type AS type, e.strength, e.confidence_score AS confidence, p.company_id, p.last_engaged_at,
        coalesce(nullif(concat_ws(' ', nullif(p.first_name, ''), nullif(p.last_name, '')), ''), p.email, '(no name)') AS name,
        p.communication_preferences ->> 'do_not_reference' IS NOT DISTINCT FROM 'true' AS is_withheld,
        row_number() OVER (
            PARTITION BY e.relationship_type = 'colleagues', p.communication_preferences ->> 'do_not_reference' IS NOT DISTINCT FROM 'true'
            ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], e.strength), p.last_engaged_at DESC NULLS LAST,
                e.confidence_score DESC, p.id
        ) AS place
    FROM edges AS e INNER JOIN contacts AS p ON p.id = e.id
),
named AS (
    SELECT k.id, k.name, k.title, k.type, k.strength, k.confidence, k.place,
        k.company_id IS NOT NULL AND k.company_id = c.company_id AS is_same_company,
        coalesce(k.last_engaged_at >= %(in_touch_since)s, false) AS is_engaged,
        EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = k.id AND v.status = 'active') AS has_active_conversation
    FROM known AS k INNER JOIN contacts AS c ON c.id = %(contact_id)s
    WHERE NOT k.is_withheld AND k.place <= %(most_people)s
)
SELECT json_build_object(
    'contact', (SELECT row_to_json(x) FROM (SELECT {contact:c}) AS x),
    'company', (
        SELECT json_build_object(
            'id', o.id, 'name', o.name, 'domain', o.domain, 'industry', o.industry, 'size', o.size,
            'account_tier', o.account_tier, 'account_status', o.account_status, 'research_data', o.research_data
        )
        FROM companies AS o WHERE %(with_company)s AND o.id = c.company_id
    ),
    'conversations', json_build_object(
        'active', (SELECT count(*) FROM talks AS t WHERE t.status = 'active'),
        'total', (SELECT count(*) FROM talks),
        'latest', (SELECT row_to_json(x) FROM (
            SELECT l.id, l.contact_id, l.status, l.qualification_tier, l.touchpoint_count, l.last_touchpoint_at, l.next_touchpoint_at,
                l.response_count, l.last_response_at, l.campaign_name, l.started_at
            FROM latest AS l
        ) AS x),
        'latest_context', coalesce((SELECT l.context FROM latest AS l), '{}')
    ),
    'engagement', json_build_object(
        'recent_touchpoints', (
            SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                SELECT r.id, r.conversation_id, r.contact_id, r.channel, r.direction, r.subject, r.outcome, r.sent_at, r.opened_at,
                    r.clicked_at, r.replied_at, left(r.content, %(most_characters)s) AS content, left(r.response, %(most_characters)s) AS response
                FROM recent AS r
            ) AS x
        ),
        'metrics', (SELECT row_to_json(m) FROM engagement_metrics(ARRAY(SELECT t.id FROM talks AS t)) AS m),
        'engagement_score', engagement_score(c.engagement_light, c.engagement_deep, %(now)s),
        'last_engaged_at', c.last_engaged_at,
        'last_touchpoint_at', (SELECT max(t.last_touchpoint_at) FROM talks AS t),
        'last_response_at', (SELECT max(t.last_response_at) FROM talks AS t)
    ),
    'relationships', CASE WHEN %(with_relationships)s THEN json_build_object(
        'total', (SELECT count(*) FROM known),
        'withheld', (SELECT count(*) FROM known AS k WHERE k.is_withheld),
        'colleagues', (SELECT coalesce(json_agg(row_to_json(n) ORDER BY n.place), '[]') FROM named AS n WHERE n.type = 'colleagues'),
        'network', (SELECT coalesce(json_agg(row_to_json(n) ORDER BY n.place), '[]') FROM named AS n WHERE n.type <> 'colleagues')
    ) END
)::text
FROM contacts AS c
WHERE c.id = %(contact_id)s
