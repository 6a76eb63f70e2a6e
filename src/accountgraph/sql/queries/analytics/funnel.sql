-- How far accounts came.

-- name: stages
-- By stage, the accounts that came at least so far, and those of which that very thing is known.
SELECT s.level, count(p.company_id) FILTER (WHERE p.level >= s.level) AS reached, count(p.company_id) FILTER (
    WHERE CASE s.level
        WHEN 0 THEN true
        WHEN 1 THEN p.contacted_at IS NOT NULL
        WHEN 2 THEN p.is_engaged
        WHEN 3 THEN p.is_replied
        WHEN 4 THEN p.is_met
        ELSE p.is_won
    END
) AS seen
FROM generate_series(0, 5) AS s (level)
LEFT JOIN account_progress(
    %(begins)s, %(ends)s, %(channel)s, %(tier)s, %(industry)s, %(campaign_id)s, %(sender_id)s
) AS p ON true
GROUP BY s.level
ORDER BY s.level;

-- name: accounts
-- Accounts by how far they came.
SELECT c.id, c.name, c.domain, c.account_tier, c.industry, p.level, p.contacted_at
FROM account_progress(
    %(begins)s, %(ends)s, %(channel)s, %(tier)s, %(industry)s, %(campaign_id)s, %(sender_id)s
) AS p INNER JOIN companies AS c ON c.id = p.company_id
WHERE p.level >= %(from_level)s
ORDER BY c.name, c.id;
