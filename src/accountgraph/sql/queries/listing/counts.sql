-- How much there is, for the side bar.

-- name: everything
-- All counts at once, each of so many rows at most: what is more is counted no further, and accounts are estimated then.
WITH inbox AS (
    SELECT FROM tasks AS t
    WHERE t.state = 'open' AND t.kind IN ('reply', 'proposal', 'meeting_outcome', 'question') AND t.signal_id IS NOT NULL
        AND t.contact_id IS NOT NULL AND (t.snoozed_by IS NULL OR t.waits_until <= %(now)s)
    LIMIT %(most)s + 1
), open_tasks AS (
    SELECT FROM tasks AS t WHERE t.state = 'open' AND (t.snoozed_by IS NULL OR t.waits_until <= %(now)s) LIMIT %(most)s + 1
), mine AS (
    SELECT FROM tasks AS t
    WHERE lower(coalesce(t.owner, t.owner_user_id::text)) = ANY (%(me)s) AND t.state = 'open'
        AND (t.snoozed_by IS NULL OR t.waits_until <= %(now)s)
    LIMIT %(most)s + 1
), waiting AS (
    SELECT FROM approvals AS a WHERE a.state = 'pending' LIMIT %(most)s + 1
), running AS (
    SELECT FROM campaigns AS p WHERE p.status = 'active' LIMIT %(most)s + 1
), accounts AS (
    SELECT FROM companies AS c LIMIT %(most)s + 1
)
SELECT
    (SELECT count(*) FROM inbox) AS inbox, (SELECT count(*) FROM open_tasks) AS tasks, (SELECT count(*) FROM mine) AS my_tasks,
    (SELECT count(*) FROM waiting) AS approvals, (SELECT count(*) FROM running) AS campaigns, (SELECT count(*) FROM accounts) AS accounts,
    (SELECT k.reltuples::bigint FROM pg_class AS k WHERE k.oid = 'companies'::regclass) AS estimated_accounts;
