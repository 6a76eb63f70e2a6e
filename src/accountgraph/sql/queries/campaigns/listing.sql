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

-- name: glance
-- A page of campaigns with what a list says of each: how far its people came, live where it is live and else as a dry run (engaged: a
-- person opened, clicked or answered), what is next, and who made it, where that was logged.
SELECT
    c.id, v.description, coalesce(f.enrolled, 0) AS enrolled, coalesce(f.contacted, 0) AS contacted, coalesce(f.engaged, 0) AS engaged,
    coalesce(f.replied, 0) AS replied, coalesce(f.meetings, 0) AS meetings, coalesce(f.under_way, 0) AS under_way, f.next_due_at, a.made_by
FROM campaigns AS c
CROSS JOIN LATERAL (
    SELECT v.definition ->> 'description' AS description FROM campaign_versions AS v
    WHERE v.campaign_id = c.id ORDER BY v.number DESC LIMIT 1
) AS v
CROSS JOIN LATERAL (
    SELECT
        count(*) AS enrolled,
        count(*) FILTER (WHERE e.touch_count > 0) AS contacted,
        count(*) FILTER (WHERE m.is_engaged OR s.is_answered) AS engaged,
        count(*) FILTER (WHERE s.is_answered) AS replied,
        count(*) FILTER (WHERE s.is_met) AS meetings,
        count(*) FILTER (WHERE e.state NOT IN ('finished', 'failed')) AS under_way,
        min(greatest(e.next_due_at, q.opens_at)) FILTER (WHERE e.state IN ('pending', 'waiting')) AS next_due_at
    FROM enrolments AS e
    LEFT JOIN queues AS q ON q.id = e.queue_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(n.kind IN ('opened', 'clicked') AND n.actor = 'human'), false) AS is_engaged
        FROM intents AS i INNER JOIN events AS n ON n.touchpoint_id = i.touchpoint_id
        WHERE i.enrolment_id = e.id
    ) AS m
    CROSS JOIN LATERAL (
        SELECT
            coalesce(bool_or(g.kind = ANY (%(answers)s)), false) AS is_answered,
            coalesce(bool_or(g.kind IN ('meeting_booked', 'meeting_held')), false) AS is_met
        FROM signals AS g WHERE g.contact_id = e.contact_id AND g.at >= e.started_at
    ) AS s
    WHERE e.campaign_id = c.id AND e.is_live = c.is_live
) AS f
LEFT JOIN LATERAL (
    SELECT l.actor_name AS made_by FROM audit_log AS l
    WHERE l.row_id = c.id::text AND l.table_name = 'campaigns' AND l.action = 'insert' ORDER BY l.at, l.id LIMIT 1
) AS a ON true
WHERE c.id = ANY (%(ids)s);

-- name: versions
-- The versions of a campaign, the newest first, with how many people began with each.
SELECT
    v.id, v.number, v.content_hash, v.created_at, coalesce(v.content_hash = c.preview_hash, false) AS is_approved,
    (SELECT count(*) FROM enrolments AS e WHERE e.version_id = v.id) AS people
FROM campaign_versions AS v INNER JOIN campaigns AS c ON c.id = v.campaign_id
WHERE v.campaign_id = %(campaign_id)s
ORDER BY v.number DESC;
