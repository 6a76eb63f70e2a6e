-- name: overview
WITH people AS MATERIALIZED (SELECT * FROM contacts WHERE company_id = %(id)s),
edges AS MATERIALIZED (
    SELECT id, contact_id_1, contact_id_2, relationship_type, strength, confidence_score
    FROM relationships
    WHERE contact_id_1 = ANY (ARRAY(SELECT id FROM people)) OR contact_id_2 = ANY (ARRAY(SELECT id FROM people))
)
SELECT json_build_object(
    'company', (
        SELECT row_to_json(o) FROM (
            SELECT id, name, domain, industry, size, account_tier, account_status, research_data FROM companies WHERE id = %(id)s
        ) AS o
    ),
    'contacts', (SELECT json_agg(row_to_json(c)) FROM people AS c),
    'conversations', (
        SELECT json_agg(row_to_json(v)) FROM (
            SELECT id, contact_id, status, qualification_tier, touchpoint_count, last_touchpoint_at, next_touchpoint_at,
                response_count, last_response_at, campaign_name, started_at
            FROM conversations WHERE company_id = %(id)s ORDER BY last_touchpoint_at DESC NULLS LAST
        ) AS v
    ),
    'relationships', (SELECT json_agg(row_to_json(e)) FROM edges AS e),
    'others', (
        SELECT json_agg(row_to_json(n)) FROM (
            SELECT c.id, c.first_name || ' ' || c.last_name AS name, c.title, c.role
            FROM edges AS e INNER JOIN contacts AS c ON c.id IN (e.contact_id_1, e.contact_id_2)
            WHERE c.company_id IS DISTINCT FROM %(id)s
        ) AS n
    ),
    'recent_touchpoints', (
        SELECT json_agg(row_to_json(m)) FROM (
            SELECT t.id, t.conversation_id, v.contact_id, t.channel, t.direction, t.subject, t.outcome,
                t.sent_at, t.opened_at, t.clicked_at, t.replied_at
            FROM conversations AS v INNER JOIN touchpoints AS t ON t.conversation_id = v.id
            WHERE v.company_id = %(id)s AND t.sent_at IS NOT NULL
            ORDER BY t.sent_at DESC LIMIT 20
        ) AS m
    )
)::text;

-- name: expansion
SELECT json_build_object(
    'primary', (SELECT row_to_json(f) FROM (SELECT id, first_name, last_name, title FROM contacts WHERE id = %(id)s) AS f),
    'targets', (
        SELECT json_agg(json_build_object(
            'contact', row_to_json(c), 'type', r.relationship_type, 'strength', r.strength,
            'has_active_conversation', EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = c.id AND v.status = 'active')
        ))
        FROM (
            SELECT contact_id_2 AS id, relationship_type, strength FROM relationships WHERE contact_id_1 = %(id)s
            UNION ALL
            SELECT contact_id_1, relationship_type, strength FROM relationships WHERE contact_id_2 = %(id)s
        ) AS r
        INNER JOIN contacts AS c ON c.id = r.id
        WHERE r.relationship_type = 'colleagues' AND r.strength IN ('medium', 'strong')
            AND c.company_id = (SELECT company_id FROM contacts WHERE id = %(id)s)
            AND c.status = 'active' AND c.engagement_excluded IS NULL
            AND c.communication_preferences ->> 'do_not_contact' IS DISTINCT FROM 'true'
            AND NOT EXISTS (SELECT FROM suppressions AS s WHERE s.contact_id = c.id AND s.channel IN ('all', 'email'))
            AND NOT EXISTS (
                SELECT FROM suppressions AS s
                WHERE s.address_hash = encode(sha256(convert_to(c.email_key, 'UTF8')), 'hex') AND s.channel IN ('all', 'email')
            )
            AND NOT EXISTS (
                SELECT FROM suppressions AS s
                WHERE s.channel IN ('all', 'email') AND s.domain = ANY (ARRAY(
                    SELECT array_to_string(p.parts[n.nth :], '.')
                    FROM (SELECT string_to_array(split_part(c.email_key, '@', 2), '.') AS parts) AS p
                    CROSS JOIN LATERAL generate_series(1, cardinality(p.parts) - 1) AS n (nth)
                ))
            )
    )
)::text;

-- name: context
WITH talks AS MATERIALIZED (
    SELECT id, contact_id, status, qualification_tier, touchpoint_count, last_touchpoint_at, next_touchpoint_at,
        response_count, last_response_at, campaign_name, started_at, context
    FROM conversations WHERE contact_id = %(id)s
),
messages AS MATERIALIZED (
    SELECT t.* FROM talks AS v INNER JOIN touchpoints AS t ON t.conversation_id = v.id
),
human AS (
    SELECT e.touchpoint_id, bool_or(e.kind = 'opened') AS opened, bool_or(e.kind = 'clicked') AS clicked, bool_or(e.kind = 'replied') AS replied
    FROM messages AS m INNER JOIN events AS e ON e.touchpoint_id = m.id
    WHERE e.actor = 'human' GROUP BY e.touchpoint_id
)
SELECT json_build_object(
    'contact', (SELECT row_to_json(c) FROM contacts AS c WHERE c.id = %(id)s),
    'company', (
        SELECT row_to_json(o) FROM (
            SELECT o.id, o.name, o.domain, o.industry, o.size, o.account_tier, o.account_status, o.research_data
            FROM contacts AS c INNER JOIN companies AS o ON o.id = c.company_id WHERE c.id = %(id)s
        ) AS o
    ),
    'conversations', (SELECT json_agg(row_to_json(t)) FROM talks AS t),
    'recent_touchpoints', (
        SELECT json_agg(row_to_json(r)) FROM (
            SELECT id, conversation_id, %(id)s::uuid AS contact_id, channel, direction, subject, outcome,
                sent_at, opened_at, clicked_at, replied_at, left(content, 1000) AS content, left(response, 1000) AS response
            FROM messages WHERE sent_at IS NOT NULL ORDER BY sent_at DESC LIMIT 10
        ) AS r
    ),
    'metrics', (
        SELECT row_to_json(x) FROM (
            SELECT count(*) FILTER (WHERE sent_at IS NOT NULL) AS total_touchpoints,
                count(*) FILTER (WHERE sent_at IS NOT NULL AND channel = 'email' AND direction = 'outbound') AS emails_sent,
                count(delivered_at) AS emails_delivered, count(opened_at) AS emails_opened, count(clicked_at) AS emails_clicked,
                count(replied_at) AS emails_replied, count(bounced_at) AS emails_bounced,
                count(*) FILTER (WHERE h.opened) AS human_opened, count(*) FILTER (WHERE h.clicked) AS human_clicked,
                count(*) FILTER (WHERE h.replied) AS human_replied
            FROM messages AS m LEFT JOIN human AS h ON h.touchpoint_id = m.id
        ) AS x
    ),
    'relationships', (
        SELECT json_agg(row_to_json(p)) FROM (
            SELECT c.id, c.first_name, c.last_name, c.title, c.company_id, c.last_engaged_at, r.relationship_type, r.strength, r.confidence_score,
                c.communication_preferences ->> 'do_not_reference' AS do_not_reference,
                EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = c.id AND v.status = 'active') AS has_active_conversation
            FROM (
                SELECT contact_id_2 AS id, relationship_type, strength, confidence_score FROM relationships WHERE contact_id_1 = %(id)s
                UNION ALL
                SELECT contact_id_1, relationship_type, strength, confidence_score FROM relationships WHERE contact_id_2 = %(id)s
            ) AS r
            INNER JOIN contacts AS c ON c.id = r.id
        ) AS p
    )
)::text;

-- name: health
SELECT json_build_object(
    'contacts', (
        SELECT json_agg(row_to_json(c)) FROM (
            SELECT c.id, c.first_name, c.last_name, c.title, c.seniority_level, c.status, c.is_decision_maker, c.is_champion, c.total_touchpoints,
                c.engagement_light, c.engagement_deep, c.engagement_excluded, c.last_engaged_at,
                c.communication_preferences ->> 'do_not_contact' AS do_not_contact,
                EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = c.id AND v.status = 'active') AS is_talking,
                ARRAY(
                    SELECT r.id FROM relationships AS r WHERE r.contact_id_1 = c.id
                    UNION ALL
                    SELECT r.id FROM relationships AS r WHERE r.contact_id_2 = c.id
                ) AS edges
            FROM contacts AS c WHERE c.company_id = %(id)s
        ) AS c
    ),
    'active_conversations', (SELECT count(*) FROM conversations WHERE company_id = %(id)s AND status = 'active')
)::text
