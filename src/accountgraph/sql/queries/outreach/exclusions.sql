-- Accounts that audiences leave out.

-- name: exclude
-- An exclusion that stands from now on; the one that stands already, with the newer note. No row where there is no such company.
WITH excluded AS (
    INSERT INTO account_exclusions AS x (company_id, reason, note)
    SELECT c.id, %(reason)s, %(note)s FROM companies AS c WHERE c.id = %(company_id)s
    ON CONFLICT (company_id, reason) WHERE ended_at IS NULL DO UPDATE SET note = coalesce(excluded.note, x.note)
    RETURNING x.id, x.company_id, x.reason, x.note, x.created_at, x.ended_at
)
SELECT x.id, x.company_id, o.name AS account, x.reason, x.note, x.created_at, x.ended_at
FROM excluded AS x INNER JOIN companies AS o ON o.id = x.company_id;

-- name: end
-- End what stands for an account, of one reason or of all.
WITH ended AS (
    UPDATE account_exclusions AS x SET ended_at = current_moment()
    WHERE x.company_id = %(company_id)s AND x.ended_at IS NULL AND (%(reason)s::text IS NULL OR x.reason = %(reason)s)
    RETURNING x.id, x.company_id, x.reason, x.note, x.created_at, x.ended_at
)
SELECT x.id, x.company_id, o.name AS account, x.reason, x.note, x.created_at, x.ended_at
FROM ended AS x INNER JOIN companies AS o ON o.id = x.company_id;

-- name: listing
-- Exclusions that stand, of an account or of all, the oldest first; with those that ended where they are asked for.
SELECT x.id, x.company_id, o.name AS account, x.reason, x.note, x.created_at, x.ended_at
FROM account_exclusions AS x
INNER JOIN companies AS o ON o.id = x.company_id
WHERE (%(company_id)s::uuid IS NULL OR x.company_id = %(company_id)s) AND (x.ended_at IS NULL OR %(with_ended)s)
ORDER BY x.created_at, x.id;
