-- The health of accounts, day by day.

-- name: zone
-- Whose days the workspace's days are.
SELECT w.timezone FROM workspace_settings AS w;

-- name: take
-- The score of every account as of a moment, written for a day; gives how many accounts have that day. The formula is that of
-- `graph.scores.health_score`, and its weights are those of the policy. `is_past`: engagement is counted anew from the events until
-- then, as `answer_past_health` does, for accounts of which anything was known; else it is what the contacts say now. What was taken
-- on the day itself is never reckoned over.
WITH scores AS (
    SELECT c.company_id, CASE
        WHEN c.engagement_excluded IS NOT NULL OR c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
        ELSE engagement_score(c.engagement_light, c.engagement_deep, %(at)s)
    END AS score, c.is_decision_maker, true AS has_acted
    FROM contacts AS c
    WHERE NOT %(is_past)s AND c.status = 'active' AND c.company_id IS NOT NULL
    UNION ALL
    SELECT
        c.company_id, CASE WHEN f.excluded IS NULL THEN engagement_score(f.light, f.deep, %(at)s) ELSE 0 END, c.is_decision_maker,
        f.last_at IS NOT NULL
    FROM engagement_from_events(
        ARRAY(SELECT k.id FROM contacts AS k WHERE %(is_past)s AND k.status = 'active' AND k.company_id IS NOT NULL), %(at)s
    ) AS f
    INNER JOIN contacts AS c ON c.id = f.contact_id
), people AS (
    SELECT
        r.company_id,
        least(count(*), %(most_contacts)s) AS size,
        sum(r.score) FILTER (WHERE r.place <= %(most_contacts)s) AS top,
        bool_or(r.is_decision_maker) AS is_decided,
        bool_or(r.has_acted) AS has_acted
    FROM (
        SELECT s.company_id, s.score, s.is_decision_maker, s.has_acted, row_number() OVER (PARTITION BY s.company_id ORDER BY s.score DESC) AS place
        FROM scores AS s
    ) AS r
    GROUP BY r.company_id
), talks AS (
    SELECT v.company_id, count(*) AS total
    FROM conversations AS v
    WHERE v.company_id IS NOT NULL AND CASE
        WHEN %(is_past)s THEN v.started_at <= %(at)s AND (v.status = 'active' OR v.closed_at > %(at)s)
        ELSE v.status = 'active'
    END
    GROUP BY v.company_id
), edges AS (
    SELECT e.company_id, count(*) AS total
    FROM (
        SELECT a.company_id, r.discovered_at FROM relationships AS r INNER JOIN contacts AS a ON a.id = r.contact_id_1
        UNION ALL -- an edge to another account counts at both
        SELECT b.company_id, r.discovered_at
        FROM relationships AS r
        INNER JOIN contacts AS a ON a.id = r.contact_id_1
        INNER JOIN contacts AS b ON b.id = r.contact_id_2
        WHERE b.company_id IS DISTINCT FROM a.company_id
    ) AS e
    WHERE e.company_id IS NOT NULL AND (NOT %(is_past)s OR e.discovered_at <= %(at)s)
    GROUP BY e.company_id
), parts AS (
    SELECT
        a.id,
        coalesce(%(engagement)s::numeric * p.top / p.size / 100, 0) AS engagement,
        %(conversations)s::numeric * CASE WHEN p.size > 0 THEN least(1, coalesce(t.total, 0)::numeric / p.size) ELSE 0 END AS conversations,
        %(relationships)s::numeric * CASE WHEN p.size > 0 THEN least(1, coalesce(e.total, 0)::numeric / p.size) ELSE 0 END AS relationships,
        CASE WHEN p.is_decided THEN %(decision_makers)s::numeric ELSE 0 END AS decision_makers
    FROM companies AS a
    LEFT JOIN people AS p ON p.company_id = a.id
    LEFT JOIN talks AS t ON t.company_id = a.id
    LEFT JOIN edges AS e ON e.company_id = a.id
    WHERE NOT %(is_past)s OR a.created_at <= %(at)s OR t.total > 0 OR p.has_acted
), written AS (
    INSERT INTO account_health_daily AS h (
        company_id, day, score, engagement, conversations, relationships, decision_makers, is_reckoned, taken_at
    )
    SELECT
        p.id, %(day)s, round(p.engagement + p.conversations + p.relationships + p.decision_makers, 2), round(p.engagement, 2),
        round(p.conversations, 2), round(p.relationships, 2), round(p.decision_makers, 2), %(is_past)s, %(now)s
    FROM parts AS p
    ON CONFLICT (company_id, day) DO UPDATE SET
        score = excluded.score,
        engagement = excluded.engagement,
        conversations = excluded.conversations,
        relationships = excluded.relationships,
        decision_makers = excluded.decision_makers,
        is_reckoned = excluded.is_reckoned,
        taken_at = excluded.taken_at
    WHERE h.is_reckoned OR NOT excluded.is_reckoned
    RETURNING h.company_id
)
SELECT count(*) FROM written;

-- name: days_taken
-- The days of a period that have been taken or reckoned already.
SELECT d.day::date AS day FROM generate_series(%(since)s::date, %(until)s::date, interval '1 day') AS d (day)
WHERE EXISTS (SELECT FROM account_health_daily AS h WHERE h.day = d.day::date)
ORDER BY d.day;

-- name: first_day
-- The first day of which anything is known.
SELECT least(
    (SELECT min(t.sent_at) FROM touchpoints AS t WHERE t.direction = 'outbound' AND t.sent_at IS NOT NULL),
    (SELECT min(v.started_at) FROM conversations AS v),
    (SELECT min(o.created_at) FROM companies AS o)
) AS at;

-- name: series
-- The scores of some accounts, by day; an account without any has one row that is empty.
SELECT o.id AS company_id, h.day, h.score::float AS score, h.engagement::float AS engagement, h.conversations::float AS conversations,
    h.relationships::float AS relationships, h.decision_makers::float AS decision_makers, h.is_reckoned
FROM companies AS o
LEFT JOIN account_health_daily AS h ON h.company_id = o.id AND h.day >= %(since)s AND h.day <= %(until)s
WHERE o.id = ANY (%(companies)s::uuid[])
ORDER BY o.id, h.day;

-- name: distribution
-- How many accounts stand where, by day.
SELECT
    h.day,
    count(*) AS accounts,
    avg(h.score)::float AS mean,
    percentile_cont(0.25) WITHIN GROUP (ORDER BY h.score) AS lower_quartile,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY h.score) AS median,
    percentile_cont(0.75) WITHIN GROUP (ORDER BY h.score) AS upper_quartile,
    count(*) FILTER (WHERE h.score >= %(excellent)s) AS excellent,
    count(*) FILTER (WHERE h.score >= %(good)s AND h.score < %(excellent)s) AS good,
    count(*) FILTER (WHERE h.score >= %(fair)s AND h.score < %(good)s) AS fair,
    count(*) FILTER (WHERE h.score >= %(poor)s AND h.score < %(fair)s) AS poor,
    count(*) FILTER (WHERE h.score < %(poor)s) AS critical,
    bool_and(h.is_reckoned) AS is_reckoned
FROM account_health_daily AS h
INNER JOIN companies AS o ON o.id = h.company_id
WHERE h.day >= %(since)s AND h.day <= %(until)s
    AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
    AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
GROUP BY h.day
ORDER BY h.day;

-- name: movers
-- The accounts whose score rose and fell most between the last day that is there and the last one at least some days before it.
WITH last_day AS MATERIALIZED (
    SELECT max(h.day) AS day FROM account_health_daily AS h WHERE h.day <= %(until)s
), first_day AS MATERIALIZED (
    SELECT max(h.day) AS day FROM account_health_daily AS h WHERE h.day <= (SELECT l.day FROM last_day AS l) - %(days)s::integer
), moved AS MATERIALIZED (
    SELECT
        b.company_id, o.name, a.day AS from_day, b.day AS to_day, a.score AS before, b.score AS after, b.score - a.score AS change,
        b.engagement - a.engagement AS engagement, b.conversations - a.conversations AS conversations,
        b.relationships - a.relationships AS relationships, b.decision_makers - a.decision_makers AS decision_makers
    FROM account_health_daily AS a
    INNER JOIN account_health_daily AS b ON b.company_id = a.company_id AND b.day = (SELECT l.day FROM last_day AS l)
    INNER JOIN companies AS o ON o.id = a.company_id
    WHERE a.day = (SELECT f.day FROM first_day AS f)
        AND b.score <> a.score
        AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
        AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
)
SELECT
    m.company_id, m.name, m.from_day, m.to_day, m.before::float AS before, m.after::float AS after, m.change::float AS change,
    m.engagement::float AS engagement, m.conversations::float AS conversations, m.relationships::float AS relationships,
    m.decision_makers::float AS decision_makers
FROM (
    (SELECT u.* FROM moved AS u WHERE u.change > 0 ORDER BY u.change DESC, u.company_id LIMIT %(limit)s)
    UNION ALL
    (SELECT d.* FROM moved AS d WHERE d.change < 0 ORDER BY d.change, d.company_id LIMIT %(limit)s)
) AS m
ORDER BY m.change DESC, m.company_id;
