-- What is done to many accounts at once. A statement changes so few rows that each is in the audit log.

-- name: lock
-- These accounts, locked in order, as signals lock them.
SELECT c.id FROM companies AS c WHERE c.id = ANY (%(ids)s) ORDER BY c.id FOR NO KEY UPDATE;

-- name: set_tier
-- How much these accounts matter.
UPDATE companies AS c SET account_tier = %(value)s WHERE c.id = ANY (%(ids)s) AND c.account_tier IS DISTINCT FROM %(value)s
RETURNING c.id;

-- name: set_status
-- Where these accounts stand.
UPDATE companies AS c SET account_status = %(value)s WHERE c.id = ANY (%(ids)s) AND c.account_status IS DISTINCT FROM %(value)s
RETURNING c.id;

-- name: hold
-- Stops of these accounts; one that stands for the same reason stays as it is, one that is over begins anew.
INSERT INTO holds AS h (scope, company_id, reason, note, until, created_at)
SELECT 'account', w.id, %(reason)s, %(note)s, %(until)s, %(now)s FROM unnest(%(ids)s::uuid[]) AS w (id)
ON CONFLICT (scope, sender_id, company_id, contact_id, reason) WHERE lifted_at IS NULL
DO UPDATE SET note = coalesce(excluded.note, h.note), until = excluded.until, created_at = excluded.created_at WHERE h.until <= %(now)s
RETURNING h.company_id;

-- name: release
-- Lifts the stops of these accounts, for one reason or for all; what asked about them is answered.
WITH lifted AS (
    UPDATE holds AS h SET lifted_at = %(now)s
    WHERE h.company_id = ANY (%(ids)s) AND h.lifted_at IS NULL AND (%(reason)s::text IS NULL OR h.reason = %(reason)s)
    RETURNING h.id, h.company_id
), answered AS (
    UPDATE tasks AS t SET state = 'done', outcome = 'the hold was lifted', closed_by = 'engine', closed_at = %(now)s
    FROM lifted AS l WHERE t.hold_id = l.id AND t.state = 'open'
)
SELECT DISTINCT l.company_id FROM lifted AS l;

-- name: released
-- Whom a stop of these accounts had paused, and none stands in the way of any more.
SELECT e.id FROM enrolments AS e
WHERE e.company_id = ANY (%(ids)s) AND e.state = 'paused' AND e.reason = 'hold' AND NOT EXISTS (
        SELECT FROM holds AS h
        WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s) AND (h.company_id = e.company_id OR h.contact_id = e.contact_id)
    )
ORDER BY e.id;

-- name: of_people
-- Whose account each of these people is.
SELECT c.id AS contact_id, c.company_id FROM contacts AS c WHERE c.id = ANY (%(ids)s);
