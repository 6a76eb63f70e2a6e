-- What an account's health is judged by; NULL where there is none. `is_past` counts engagement anew from the events up to `at_time`.
CREATE FUNCTION answer_health(
    for_company uuid, at_time timestamptz, is_past boolean, most_contacts integer, low_engagement double precision
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH people AS MATERIALIZED (
            SELECT c.id, c.title, c.seniority_level, c.is_decision_maker, c.is_champion, c.total_touchpoints,
                c.status = 'active' AS is_active, c.engagement_excluded, c.engagement_light, c.engagement_deep, c.last_engaged_at,
                c.communication_preferences ->> 'do_not_contact' IS NOT DISTINCT FROM 'true' AS is_off_limits,
                coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)') AS name
            FROM contacts AS c
            WHERE c.company_id = for_company
        ),
        past AS MATERIALIZED (
            SELECT f.contact_id, f.light, f.deep, f.excluded, f.last_at
            FROM engagement_from_events(ARRAY(SELECT p.id FROM people AS p), at_time) AS f
            WHERE is_past
        ),
        acts AS (
            SELECT p.id, p.engagement_light AS light, p.engagement_deep AS deep, p.engagement_excluded AS excluded,
                p.last_engaged_at AS last_at
            FROM people AS p WHERE NOT is_past
            UNION ALL
            SELECT f.contact_id, f.light, f.deep, f.excluded, f.last_at FROM past AS f
        ),
        talks AS MATERIALIZED (
            SELECT v.contact_id
            FROM conversations AS v
            WHERE v.company_id = for_company
                AND CASE
                    WHEN is_past THEN v.started_at <= at_time AND (v.status = 'active' OR v.closed_at > at_time)
                    ELSE v.status = 'active'
                END
        ),
        edges AS MATERIALIZED (
            SELECT r.contact_id_1, r.contact_id_2
            FROM people AS p INNER JOIN relationships AS r ON r.contact_id_1 = p.id
            WHERE NOT is_past OR r.discovered_at <= at_time
            UNION ALL
            SELECT r.contact_id_1, r.contact_id_2
            FROM people AS p
            INNER JOIN relationships AS r ON r.contact_id_2 = p.id
            INNER JOIN contacts AS f ON f.id = r.contact_id_1 AND f.company_id IS DISTINCT FROM for_company
            WHERE NOT is_past OR r.discovered_at <= at_time
        ),
        scored AS MATERIALIZED (
            SELECT p.id, p.name, p.title, p.seniority_level, p.is_decision_maker, p.is_champion, p.is_off_limits,
                p.total_touchpoints, a.last_at,
                a.excluded IS NOT NULL AS is_excluded,
                CASE
                    WHEN a.excluded IS NOT NULL OR a.light IS NULL AND a.deep IS NULL THEN 0
                    ELSE engagement_score(a.light, a.deep, at_time)
                END AS score,
                p.id IN (SELECT t.contact_id FROM talks AS t) AS is_talking,
                p.id IN (SELECT e.contact_id_1 FROM edges AS e UNION ALL SELECT e.contact_id_2 FROM edges AS e) AS is_connected
            FROM people AS p LEFT JOIN acts AS a ON a.id = p.id
            WHERE p.is_active
        )
        SELECT json_build_object(
            'contacts', (SELECT count(*) FROM people),
            'active_contacts', count(s.id),
            'touched_contacts', count(s.id) FILTER (WHERE s.total_touchpoints > 0),
            'engaged_contacts', count(s.id) FILTER (WHERE s.score > 0),
            'connected_contacts', count(s.id) FILTER (WHERE s.is_connected),
            'decision_makers', count(s.id) FILTER (WHERE s.is_decision_maker),
            'last_engaged_at', max(s.last_at),
            'active_conversations', (SELECT count(*) FROM talks),
            'relationships', (SELECT count(*) FROM edges),
            'top_scores', ARRAY(SELECT t.score FROM scored AS t ORDER BY t.score DESC LIMIT most_contacts),
            'senior', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                    SELECT t.id, t.name, t.title FROM scored AS t
                    WHERE t.seniority_level IN ('c-level', 'vp', 'director')
                    ORDER BY array_position(ARRAY['c-level', 'vp', 'director'], t.seniority_level), t.id LIMIT 3
                ) AS x
            ),
            'idle', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                    SELECT t.id, t.name, t.title FROM scored AS t
                    WHERE NOT t.is_talking AND NOT t.is_excluded AND NOT t.is_off_limits
                    ORDER BY t.is_decision_maker DESC, t.is_champion DESC, t.score DESC, t.id LIMIT 3
                ) AS x
            ),
            'unconnected', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                    SELECT t.id, t.name, t.title FROM scored AS t
                    WHERE NOT t.is_connected ORDER BY t.is_decision_maker DESC, t.is_champion DESC, t.score DESC, t.id LIMIT 3
                ) AS x
            ),
            'silent', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                    SELECT t.id, t.name, t.title FROM scored AS t
                    WHERE t.is_talking AND t.score < low_engagement AND NOT t.is_excluded AND NOT t.is_off_limits
                    ORDER BY t.score, t.is_decision_maker DESC, t.id LIMIT 3
                ) AS x
            )
        )::text
        FROM companies AS o LEFT JOIN scored AS s ON true
        WHERE o.id = for_company
        GROUP BY o.id
    );
END
$$;

-- What the health of conversations is judged by, a text each: those given, or the active ones of a company.
CREATE FUNCTION answer_conversations_health(
    for_conversations uuid[], for_company uuid, most_conversations integer
) RETURNS SETOF text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN QUERY
    WITH talks AS MATERIALIZED (
        SELECT v.id, v.contact_id, v.status, v.closed_at, v.last_response_at, v.touchpoint_count
        FROM conversations AS v WHERE v.id = ANY (for_conversations)
        UNION ALL
        (
            SELECT v.id, v.contact_id, v.status, v.closed_at, v.last_response_at, v.touchpoint_count
            FROM conversations AS v WHERE v.company_id = for_company AND v.status = 'active'
            ORDER BY v.last_touchpoint_at DESC NULLS LAST, v.id LIMIT most_conversations
        )
    ),
    usual AS (
        SELECT p.contact_id, percentile_cont(0.5) WITHIN GROUP (
            ORDER BY greatest(extract(EPOCH FROM m.replied_at - m.sent_at), 0) / 3600
        ) AS hours
        FROM (SELECT DISTINCT t.contact_id FROM talks AS t) AS p
        INNER JOIN conversations AS v ON v.contact_id = p.contact_id
        INNER JOIN touchpoints AS m ON m.conversation_id = v.id AND m.replied_at IS NOT NULL AND m.sent_at IS NOT NULL
        GROUP BY p.contact_id
    )
    SELECT json_build_object(
        'conversation_id', t.id, 'contact_id', t.contact_id, 'status', t.status, 'closed_at', t.closed_at,
        'contact_name', (
            SELECT coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)')
            FROM contacts AS c WHERE c.id = t.contact_id
        ),
        'we_wrote_at', ours.last_at,
        'they_wrote_at', greatest(theirs.last_at, t.last_response_at),
        'they_acted_at', acted.last_at,
        'unanswered_since', (
            SELECT min(m.sent_at) FROM touchpoints AS m
            WHERE m.conversation_id = t.id AND m.direction = 'outbound'
                AND m.sent_at > coalesce(greatest(theirs.last_at, t.last_response_at, acted.last_at), '-infinity')
        ),
        'usual_reply_hours', u.hours
    )::text
    FROM talks AS t
    LEFT JOIN usual AS u ON u.contact_id = t.contact_id
    CROSS JOIN LATERAL (
        SELECT max(m.sent_at) AS last_at FROM touchpoints AS m WHERE m.conversation_id = t.id AND m.direction = 'outbound'
    ) AS ours
    CROSS JOIN LATERAL (
        SELECT max(m.sent_at) AS last_at FROM touchpoints AS m WHERE m.conversation_id = t.id AND m.direction = 'inbound'
    ) AS theirs
    CROSS JOIN LATERAL (
        SELECT max(e.at) AS last_at
        FROM touchpoints AS m INNER JOIN events AS e ON e.touchpoint_id = m.id AND e.actor = 'human'
        WHERE m.conversation_id = t.id
            AND num_nonnulls(m.opened_at, m.clicked_at, m.replied_at) > 0 OR m.conversation_id = t.id AND m.channel IN ('call', 'meeting')
    ) AS acted
    ORDER BY t.id;
END
$$;
