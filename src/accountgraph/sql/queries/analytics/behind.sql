-- What stands behind numbers.

-- name: touches
-- The touches of a period, each with its names and what came of it. Its zone is that of `hours`, and found only where it is asked for:
-- whether a name is one is tried once for each name there is.
WITH met AS MATERIALIZED (
    SELECT DISTINCT m.touchpoint_id AS id FROM meeting_credits AS m WHERE m.at >= %(begins)s
), zones AS MATERIALIZED (
    SELECT d.name, known_zone(d.name) AS known
    FROM (
        SELECT n.zone AS name FROM enrolments AS n
        UNION
        SELECT p.communication_preferences ->> 'timezone' AS name FROM contacts AS p
        UNION
        SELECT q.attributes ->> 'timezone' AS name FROM companies AS q
        UNION
        SELECT r.research_data ->> 'timezone' AS name FROM companies AS r
        UNION
        SELECT u.timezone AS name FROM senders AS u
    ) AS d
    WHERE d.name IS NOT NULL
)
SELECT
    o.id, o.channel, o.sent_at, o.contact_id,
    coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email) AS contact,
    o.company_id, a.name AS company, g.name AS campaign, o.step_key, o.variant, s.address AS sender,
    o.opened_at IS NOT NULL AS is_opened,
    o.human_opened_at IS NOT NULL AS is_human_opened,
    o.clicked_at IS NOT NULL AS is_clicked,
    o.human_clicked_at IS NOT NULL AS is_human_clicked,
    o.human_replied_at IS NOT NULL AS is_human_replied,
    m.id IS NOT NULL AS is_met,
    o.is_bounced_hard OR o.is_bounced_soft OR o.is_refused AS is_bounced,
    o.is_complained,
    o.is_unsubscribed
FROM touch_outcomes AS o
LEFT JOIN met AS m ON m.id = o.id
LEFT JOIN contacts AS c ON c.id = o.contact_id
LEFT JOIN companies AS a ON a.id = o.company_id
LEFT JOIN campaigns AS g ON g.id = o.campaign_id
LEFT JOIN senders AS s ON s.id = o.sender_id
CROSS JOIN LATERAL (
    SELECT coalesce(
        (
            SELECT k.known FROM zones AS k
            WHERE k.name = coalesce(
                o.zone, c.communication_preferences ->> 'timezone', a.attributes ->> 'timezone', a.research_data ->> 'timezone', s.timezone
            )
        ),
        (SELECT w.timezone FROM workspace_settings AS w)
    ) AS known
) AS z
WHERE o.sent_at >= %(begins)s AND o.sent_at < %(ends)s
    AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
    AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
    AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
    AND (%(campaign_id)s::uuid IS NULL OR o.campaign_id = %(campaign_id)s)
    AND (%(sender_id)s::uuid IS NULL OR o.sender_id = %(sender_id)s)
ORDER BY o.sent_at, o.id;

-- name: choices
-- What questions can be narrowed to; industries by an index that skips from one to the next.
WITH RECURSIVE industries AS (
    (
        SELECT lower(c.industry) AS place, c.industry, 1 AS nth
        FROM companies AS c WHERE c.industry IS NOT NULL
        ORDER BY lower(c.industry), c.name, c.id LIMIT 1
    )
    UNION ALL
    SELECT f.place, f.industry, i.nth + 1
    FROM industries AS i CROSS JOIN LATERAL (
        SELECT lower(c.industry) AS place, c.industry
        FROM companies AS c WHERE c.industry IS NOT NULL AND lower(c.industry) > i.place
        ORDER BY lower(c.industry), c.name, c.id LIMIT 1
    ) AS f
    WHERE i.nth < %(limit)s
)
(SELECT 'campaign' AS kind, g.id::text AS id, g.name FROM campaigns AS g ORDER BY g.name LIMIT %(limit)s)
UNION ALL
(SELECT 'sender' AS kind, s.id::text AS id, s.address AS name FROM senders AS s ORDER BY s.address LIMIT %(limit)s)
UNION ALL
(SELECT 'industry' AS kind, i.industry AS id, i.industry AS name FROM industries AS i ORDER BY i.place);
