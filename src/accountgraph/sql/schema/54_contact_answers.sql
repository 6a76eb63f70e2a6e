-- The primary contact (null where there is none) and who of the same company may be talked to: related, or implied.
CREATE FUNCTION answer_expansion(
    for_contact uuid, at_time timestamptz, edge_types text[], edge_strengths text[], include_implied boolean, on_channels text[],
    most_targets integer
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH first AS MATERIALIZED (
            SELECT c.id, c.company_id, c.title,
                coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)') AS name
            FROM contacts AS c
            WHERE c.id = for_contact
        ),
        edges AS MATERIALIZED (
            SELECT r.contact_id_2 AS id, r.relationship_type, r.strength FROM relationships AS r WHERE r.contact_id_1 = for_contact
            UNION ALL
            SELECT r.contact_id_1, r.relationship_type, r.strength FROM relationships AS r WHERE r.contact_id_2 = for_contact
        ),
        candidates AS (
            SELECT e.id, e.relationship_type, e.strength, false AS implied
            FROM edges AS e
            WHERE e.relationship_type = ANY (edge_types) AND e.strength = ANY (edge_strengths)
            UNION ALL
            SELECT c.id, NULL, 'weak', true
            FROM first AS f INNER JOIN contacts AS c ON c.company_id = f.company_id
            WHERE include_implied AND c.id <> f.id AND NOT EXISTS (SELECT FROM edges AS e WHERE e.id = c.id)
        ),
        targets AS (
            SELECT c.*, d.relationship_type, d.strength, d.implied
            FROM candidates AS d
            INNER JOIN contacts AS c ON c.id = d.id
            INNER JOIN first AS f ON f.company_id = c.company_id
            WHERE c.status = 'active'
                AND c.engagement_excluded IS NULL
                AND c.communication_preferences ->> 'do_not_contact' IS DISTINCT FROM 'true'
                AND NOT EXISTS (
                    SELECT FROM suppressions AS s
                    WHERE s.contact_id = c.id AND s.channel = ANY (on_channels)
                )
                AND (c.email_key IS NULL OR NOT EXISTS (
                    SELECT FROM suppressions AS s
                    WHERE s.address_hash = address_hash(c.email_key) AND s.channel = ANY (on_channels)
                ) AND NOT EXISTS (
                    SELECT FROM suppressions AS s
                    WHERE s.channel = ANY (on_channels) AND s.domain = ANY (ARRAY( -- the address's domain, or one above it
                        SELECT array_to_string(p.parts[n.nth :], '.')
                        FROM (SELECT string_to_array(split_part(c.email_key, '@', -1), '.') AS parts) AS p
                        CROSS JOIN LATERAL generate_series(1, cardinality(p.parts) - 1) AS n (nth)
                    ))
                ))
            ORDER BY d.implied, c.is_decision_maker DESC, c.is_champion DESC, c.id
            LIMIT most_targets
        )
        SELECT json_build_object(
            'primary', (SELECT row_to_json(f) FROM first AS f),
            'targets', coalesce(json_agg(json_build_object(
                'contact', row_to_json(t), 'type', t.relationship_type, 'strength', t.strength, 'implied', t.implied,
                'has_active_conversation', EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = t.id AND v.status = 'active'),
                'engagement_score', CASE
                    WHEN t.engagement_light IS NULL AND t.engagement_deep IS NULL THEN 0
                    ELSE engagement_score(t.engagement_light, t.engagement_deep, at_time)
                END
            )), '[]')
        )::text
        FROM targets AS t
    );
END
$$;

-- Everything a message to a contact needs; NULL where there is no such contact.
CREATE FUNCTION answer_context(
    for_contact uuid, at_time timestamptz, in_touch_since timestamptz, with_company boolean, with_relationships boolean,
    most_touchpoints integer, most_people integer, most_characters integer
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH talks AS MATERIALIZED (
            SELECT v.id, v.contact_id, v.status, v.qualification_tier, v.touchpoint_count, v.last_touchpoint_at, v.next_touchpoint_at,
                v.response_count, v.last_response_at, v.campaign_name, v.started_at
            FROM conversations AS v
            WHERE v.contact_id = for_contact
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
                WHERE k.last_touchpoint_at IS NOT NULL ORDER BY k.last_touchpoint_at DESC, k.id LIMIT most_touchpoints
            ) AS t
            CROSS JOIN LATERAL (
                SELECT o.id, o.conversation_id, o.channel, o.direction, o.subject, o.outcome,
                    o.sent_at, o.opened_at, o.clicked_at, o.replied_at, o.content, o.response
                FROM touchpoints AS o
                WHERE o.conversation_id = t.id AND o.sent_at IS NOT NULL
                ORDER BY o.sent_at DESC
                LIMIT most_touchpoints
            ) AS m
            ORDER BY m.sent_at DESC, m.id
            LIMIT most_touchpoints
        ),
        edges AS MATERIALIZED (
            SELECT r.contact_id_2 AS id, r.relationship_type, r.strength, r.confidence_score, true AS is_from_contact
            FROM relationships AS r WHERE with_relationships AND r.contact_id_1 = for_contact
            UNION ALL
            SELECT r.contact_id_1, r.relationship_type, r.strength, r.confidence_score, false
            FROM relationships AS r WHERE with_relationships AND r.contact_id_2 = for_contact
        ),
        known AS MATERIALIZED (
            SELECT p.id, p.title, p.company_id, p.last_engaged_at,
                e.relationship_type AS type, e.strength, e.confidence_score AS confidence, e.is_from_contact,
                coalesce(nullif(concat_ws(' ', nullif(p.first_name, ''), nullif(p.last_name, '')), ''), p.email, '(no name)') AS name,
                p.communication_preferences ->> 'do_not_reference' IS NOT DISTINCT FROM 'true' AS is_withheld,
                row_number() OVER (
                    PARTITION BY e.relationship_type = 'colleagues',
                        p.communication_preferences ->> 'do_not_reference' IS NOT DISTINCT FROM 'true'
                    ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], e.strength), p.last_engaged_at DESC NULLS LAST,
                        e.confidence_score DESC, p.id
                ) AS place
            FROM edges AS e INNER JOIN contacts AS p ON p.id = e.id
        ),
        named AS (
            SELECT k.id, k.name, k.title, k.type, k.is_from_contact, k.strength, k.confidence, k.place,
                k.company_id IS NOT NULL AND k.company_id = c.company_id AS is_same_company,
                coalesce(k.last_engaged_at >= in_touch_since, false) AS is_engaged,
                EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = k.id AND v.status = 'active') AS has_active_conversation
            FROM known AS k INNER JOIN contacts AS c ON c.id = for_contact
            WHERE NOT k.is_withheld AND k.place <= most_people
        )
        SELECT json_build_object(
            'contact', (SELECT row_to_json(x) FROM (SELECT c.*) AS x),
            'company', (
                SELECT json_build_object(
                    'id', o.id, 'name', o.name, 'domain', o.domain, 'industry', o.industry, 'size', o.size,
                    'account_tier', o.account_tier, 'account_status', o.account_status, 'research_data', o.research_data
                )
                FROM companies AS o WHERE with_company AND o.id = c.company_id
            ),
            'conversations', json_build_object(
                'active', (SELECT count(*) FROM talks AS t WHERE t.status = 'active'),
                'total', (SELECT count(*) FROM talks),
                'latest', (SELECT row_to_json(x) FROM (
                    SELECT l.id, l.contact_id, l.status, l.qualification_tier, l.touchpoint_count, l.last_touchpoint_at,
                        l.next_touchpoint_at, l.response_count, l.last_response_at, l.campaign_name, l.started_at
                    FROM latest AS l
                ) AS x),
                'latest_context', coalesce((SELECT l.context FROM latest AS l), '{}')
            ),
            'engagement', json_build_object(
                'recent_touchpoints', (
                    SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                        SELECT r.id, r.conversation_id, r.contact_id, r.channel, r.direction, r.subject, r.outcome, r.sent_at, r.opened_at,
                            r.clicked_at, r.replied_at,
                            left(r.content, most_characters) AS content, left(r.response, most_characters) AS response
                        FROM recent AS r
                    ) AS x
                ),
                'metrics', (SELECT row_to_json(m) FROM engagement_metrics(ARRAY(SELECT t.id FROM talks AS t)) AS m),
                'engagement_score', engagement_score(c.engagement_light, c.engagement_deep, at_time),
                'last_engaged_at', c.last_engaged_at,
                'last_touchpoint_at', (SELECT max(t.last_touchpoint_at) FROM talks AS t),
                'last_response_at', (SELECT max(t.last_response_at) FROM talks AS t)
            ),
            'relationships', CASE WHEN with_relationships THEN json_build_object(
                'total', (SELECT count(*) FROM known),
                'withheld', (SELECT count(*) FROM known AS k WHERE k.is_withheld),
                'colleagues', (
                    SELECT coalesce(json_agg(row_to_json(n) ORDER BY n.place), '[]') FROM named AS n WHERE n.type = 'colleagues'
                ),
                'network', (
                    SELECT coalesce(json_agg(row_to_json(n) ORDER BY n.place), '[]') FROM named AS n WHERE n.type <> 'colleagues'
                )
            ) END
        )::text
        FROM contacts AS c
        WHERE c.id = for_contact
    );
END
$$;
