-- What the law of each country says about cold messages.

-- name: listing
-- The rules, of a country where it is given: those that hold on a day, or all that there ever were.
SELECT j.country, j.channel, j.valid_from, j.rule, j.source, j.note
FROM jurisdictions AS j
WHERE (%(country)s::text IS NULL OR j.country = %(country)s) AND (%(day)s::date IS NULL OR j.valid_from = (
    SELECT max(x.valid_from) FROM jurisdictions AS x
    WHERE x.country = j.country AND x.channel = j.channel AND x.valid_from <= %(day)s
))
ORDER BY j.country, j.channel, j.valid_from;

-- name: put
-- A rule from a day on, in place of the one of the same day.
INSERT INTO jurisdictions AS j (country, channel, valid_from, rule, source, note)
VALUES (%(country)s, %(channel)s, %(valid_from)s, %(rule)s, %(source)s, %(note)s)
ON CONFLICT (country, channel, valid_from) DO UPDATE SET rule = excluded.rule, source = excluded.source, note = excluded.note
RETURNING j.country, j.channel, j.valid_from, j.rule, j.source, j.note;

-- name: remove
-- Take a rule of a day away; the one before it holds again.
DELETE FROM jurisdictions AS j WHERE j.country = %(country)s AND j.channel = %(channel)s AND j.valid_from = %(valid_from)s
RETURNING j.country;
