-- What an account's health is judged by: its people, who of them is in an active conversation, and the two ends of every edge;
-- NULL where there is none.
CREATE FUNCTION answer_health(for_company uuid, at_time timestamptz) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'people', coalesce(p.rows, '[]'),
            'talking', (
                SELECT coalesce(array_agg(v.contact_id), '{}')
                FROM conversations AS v WHERE v.company_id = for_company AND v.status = 'active'
            ),
            'edges', (
                SELECT json_build_array(coalesce(array_agg(r.contact_id_1), '{}'), coalesce(array_agg(r.contact_id_2), '{}'))
                FROM relationships AS r WHERE r.contact_id_1 = ANY (p.ids) OR r.contact_id_2 = ANY (p.ids)
            )
        )::text
        FROM companies AS o
        CROSS JOIN (
            SELECT array_agg(x.id) AS ids, json_agg(row_to_json(x)) AS rows
            FROM (
                SELECT c.id, c.title, c.seniority_level, c.is_decision_maker, c.is_champion, c.last_engaged_at,
                    c.total_touchpoints > 0 AS is_touched,
                    c.status = 'active' AS is_active,
                    c.engagement_excluded IS NOT NULL AS is_excluded,
                    c.communication_preferences ->> 'do_not_contact' IS NOT DISTINCT FROM 'true' AS is_off_limits,
                    coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)') AS name,
                    CASE
                        WHEN c.engagement_excluded IS NOT NULL OR c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
                        ELSE engagement_score(c.engagement_light, c.engagement_deep, at_time)
                    END AS score
                FROM contacts AS c
                WHERE c.company_id = for_company
            ) AS x
        ) AS p
        WHERE o.id = for_company
    );
END
$$;

-- The same as it was at a time: engagement is counted anew from the events until then.
CREATE FUNCTION answer_past_health(for_company uuid, at_time timestamptz) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
DECLARE
    ids constant uuid[] := ARRAY(SELECT c.id FROM contacts AS c WHERE c.company_id = for_company);
BEGIN
    RETURN (
        SELECT json_build_object(
            'people', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]')
                FROM (
                    SELECT c.id, c.title, c.seniority_level, c.is_decision_maker, c.is_champion, f.last_at AS last_engaged_at,
                        c.total_touchpoints > 0 AS is_touched,
                        c.status = 'active' AS is_active,
                        f.excluded IS NOT NULL AS is_excluded,
                        c.communication_preferences ->> 'do_not_contact' IS NOT DISTINCT FROM 'true' AS is_off_limits,
                        coalesce(
                            nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)'
                        ) AS name,
                        CASE WHEN f.excluded IS NULL THEN engagement_score(f.light, f.deep, at_time) ELSE 0 END AS score
                    FROM engagement_from_events(ids, at_time) AS f INNER JOIN contacts AS c ON c.id = f.contact_id
                ) AS x
            ),
            'talking', (
                SELECT coalesce(array_agg(v.contact_id), '{}')
                FROM conversations AS v
                WHERE v.company_id = for_company AND v.started_at <= at_time AND (v.status = 'active' OR v.closed_at > at_time)
            ),
            'edges', (
                SELECT json_build_array(coalesce(array_agg(r.contact_id_1), '{}'), coalesce(array_agg(r.contact_id_2), '{}'))
                FROM relationships AS r
                WHERE (r.contact_id_1 = ANY (ids) OR r.contact_id_2 = ANY (ids)) AND r.discovered_at <= at_time
            )
        )::text
        FROM companies AS o
        WHERE o.id = for_company
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
