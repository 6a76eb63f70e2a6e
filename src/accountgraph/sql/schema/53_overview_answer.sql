-- The answers about accounts and people: each is one JSON text, put together in one call. A function
-- keeps its plan for as long as the connection lives, also behind a transaction pooler; planning
-- these takes longer than running them. Every part is looked up by key and aggregated on its own.

-- An account as it stands: its people, edges, conversations and latest touchpoints; NULL where there is none.
CREATE FUNCTION answer_overview(
    for_company uuid, at_time timestamptz, most_contacts integer, most_relationships integer, most_active integer,
    most_conversations integer, most_touchpoints integer
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH people AS MATERIALIZED (
            SELECT c.*
            FROM contacts AS c
            WHERE c.company_id = for_company
        ),
        shown AS (
            SELECT p.id, row_to_json(p) AS contact, p.last_engaged_at,
                row_number() OVER (
                    ORDER BY p.is_primary_contact DESC, p.is_decision_maker DESC, p.last_engaged_at DESC NULLS LAST,
                        p.last_name, p.first_name, p.id
                ) AS place,
                CASE
                    WHEN p.engagement_light IS NULL AND p.engagement_deep IS NULL THEN 0
                    ELSE engagement_score(p.engagement_light, p.engagement_deep, at_time)
                END AS score
            FROM people AS p
            ORDER BY place
            LIMIT most_contacts
        ),
        talks AS MATERIALIZED (
            SELECT v.id, v.contact_id, v.status, v.qualification_tier, v.touchpoint_count, v.last_touchpoint_at, v.next_touchpoint_at,
                v.response_count, v.last_response_at, v.campaign_name, v.started_at,
                row_number() OVER (
                    PARTITION BY v.contact_id ORDER BY v.last_touchpoint_at DESC NULLS LAST, v.started_at DESC, v.id
                ) AS place
            FROM conversations AS v
            WHERE v.company_id = for_company
        ),
        talks_of AS (
            SELECT t.contact_id, count(*) AS total, count(*) FILTER (WHERE t.status = 'active') AS active,
                json_agg(row_to_json(t) ORDER BY t.place) FILTER (WHERE t.place <= most_conversations) AS latest
            FROM talks AS t
            GROUP BY t.contact_id
        ),
        -- An edge between two of the company's people is found at its first end, one from outside at its second.
        edges AS MATERIALIZED (
            SELECT r.id, r.contact_id_1, r.contact_id_2, r.relationship_type, r.strength, r.confidence_score
            FROM people AS p INNER JOIN relationships AS r ON r.contact_id_1 = p.id
            UNION ALL
            SELECT r.id, r.contact_id_1, r.contact_id_2, r.relationship_type, r.strength, r.confidence_score
            FROM people AS p
            INNER JOIN relationships AS r ON r.contact_id_2 = p.id
            INNER JOIN contacts AS f ON f.id = r.contact_id_1 AND f.company_id IS DISTINCT FROM for_company
        ),
        drawn AS (
            SELECT r.id, r.relationship_type AS type, r.strength, r.confidence_score AS confidence,
                json_build_object(
                    'id', a.id, 'title', a.title, 'role', a.role,
                    'name', coalesce(nullif(concat_ws(' ', nullif(a.first_name, ''), nullif(a.last_name, '')), ''), a.email, '(no name)')
                ) AS contact_1,
                json_build_object(
                    'id', b.id, 'title', b.title, 'role', b.role,
                    'name', coalesce(nullif(concat_ws(' ', nullif(b.first_name, ''), nullif(b.last_name, '')), ''), b.email, '(no name)')
                ) AS contact_2
            FROM (
                SELECT e.id, e.contact_id_1, e.contact_id_2, e.relationship_type, e.strength, e.confidence_score FROM edges AS e
                ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], e.strength), e.confidence_score DESC, e.id
                LIMIT most_relationships
            ) AS r
            INNER JOIN contacts AS a ON a.id = r.contact_id_1
            INNER JOIN contacts AS b ON b.id = r.contact_id_2
        ),
        -- The latest touchpoints are among those of the conversations that were touched last.
        touched AS (
            SELECT t.id, t.contact_id FROM talks AS t
            WHERE t.last_touchpoint_at IS NOT NULL
            ORDER BY t.last_touchpoint_at DESC, t.id
            LIMIT most_touchpoints
        ),
        recent AS (
            SELECT m.id, m.conversation_id, t.contact_id, m.channel, m.direction, m.subject, m.outcome,
                m.sent_at, m.opened_at, m.clicked_at, m.replied_at
            FROM touched AS t
            CROSS JOIN LATERAL (
                SELECT o.id, o.conversation_id, o.channel, o.direction, o.subject, o.outcome,
                    o.sent_at, o.opened_at, o.clicked_at, o.replied_at
                FROM touchpoints AS o
                WHERE o.conversation_id = t.id AND o.sent_at IS NOT NULL
                ORDER BY o.sent_at DESC
                LIMIT most_touchpoints
            ) AS m
            ORDER BY m.sent_at DESC, m.id
            LIMIT most_touchpoints
        )
        SELECT json_build_object(
            'company', json_build_object(
                'id', o.id, 'name', o.name, 'domain', o.domain, 'industry', o.industry, 'size', o.size,
                'account_tier', o.account_tier, 'account_status', o.account_status, 'research_data', o.research_data
            ),
            'contacts', (
                SELECT coalesce(json_object_agg(s.id, json_build_object(
                    'contact', s.contact, 'conversations', coalesce(t.latest, '[]'),
                    'total_conversations', coalesce(t.total, 0), 'active_conversations', coalesce(t.active, 0),
                    'engagement_score', s.score, 'last_engaged_at', s.last_engaged_at
                ) ORDER BY s.place), '{}')
                FROM shown AS s LEFT JOIN talks_of AS t ON t.contact_id = s.id
            ),
            'relationships', (SELECT coalesce(json_agg(row_to_json(d)), '[]') FROM drawn AS d),
            'active_conversations', (
                SELECT coalesce(json_agg(row_to_json(a)), '[]') FROM (
                    SELECT t.* FROM talks AS t WHERE t.status = 'active'
                    ORDER BY t.last_touchpoint_at DESC NULLS LAST, t.started_at DESC, t.id
                    LIMIT most_active
                ) AS a
            ),
            'recent_touchpoints', (SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM recent AS r),
            'summary', json_build_object(
                'total_contacts', (SELECT count(*) FROM people),
                'decision_makers', (SELECT count(*) FROM people AS p WHERE p.is_decision_maker),
                'primary_contacts', (SELECT count(*) FROM people AS p WHERE p.is_primary_contact),
                'total_relationships', (SELECT count(*) FROM edges),
                'active_conversations', (SELECT count(*) FROM talks AS t WHERE t.status = 'active'),
                'total_conversations', (SELECT count(*) FROM talks)
            )
        )::text
        FROM companies AS o
        WHERE o.id = for_company
    );
END
$$;
