-- The accounts that something that came in is about.

-- name: lock
-- Accounts by their companies and by people of theirs, with all parents and subsidiaries, locked in order: as signals lock each of them.
WITH RECURSIVE named AS (
    SELECT c.id FROM companies AS c WHERE c.id = ANY (%(companies)s::uuid[])
    UNION
    SELECT p.company_id FROM contacts AS p WHERE p.id = ANY (%(people)s::uuid[])
), up AS (
    SELECT c.id, c.parent_company_id, 1 AS depth FROM companies AS c INNER JOIN named AS n ON n.id = c.id
    UNION
    SELECT p.id, p.parent_company_id, u.depth + 1 FROM companies AS p INNER JOIN up AS u ON p.id = u.parent_company_id WHERE u.depth < 20
), down AS (
    SELECT u.id, 1 AS depth FROM up AS u
    UNION
    SELECT p.id, d.depth + 1 FROM companies AS p INNER JOIN down AS d ON p.parent_company_id = d.id WHERE d.depth < 20
)
SELECT c.id FROM companies AS c WHERE c.id IN (SELECT d.id FROM down AS d) ORDER BY c.id FOR NO KEY UPDATE;
