-- The health of accounts, day by day.

-- name: zone
-- Whose days the workspace's days are.
SELECT w.timezone FROM workspace_settings AS w;

-- name: take
-- The score of every account, or of some, at the end of each of these days, written for that day; gives how many accounts each day has.
-- The formula is that of `graph.scores.health_score`, and its weights are those of the policy. `is_past`: engagement is counted anew from
-- the events until then, as `answer_past_health` does, for accounts of which anything was known; all days in one pass, in which each act is
-- added to the day it fell on and the sums run on from day to day. Else it is what the contacts say now. What was taken on the day itself
-- is never reckoned over.
WITH days AS MATERIALIZED (
    SELECT d.day, d.at, row_number() OVER (ORDER BY d.at) AS place, max(d.at) OVER () AS last_at
    FROM unnest(%(days)s::date[], %(ends)s::timestamptz[]) AS d (day, at)
), accounts AS MATERIALIZED (
    SELECT a.id, a.created_at, least(count(c.id), %(most_contacts)s) AS size, bool_or(c.is_decision_maker) AS is_decided
    FROM companies AS a LEFT JOIN contacts AS c ON c.company_id = a.id AND c.status = 'active'
    WHERE %(companies)s::uuid[] IS NULL OR a.id = ANY (%(companies)s::uuid[])
    GROUP BY a.id
), members AS MATERIALIZED (
    SELECT c.id, c.company_id, c.engagement_light, c.engagement_deep, c.engagement_excluded
    FROM accounts AS a INNER JOIN contacts AS c ON c.company_id = a.id
    WHERE c.status = 'active'
), numbered AS (
    SELECT
        s.contact_id, s.touchpoint_id, s.at, s.half_life, s.most_a_message, s.log_weight,
        row_number() OVER (PARTITION BY s.contact_id, s.touchpoint_id, s.kind ORDER BY s.at, s.id) AS nth
    FROM members AS m INNER JOIN scored_acts AS s ON s.contact_id = m.id
    WHERE %(is_past)s AND s.at <= (SELECT max(d.at) FROM days AS d)
), acts AS ( -- weights as of the last day, for which none of them is too large
    SELECT
        n.contact_id, n.at,
        exp(greatest(n.log_weight - decay_rate(n.half_life) * extract(EPOCH FROM l.at)::double precision / 86400, -700)) AS weight,
        n.half_life, false AS is_excluding, true AS is_act
    FROM numbered AS n CROSS JOIN (SELECT max(d.at) AS at FROM days AS d) AS l
    WHERE n.most_a_message IS NULL OR n.touchpoint_id IS NULL OR n.nth <= n.most_a_message
    UNION ALL
    SELECT
        e.contact_id, e.at, NULL, NULL,
        e.kind = 'complained'
        OR (e.kind = 'unsubscribed' AND e.actor IS DISTINCT FROM 'scanner')
        OR (e.kind = 'bounced' AND e.detail = 'hard')
        OR (e.kind = 'replied' AND e.detail = 'refusal' AND e.actor = 'human'),
        coalesce(e.actor = 'human', false)
    FROM members AS m INNER JOIN events AS e ON e.contact_id = m.id
    WHERE %(is_past)s AND e.at <= (SELECT max(d.at) FROM days AS d)
), changes AS ( -- by the place of the day on which they are first known
    SELECT
        k.contact_id,
        k.place,
        sum(k.weight) FILTER (WHERE k.half_life = 'light') AS light,
        sum(k.weight) FILTER (WHERE k.half_life = 'deep') AS deep,
        bool_or(k.is_excluding) AS is_excluded,
        bool_or(k.is_act) AS has_acted
    FROM (
        SELECT
            a.contact_id, a.weight, a.half_life, a.is_excluding, a.is_act,
            1 + width_bucket(a.at, ARRAY(SELECT d.at + interval '1 microsecond' FROM days AS d ORDER BY d.at)) AS place
        FROM acts AS a
    ) AS k
    GROUP BY k.contact_id, k.place
), states AS (
    SELECT
        m.company_id, d.day, d.at, d.last_at,
        sum(c.light) OVER so_far AS light,
        sum(c.deep) OVER so_far AS deep,
        bool_or(c.is_excluded) OVER so_far AS is_excluded,
        bool_or(c.has_acted) OVER so_far AS has_acted
    FROM (SELECT DISTINCT k.contact_id FROM changes AS k) AS w
    INNER JOIN members AS m ON m.id = w.contact_id
    CROSS JOIN days AS d
    LEFT JOIN changes AS c ON c.contact_id = w.contact_id AND c.place = d.place
    WINDOW so_far AS (PARTITION BY w.contact_id ORDER BY d.place)
), scores AS (
    SELECT m.company_id, d.day, engagement_score(m.engagement_light, m.engagement_deep, d.at) AS score, true AS has_acted
    FROM members AS m CROSS JOIN days AS d
    WHERE NOT %(is_past)s AND m.engagement_excluded IS NULL AND num_nonnulls(m.engagement_light, m.engagement_deep) > 0
    UNION ALL
    SELECT
        s.company_id, s.day,
        CASE
            WHEN s.is_excluded OR num_nonnulls(s.light, s.deep) = 0 THEN 0
            ELSE engagement_score(
                ln(s.light) + decay_rate('light') * extract(EPOCH FROM s.last_at)::double precision / 86400,
                ln(s.deep) + decay_rate('deep') * extract(EPOCH FROM s.last_at)::double precision / 86400,
                s.at
            )
        END,
        s.has_acted
    FROM states AS s
), engaged AS (
    SELECT
        r.company_id, r.day, sum(r.score) FILTER (WHERE r.place <= %(most_contacts)s) AS top, bool_or(r.has_acted) AS has_acted
    FROM (
        SELECT s.company_id, s.day, s.score, s.has_acted, row_number() OVER (PARTITION BY s.company_id, s.day ORDER BY s.score DESC) AS place
        FROM scores AS s
    ) AS r
    GROUP BY r.company_id, r.day
), talks AS (
    SELECT v.company_id, d.day, count(*) AS total
    FROM conversations AS v
    INNER JOIN accounts AS a ON a.id = v.company_id
    INNER JOIN days AS d ON CASE
        WHEN %(is_past)s THEN v.started_at <= d.at AND (v.status = 'active' OR v.closed_at > d.at)
        ELSE v.status = 'active'
    END
    GROUP BY v.company_id, d.day
), edges AS (
    SELECT e.company_id, d.day, count(*) AS total
    FROM (
        SELECT f.company_id, r.discovered_at FROM relationships AS r INNER JOIN contacts AS f ON f.id = r.contact_id_1
        UNION ALL -- an edge to another account counts at both
        SELECT b.company_id, r.discovered_at
        FROM relationships AS r
        INNER JOIN contacts AS f ON f.id = r.contact_id_1
        INNER JOIN contacts AS b ON b.id = r.contact_id_2
        WHERE b.company_id IS DISTINCT FROM f.company_id
    ) AS e
    INNER JOIN accounts AS a ON a.id = e.company_id
    INNER JOIN days AS d ON NOT %(is_past)s OR e.discovered_at <= d.at
    GROUP BY e.company_id, d.day
), parts AS (
    SELECT
        a.id,
        d.day,
        coalesce(%(engagement)s::numeric * g.top / nullif(a.size, 0) / 100, 0) AS engagement,
        %(conversations)s::numeric * CASE WHEN a.size > 0 THEN least(1, coalesce(t.total, 0)::numeric / a.size) ELSE 0 END AS conversations,
        %(relationships)s::numeric * CASE WHEN a.size > 0 THEN least(1, coalesce(e.total, 0)::numeric / a.size) ELSE 0 END AS relationships,
        CASE WHEN a.is_decided THEN %(decision_makers)s::numeric ELSE 0 END AS decision_makers
    FROM accounts AS a
    CROSS JOIN days AS d
    LEFT JOIN engaged AS g ON g.company_id = a.id AND g.day = d.day
    LEFT JOIN talks AS t ON t.company_id = a.id AND t.day = d.day
    LEFT JOIN edges AS e ON e.company_id = a.id AND e.day = d.day
    WHERE NOT %(is_past)s OR a.created_at <= d.at OR t.total > 0 OR g.has_acted
), written AS (
    INSERT INTO account_health_daily AS h (
        company_id, day, score, engagement, conversations, relationships, decision_makers, is_reckoned, taken_at
    )
    SELECT
        p.id, p.day, round(p.engagement + p.conversations + p.relationships + p.decision_makers, 2), round(p.engagement, 2),
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
    RETURNING h.day
)
SELECT d.day, count(w.day) AS accounts, %(is_past)s AS is_reckoned
FROM days AS d LEFT JOIN written AS w ON w.day = d.day
GROUP BY d.day
ORDER BY d.day;

-- name: days_whole
-- Which of these days have a row of every account that there was by its end.
SELECT d.day
FROM unnest(%(days)s::date[], %(ends)s::timestamptz[]) AS d (day, at)
WHERE EXISTS (SELECT FROM account_health_daily AS h WHERE h.day = d.day)
    AND NOT EXISTS (
        SELECT FROM companies AS a
        WHERE a.created_at <= d.at
            AND NOT EXISTS (SELECT FROM account_health_daily AS h WHERE h.company_id = a.id AND h.day = d.day)
    )
ORDER BY d.day;

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

-- name: trends
-- The days of which a score is kept, counted from the first, and those scores; accounts without any are left out.
SELECT
    h.company_id,
    array_agg(h.day - %(since)s ORDER BY h.day) AS days,
    array_agg(h.score::float ORDER BY h.day) AS scores
FROM account_health_daily AS h
WHERE h.company_id = ANY (%(companies)s::uuid[]) AND h.day >= %(since)s AND h.day <= %(until)s
GROUP BY h.company_id;

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
