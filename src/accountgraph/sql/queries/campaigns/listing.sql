-- Campaigns and their versions at a glance.

-- name: campaigns
-- All campaigns by name, with how many people are under way in each and how many have ended.
SELECT
    c.name, c.status, c.is_live, v.number, v.description, coalesce(e.under_way, 0) AS under_way, coalesce(e.ended, 0) AS ended,
    e.next_due_at
FROM campaigns AS c
CROSS JOIN LATERAL (
    SELECT v.number, v.definition ->> 'description' AS description FROM campaign_versions AS v
    WHERE v.campaign_id = c.id ORDER BY v.number DESC LIMIT 1
) AS v
LEFT JOIN (
    SELECT
        e.campaign_id, count(*) FILTER (WHERE e.state NOT IN ('finished', 'failed')) AS under_way,
        count(*) FILTER (WHERE e.state IN ('finished', 'failed')) AS ended,
        min(greatest(e.next_due_at, q.opens_at)) FILTER (WHERE e.state IN ('pending', 'waiting')) AS next_due_at
    FROM enrolments AS e LEFT JOIN queues AS q ON q.id = e.queue_id
    GROUP BY e.campaign_id
) AS e ON e.campaign_id = c.id
ORDER BY c.name;

-- name: versions
-- The versions of a campaign, the newest first, with how many people began with each.
SELECT
    v.id, v.number, v.content_hash, v.created_at, coalesce(v.content_hash = c.preview_hash, false) AS is_approved,
    (SELECT count(*) FROM enrolments AS e WHERE e.version_id = v.id) AS people
FROM campaign_versions AS v INNER JOIN campaigns AS c ON c.id = v.campaign_id
WHERE v.campaign_id = %(campaign_id)s
ORDER BY v.number DESC;
