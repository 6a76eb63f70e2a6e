-- A workspace as a whole.

-- name: is_empty
-- Whether nobody has put anything in yet.
SELECT NOT EXISTS (SELECT FROM companies) AND NOT EXISTS (SELECT FROM contacts);

-- name: sample_companies
-- Companies with people in them, from a random place in the ids on, for measuring.
SELECT c.id FROM companies AS c
WHERE c.total_contacts > 0 AND c.id >= %(from)s
ORDER BY c.id
LIMIT %(limit)s;

-- name: sample_contacts
-- A contact of each of these companies.
SELECT p.id FROM unnest(%(ids)s::uuid[]) AS u (id)
CROSS JOIN LATERAL (
    SELECT c.id FROM contacts AS c WHERE c.company_id = u.id ORDER BY c.is_primary_contact DESC, c.id LIMIT 1
) AS p;

-- name: refresh_overview
-- Bring the counts of all accounts up to date, where something has changed.
SELECT refresh_account_overview();
