-- Suppressions: whom not to write to. An address is kept beside its hash, which outlives it.

-- name: suppress
-- One suppression; the one there is, where there is one already. No row where there is no such contact.
WITH given AS (
    SELECT %(address_key)s::text AS address, %(domain)s::text AS domain, %(contact_id)s::uuid AS contact_id
    WHERE %(contact_id)s::uuid IS NULL OR EXISTS (SELECT FROM contacts AS c WHERE c.id = %(contact_id)s)
),
added AS (
    INSERT INTO suppressions (address, address_hash, domain, contact_id, channel, reason, note)
    SELECT g.address, CASE WHEN g.address IS NOT NULL THEN address_hash(g.address) END, g.domain, g.contact_id,
        %(channel)s, %(reason)s, %(note)s
    FROM given AS g
    ON CONFLICT DO NOTHING
    RETURNING id, address, domain, contact_id, channel, reason, note, created_at
)
SELECT a.id, a.address, a.domain, a.contact_id, a.channel, a.reason, a.note, a.created_at FROM added AS a
UNION ALL
SELECT s.id, s.address, s.domain, s.contact_id, s.channel, s.reason, s.note, s.created_at
FROM suppressions AS s INNER JOIN given AS g
    ON s.address_hash = CASE WHEN g.address IS NOT NULL THEN address_hash(g.address) END
    OR s.domain = g.domain OR s.contact_id = g.contact_id
WHERE s.channel = %(channel)s
LIMIT 1;

-- name: of_contact
-- What keeps us from writing to a contact on a channel: the person, the address or number, the address's domain (or one above that).
SELECT s.id, s.address, s.domain, s.contact_id, s.channel, s.reason, s.note, s.created_at
FROM suppressions_of(%(contact_id)s) AS s
WHERE s.channel IN ('all', %(channel)s)
ORDER BY s.created_at, s.id;

-- name: people
-- Whom suppressions of persons are about, for a list of them.
SELECT c.id, c.first_name, c.last_name, c.email FROM contacts AS c WHERE c.id = ANY (%(ids)s);

-- name: remove
-- Lift a suppression.
DELETE FROM suppressions AS s WHERE s.id = %(id)s
RETURNING s.id;

-- name: listing
-- A page of suppressions, the oldest first. One condition with or without a page before it: then the index finds the place.
SELECT s.id, s.address, s.domain, s.contact_id, s.channel, s.reason, s.note, s.created_at
FROM suppressions AS s
WHERE (s.created_at, s.id) > (
    coalesce(%(after_at)s::timestamptz, '-infinity'), coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000')
)
ORDER BY s.created_at, s.id
LIMIT %(limit)s;

-- name: of_address
-- Whether an address, or a domain that it is in, is suppressed on a channel.
SELECT true FROM suppressions AS s
WHERE s.channel IN ('all', %(channel)s) AND (
    s.address_hash = address_hash(%(address_key)s) OR s.domain = ANY (ARRAY(
        SELECT array_to_string(p.parts[n.nth :], '.')
        FROM (SELECT string_to_array(split_part(%(address_key)s, '@', -1), '.') AS parts) AS p
        CROSS JOIN LATERAL generate_series(1, cardinality(p.parts) - 1) AS n (nth)
    ))
)
LIMIT 1;

-- name: between
-- Suppressions with ids in a range.
SELECT s.id FROM suppressions AS s WHERE s.id BETWEEN %(low)s AND %(high)s LIMIT 2;

-- name: of_target
-- Suppressions of an address or number, a domain or a person itself, on a channel or on every one.
SELECT s.id, s.address, s.domain, s.contact_id, s.channel, s.reason, s.note, s.created_at
FROM suppressions AS s
WHERE (%(channel)s::text IS NULL OR s.channel = %(channel)s) AND (
    s.address_hash = CASE WHEN %(address_key)s::text IS NOT NULL THEN address_hash(%(address_key)s) END
    OR s.domain = %(domain)s OR s.contact_id = %(contact_id)s
)
ORDER BY s.created_at, s.id;
