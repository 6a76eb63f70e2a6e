-- The answers about accounts and people: each is one JSON text, put together in one call. A function
-- keeps its plan for as long as the connection lives, also behind a transaction pooler; planning
-- these takes longer than running them. Every part is looked up by key and aggregated on its own.
-- A part that is a node of the plan costs time even where it finds nothing, so rows come flat, each
-- once, and Python sorts them into the shape of the answer.

-- An account as it stands: its people, edges, conversations and latest touchpoints; NULL where there is none. `others` are the
-- ends of edges that `contacts` does not hold.
CREATE FUNCTION answer_overview(
    for_company uuid, at_time timestamptz,
    most_contacts integer DEFAULT 1000, most_relationships integer DEFAULT 5000, most_touchpoints integer DEFAULT 20
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH people AS MATERIALIZED (
            SELECT c.*,
                row_number() OVER (
                    ORDER BY c.is_primary_contact DESC, c.is_decision_maker DESC, c.last_engaged_at DESC NULLS LAST,
                        c.last_name, c.first_name, c.id
                ) AS place
            FROM contacts AS c
            WHERE c.company_id = for_company
        ),
        talks AS MATERIALIZED (
            SELECT v.id, v.contact_id, v.status, v.qualification_tier, v.touchpoint_count, v.last_touchpoint_at, v.next_touchpoint_at,
                v.response_count, v.last_response_at, v.campaign_name, v.started_at
            FROM conversations AS v
            WHERE v.company_id = for_company
            ORDER BY v.last_touchpoint_at DESC NULLS LAST, v.started_at DESC, v.id
        ),
        -- One look-up for all ends: an edge is found once, whichever of them are of this company.
        edges AS MATERIALIZED (
            SELECT r.id, r.contact_id_1, r.contact_id_2, r.relationship_type AS type, r.strength, r.confidence_score AS confidence
            FROM relationships AS r
            WHERE r.contact_id_1 = ANY (ARRAY(SELECT p.id FROM people AS p))
                OR r.contact_id_2 = ANY (ARRAY(SELECT p.id FROM people AS p))
        ),
        drawn AS MATERIALIZED (
            SELECT e.id, e.contact_id_1, e.contact_id_2, e.type, e.strength, e.confidence
            FROM edges AS e
            ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], e.strength), e.confidence DESC, e.id
            LIMIT most_relationships
        ),
        others AS (
            SELECT c.id, c.title, c.role,
                coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)') AS name
            FROM (
                SELECT d.contact_id_1 AS id FROM drawn AS d
                UNION
                SELECT d.contact_id_2 FROM drawn AS d
                EXCEPT
                SELECT p.id FROM people AS p WHERE p.place <= most_contacts
            ) AS n
            INNER JOIN contacts AS c ON c.id = n.id
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
            'contacts', a.contacts, 'scores', a.scores,
            'conversations', (SELECT coalesce(json_agg(row_to_json(t)), '[]') FROM talks AS t),
            'relationships', (SELECT coalesce(json_agg(row_to_json(d)), '[]') FROM drawn AS d),
            'others', (SELECT coalesce(json_agg(row_to_json(n)), '[]') FROM others AS n),
            'recent_touchpoints', (SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM recent AS r),
            'total_contacts', a.total, 'decision_makers', a.deciding, 'primary_contacts', a.primaries,
            'total_relationships', (SELECT count(*) FROM edges)
        )::text
        FROM companies AS o
        CROSS JOIN (
            SELECT count(*) AS total,
                count(*) FILTER (WHERE p.is_decision_maker) AS deciding,
                count(*) FILTER (WHERE p.is_primary_contact) AS primaries,
                coalesce(json_agg(row_to_json(p) ORDER BY p.place) FILTER (WHERE p.place <= most_contacts), '[]') AS contacts,
                coalesce(array_agg(CASE
                    WHEN p.engagement_light IS NULL AND p.engagement_deep IS NULL THEN 0
                    ELSE engagement_score(p.engagement_light, p.engagement_deep, at_time)
                END ORDER BY p.place) FILTER (WHERE p.place <= most_contacts), '{}') AS scores
            FROM people AS p
        ) AS a
        WHERE o.id = for_company
    );
END
$$;
