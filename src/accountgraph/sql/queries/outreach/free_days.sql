-- Free days of the workspace's own.

-- name: add
-- One free day; the one there is, with the newer name.
INSERT INTO free_days AS f (day, region, name) VALUES (%(day)s, %(region)s, %(name)s)
ON CONFLICT (day, region) DO UPDATE SET name = excluded.name
RETURNING f.day, f.region, f.name;

-- name: remove
-- Take a free day away.
DELETE FROM free_days AS f WHERE f.day = %(day)s AND f.region IS NOT DISTINCT FROM %(region)s
RETURNING f.day;

-- name: listing
-- The free days from a day on.
SELECT f.day, f.region, f.name FROM free_days AS f
WHERE %(since)s::date IS NULL OR f.day >= %(since)s
ORDER BY f.day, f.region NULLS FIRST;
