-- Chains of relationships: whom to ask for an introduction.

-- A chain from a person back to where the search began: its score, and the people and edges on it.
CREATE TYPE chain AS (person uuid, score double precision, people uuid[], edges uuid[]);

-- The best chains to `target` from people with a human act since `in_touch_since`, one for each of
-- them, read from them to the target. An edge, in either direction, lets its strength's share times
-- its confidence through. The search goes outwards by hop and keeps one chain a person (Bellman and
-- Ford), since the number of chains explodes.
CREATE FUNCTION warm_paths(
    target uuid, in_touch_since timestamptz, weak double precision, medium double precision, strong double precision,
    most_hops integer DEFAULT 4, most integer DEFAULT 10
) RETURNS TABLE (people uuid[], edges uuid[], score double precision, last_engaged_at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    reached chain[] := ARRAY[ROW(target, 1, ARRAY[target], '{}')::chain];
BEGIN
    FOR hop IN 1..most_hops LOOP
        reached := reached || ARRAY(
            SELECT ROW(b.person, b.score, b.person || k.people, b.edge || k.edges)::chain
            FROM (
                SELECT DISTINCT ON (s.person) s.person, s.id AS edge, k.nth,
                    k.score * s.confidence * CASE s.strength WHEN 'weak' THEN weak WHEN 'medium' THEN medium ELSE strong END AS score
                FROM unnest(reached) WITH ORDINALITY AS k (person, score, people, edges, nth)
                CROSS JOIN LATERAL (
                    SELECT r.id, r.contact_id_2 AS person, r.strength, r.confidence_score::double precision AS confidence
                    FROM relationships AS r WHERE r.contact_id_1 = k.person
                    UNION ALL
                    SELECT r.id, r.contact_id_1, r.strength, r.confidence_score::double precision
                    FROM relationships AS r WHERE r.contact_id_2 = k.person
                    OFFSET 0 -- keeps the planner to one index lookup a person
                ) AS s
                WHERE cardinality(k.edges) = hop - 1
                ORDER BY s.person, score DESC, s.id
            ) AS b
            INNER JOIN unnest(reached) WITH ORDINALITY AS k (person, score, people, edges, nth) ON k.nth = b.nth
            WHERE b.score > 0
        );
        reached := ARRAY(
            SELECT DISTINCT ON (k.person) ROW(k.person, k.score, k.people, k.edges)::chain
            FROM unnest(reached) AS k
            ORDER BY k.person, k.score DESC, cardinality(k.edges)
        );
        EXIT WHEN NOT EXISTS (SELECT FROM unnest(reached) AS k WHERE cardinality(k.edges) = hop);
    END LOOP;
    RETURN QUERY
    SELECT k.people, k.edges, k.score, c.last_engaged_at
    FROM unnest(reached) AS k INNER JOIN contacts AS c ON c.id = k.person
    WHERE cardinality(k.edges) > 0
        AND c.last_engaged_at >= in_touch_since AND c.status = 'active' AND c.engagement_excluded IS NULL
    ORDER BY k.score DESC, cardinality(k.edges), k.person
    LIMIT most;
END
$$;

-- Those chains with who is on them, as one JSON text; NULL where there is no such contact.
CREATE FUNCTION answer_paths(
    for_contact uuid, in_touch_since timestamptz, weak double precision, medium double precision, strong double precision,
    most_hops integer, most integer
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        SELECT json_build_object('paths', (
            SELECT coalesce(json_agg(json_build_object(
                'score', w.score,
                'people', (
                    SELECT json_agg(json_build_object(
                        'id', c.id, 'title', c.title, 'company_id', c.company_id, 'company_name', o.name,
                        'name', coalesce(
                            nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)'
                        )
                    ) ORDER BY u.nth)
                    FROM unnest(w.people) WITH ORDINALITY AS u (id, nth)
                    INNER JOIN contacts AS c ON c.id = u.id
                    LEFT JOIN companies AS o ON o.id = c.company_id
                ),
                'edges', (
                    SELECT json_agg(json_build_object(
                        'id', r.id, 'type', r.relationship_type, 'strength', r.strength, 'confidence', r.confidence_score
                    ) ORDER BY u.nth)
                    FROM unnest(w.edges) WITH ORDINALITY AS u (id, nth)
                    INNER JOIN relationships AS r ON r.id = u.id
                ),
                'last_engaged_at', w.last_engaged_at
            ) ORDER BY w.score DESC, cardinality(w.edges), w.people[1]), '[]')
            FROM warm_paths(t.id, in_touch_since, weak, medium, strong, most_hops, most) AS w
        ))::text
        FROM contacts AS t
        WHERE t.id = for_contact
    );
END
$$;
