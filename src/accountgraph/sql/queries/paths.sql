-- name: warm
-- The best chains from people we are in touch with to a contact, one JSON text each; none where there is no such contact.
SELECT json_build_object('is_there', true, 'paths', (
    SELECT coalesce(json_agg(json_build_object(
        'score', w.score,
        'people', (
            SELECT json_agg(json_build_object(
                'id', c.id, 'title', c.title, 'company_id', c.company_id, 'company_name', o.name,
                'name', coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)')
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
    FROM warm_paths(t.id, %(in_touch_since)s, %(weak)s, %(medium)s, %(strong)s, %(most_hops)s, %(most)s) AS w
))::text
FROM contacts AS t
WHERE t.id = %(contact_id)s
