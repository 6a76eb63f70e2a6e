-- Merging companies.

-- name: lock_companies
-- Those that become one and their subsidiaries, in the lock order.
SELECT c.id FROM companies AS c WHERE c.id = ANY (%(ids)s) OR c.parent_company_id = ANY (%(ids)s) ORDER BY c.id FOR UPDATE;

-- name: lock_enrolments
-- The way of its people through campaigns.
SELECT e.id FROM enrolments AS e WHERE e.company_id = %(drop)s ORDER BY e.id FOR NO KEY UPDATE;

-- name: lock_conversations
-- The conversations there.
SELECT v.id FROM conversations AS v
WHERE v.company_id = %(drop)s OR v.id IN (SELECT e.conversation_id FROM enrolments AS e WHERE e.company_id = %(drop)s)
ORDER BY v.id FOR NO KEY UPDATE;

-- name: lock_contacts
-- Its people.
SELECT c.id FROM contacts AS c WHERE c.company_id = %(drop)s ORDER BY c.id FOR NO KEY UPDATE;

-- name: moves
-- What refers to a company, counted by table and column.
SELECT r.table_name, r.column_name, r.total FROM count_references('companies'::regclass, %(id)s) AS r
ORDER BY r.table_name, r.column_name;

-- name: strictness
-- What keeps us from writing to the people of either: what it is, on what, and of which.
SELECT s.what, s.detail, bool_or(s.id = %(keep)s) AS of_kept, bool_or(s.id = %(drop)s) AS of_dropped
FROM (
    SELECT 'excluded' AS what, x.reason AS detail, x.company_id AS id FROM account_exclusions AS x
    WHERE x.company_id IN (%(keep)s, %(drop)s) AND x.ended_at IS NULL
    UNION ALL
    SELECT 'held', h.reason, h.company_id FROM holds AS h
    WHERE h.company_id IN (%(keep)s, %(drop)s) AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
) AS s
GROUP BY s.what, s.detail
ORDER BY s.what, s.detail;

-- name: collapses
-- What both have and one of the two can have only once.
SELECT x.what AS table_name, count(*) AS total
FROM (
    SELECT 'account_exclusions' AS what FROM account_exclusions AS a INNER JOIN account_exclusions AS b ON b.reason = a.reason
    WHERE a.company_id = %(keep)s AND b.company_id = %(drop)s AND a.ended_at IS NULL AND b.ended_at IS NULL
    UNION ALL
    SELECT 'account_health_daily' FROM account_health_daily AS a INNER JOIN account_health_daily AS b ON b.day = a.day
    WHERE a.company_id = %(keep)s AND b.company_id = %(drop)s
    UNION ALL
    SELECT 'holds' FROM holds AS a INNER JOIN holds AS b ON b.reason = a.reason
    WHERE a.company_id = %(keep)s AND b.company_id = %(drop)s AND a.lifted_at IS NULL AND b.lifted_at IS NULL
) AS x
GROUP BY x.what ORDER BY x.what;

-- name: people
-- People of both who have the same name: they stay two, and may be merged next.
SELECT count(*) FROM contacts AS a INNER JOIN contacts AS b
    ON lower(btrim(b.first_name) || ' ' || btrim(b.last_name)) = lower(btrim(a.first_name) || ' ' || btrim(a.last_name))
WHERE a.company_id = %(keep)s AND b.company_id = %(drop)s AND a.first_name <> '' AND a.last_name <> '' AND b.first_name <> '' AND b.last_name <> '';

-- name: merge
-- One goes into the other; gives the merge.
SELECT merge_companies(%(keep)s, %(drop)s, %(changes)s, %(by)s);

-- name: both
-- The two.
SELECT {company} FROM companies WHERE companies.id = ANY (%(ids)s);
