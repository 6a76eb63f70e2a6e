-- What a model takes replies for that the rules do not understand: a hint to whoever answers.

-- name: take
-- The next reply whose meaning nobody has said and that waits for a person; who takes it is the only one who ever reads it.
UPDATE signals AS g SET data = g.data || jsonb_build_object('reading', jsonb_build_object('model', %(model)s::text, 'at', %(now)s::timestamptz))
WHERE g.id = (
    SELECT s.id FROM tasks AS t INNER JOIN signals AS s ON s.id = t.signal_id
    WHERE t.state = 'open' AND s.kind = 'reply' AND s.dedupe_key LIKE 'mail %%' AND s.data ? 'text' AND NOT s.data ? 'reading'
        AND s.recorded_at > %(now)s::timestamptz - interval '3 days'
    ORDER BY s.recorded_at, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
)
RETURNING g.id, g.data ->> 'text' AS text;

-- name: used_today
-- How many replies a model was given within a day.
SELECT count(*) FROM tasks AS t INNER JOIN signals AS g ON g.id = t.signal_id
WHERE g.kind = 'reply' AND (g.data -> 'reading' ->> 'at')::timestamptz > %(now)s::timestamptz - interval '1 day'
    AND g.recorded_at > %(now)s::timestamptz - interval '4 days';

-- name: keep
-- What it was taken for.
UPDATE signals AS g SET data = jsonb_set(g.data, ARRAY['reading'], g.data -> 'reading' || %(reading)s::jsonb) WHERE g.id = %(id)s;
