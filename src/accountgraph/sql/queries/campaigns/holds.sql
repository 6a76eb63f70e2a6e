-- Holds: the kill switches.

-- name: set
-- A stop that stands from now on; the one that stands for the same reason, with the newer note and end. `is_new`: it did not stand.
WITH before AS (
    SELECT h.id FROM holds AS h
    WHERE h.scope = %(scope)s AND h.reason = %(reason)s AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
        AND (h.sender_id, h.company_id, h.contact_id)
        IS NOT DISTINCT FROM (%(sender_id)s::uuid, %(company_id)s::uuid, %(contact_id)s::uuid)
)
INSERT INTO holds AS h (scope, sender_id, company_id, contact_id, reason, note, until, created_at)
VALUES (%(scope)s, %(sender_id)s, %(company_id)s, %(contact_id)s, %(reason)s, %(note)s, %(until)s, %(now)s)
ON CONFLICT (scope, sender_id, company_id, contact_id, reason) WHERE lifted_at IS NULL
DO UPDATE SET note = coalesce(excluded.note, h.note), until = excluded.until
RETURNING h.id, NOT EXISTS (SELECT FROM before) AS is_new;

-- name: lift
-- Lift what stands of one target, for one reason or for all; what asked about it is answered.
WITH lifted AS (
    UPDATE holds AS h SET lifted_at = %(now)s
    WHERE h.scope = %(scope)s AND h.lifted_at IS NULL AND (%(reason)s::text IS NULL OR h.reason = %(reason)s)
        AND (h.sender_id, h.company_id, h.contact_id) IS NOT DISTINCT FROM (%(sender_id)s::uuid, %(company_id)s::uuid, %(contact_id)s::uuid)
    RETURNING h.id
), answered AS (
    UPDATE tasks AS t SET state = 'done', outcome = 'the hold was lifted', closed_by = 'engine', closed_at = %(now)s
    FROM lifted AS l WHERE t.hold_id = l.id AND t.state = 'open'
)
SELECT l.id FROM lifted AS l;

-- name: released
-- Whom the holds of one target had paused, and no other stands in the way of.
SELECT e.id FROM enrolments AS e
WHERE e.state = 'paused' AND (
        (e.reason = 'hold' AND (e.company_id = %(company_id)s OR e.contact_id = %(contact_id)s))
        OR (e.reason = 'mailbox' AND e.sender_id = %(sender_id)s)
    )
    AND NOT EXISTS (
        SELECT FROM holds AS h
        WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
            AND (h.company_id = e.company_id OR h.contact_id = e.contact_id OR h.sender_id = %(sender_id)s)
    )
ORDER BY e.id;

-- name: lock_account
-- The account of a target, as signals lock it.
SELECT c.id FROM companies AS c
WHERE c.id = coalesce(%(company_id)s, (SELECT p.company_id FROM contacts AS p WHERE p.id = %(contact_id)s))
FOR NO KEY UPDATE;

-- name: listing
-- Holds, the oldest first: those that stand, or all that there ever were; some by their ids.
SELECT
    h.id, h.scope, h.sender_id, h.company_id, h.contact_id,
    coalesce(
        s.address, o.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, 'everything'
    ) AS target, h.reason, h.note, h.until, h.created_at, h.lifted_at
FROM holds AS h
LEFT JOIN senders AS s ON s.id = h.sender_id
LEFT JOIN companies AS o ON o.id = h.company_id
LEFT JOIN contacts AS c ON c.id = h.contact_id
WHERE CASE
    WHEN %(ids)s::uuid[] IS NOT NULL THEN h.id = ANY (%(ids)s)
    ELSE %(everything)s OR (h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s))
END
ORDER BY h.created_at, h.id
LIMIT 10000;
