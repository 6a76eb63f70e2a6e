-- Touches that left in a period, and what came of them until now.

-- name: tallies
-- Counts by day, week or month, or by what a group has in common; the time in order, groups by their size.
WITH met AS MATERIALIZED (
    SELECT DISTINCT m.touchpoint_id AS id FROM meeting_credits AS m WHERE m.at >= %(begins)s
), cohort AS (
    SELECT
        o.channel = 'email' AS is_email, o.opened_at, o.human_opened_at, o.clicked_at, o.human_clicked_at, o.replied_at, o.human_replied_at,
        o.id,
        o.channel,
        o.campaign_id,
        CASE %(by)s
            WHEN 'channel' THEN o.channel
            WHEN 'campaign' THEN o.campaign_id::text
            WHEN 'step' THEN o.campaign_id::text || '/' || o.step_key
            WHEN 'variant' THEN o.campaign_id::text || '/' || o.step_key || '/' || coalesce(o.variant, '')
            WHEN 'tier' THEN o.account_tier
            WHEN 'industry' THEN o.industry
            WHEN 'sender' THEN o.sender_id::text
            ELSE date_trunc(%(by)s, o.sent_at AT TIME ZONE %(zone)s)::date::text
        END AS key
    FROM touch_outcomes AS o
    WHERE o.sent_at >= %(begins)s AND o.sent_at < %(ends)s
        AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
        AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
        AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
        AND (%(campaign_id)s::uuid IS NULL OR o.campaign_id = %(campaign_id)s)
        AND (%(sender_id)s::uuid IS NULL OR o.sender_id = %(sender_id)s)
), counted AS (
    SELECT
        h.key,
        count(*) AS sent,
        count(*) FILTER (WHERE h.is_email) AS emails,
        count(h.opened_at) FILTER (WHERE h.is_email) AS opened,
        count(h.human_opened_at) FILTER (WHERE h.is_email) AS human_opened,
        count(h.clicked_at) FILTER (WHERE h.is_email) AS clicked,
        count(h.human_clicked_at) FILTER (WHERE h.is_email) AS human_clicked,
        count(h.replied_at) AS replied,
        count(h.human_replied_at) AS human_replied,
        count(m.id) AS meetings
    FROM cohort AS h LEFT JOIN met AS m ON m.id = h.id
    GROUP BY h.key
)
SELECT
    k.key,
    CASE
        WHEN %(by)s = 'sender' THEN (SELECT s.address FROM senders AS s WHERE s.id::text = k.key)
        WHEN %(by)s IN ('campaign', 'step', 'variant') THEN (
            SELECT concat_ws(' / ', g.name, nullif(split_part(k.key, '/', 2), ''), nullif(split_part(k.key, '/', 3), ''))
            FROM campaigns AS g WHERE g.id::text = split_part(k.key, '/', 1)
        )
        ELSE k.key
    END AS name,
    k.sent, k.emails, k.opened, k.human_opened, k.clicked, k.human_clicked, k.replied, k.human_replied, k.meetings
FROM counted AS k
ORDER BY CASE WHEN %(by)s IN ('day', 'week', 'month') THEN k.key END, k.sent DESC, k.key;

-- name: replies
-- How long the replies of people took, in hours, sorted; how many touches left, and of those that are at least 1, 3, 7, 14 and 30 days
-- old how many were answered within so many.
WITH cohort AS (
    SELECT
        CASE WHEN o.human_replied_at IS NOT NULL THEN
            extract(EPOCH FROM greatest(o.human_replied_at - o.sent_at, interval '0'))::double precision / 3600
        END AS hours,
        extract(EPOCH FROM %(now)s - o.sent_at)::double precision / 3600 AS age
    FROM touch_outcomes AS o
    WHERE o.sent_at >= %(begins)s AND o.sent_at < %(ends)s
        AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
        AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
        AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
        AND (%(campaign_id)s::uuid IS NULL OR o.campaign_id = %(campaign_id)s)
        AND (%(sender_id)s::uuid IS NULL OR o.sender_id = %(sender_id)s)
)
SELECT
    count(*) AS sent,
    coalesce(array_agg(h.hours ORDER BY h.hours) FILTER (WHERE h.hours IS NOT NULL), '{}') AS hours,
    coalesce(max(h.age) FILTER (WHERE h.hours IS NULL), 0) AS longest_wait,
    ARRAY[
        count(*) FILTER (WHERE h.age >= 24),
        count(*) FILTER (WHERE h.age >= 3 * 24),
        count(*) FILTER (WHERE h.age >= 7 * 24),
        count(*) FILTER (WHERE h.age >= 14 * 24),
        count(*) FILTER (WHERE h.age >= 30 * 24)
    ] AS eligible,
    ARRAY[
        count(*) FILTER (WHERE h.age >= 24 AND h.hours <= 24),
        count(*) FILTER (WHERE h.age >= 3 * 24 AND h.hours <= 3 * 24),
        count(*) FILTER (WHERE h.age >= 7 * 24 AND h.hours <= 7 * 24),
        count(*) FILTER (WHERE h.age >= 14 * 24 AND h.hours <= 14 * 24),
        count(*) FILTER (WHERE h.age >= 30 * 24 AND h.hours <= 30 * 24)
    ] AS answered
FROM cohort AS h;

-- name: deliverability
-- What became of messages on their way, by sender, domain of the recipient and week, as far as these are asked for.
SELECT
    g.sender_id, (SELECT s.address FROM senders AS s WHERE s.id = g.sender_id) AS sender, g.domain, g.week, g.sent, g.delivered,
    g.bounced_hard, g.bounced_soft, g.refused, g.complained, g.unsubscribed
FROM (
    SELECT
        k.sender_id, k.domain, k.week,
        count(*) AS sent,
        count(*) FILTER (WHERE k.is_delivered) AS delivered,
        count(*) FILTER (WHERE k.is_bounced_hard) AS bounced_hard,
        count(*) FILTER (WHERE k.is_bounced_soft) AS bounced_soft,
        count(*) FILTER (WHERE k.is_refused) AS refused,
        count(*) FILTER (WHERE k.is_complained) AS complained,
        count(*) FILTER (WHERE k.is_unsubscribed) AS unsubscribed
    FROM (
        SELECT
            CASE WHEN %(by_sender)s THEN o.sender_id END AS sender_id,
            CASE WHEN %(by_domain)s THEN coalesce(o.domain, nullif(split_part(c.email_key, '@', 2), '')) END AS domain,
            CASE WHEN %(by_week)s THEN date_trunc('week', o.sent_at AT TIME ZONE %(zone)s)::date END AS week,
            o.is_delivered, o.is_bounced_hard, o.is_bounced_soft, o.is_refused, o.is_complained, o.is_unsubscribed
        FROM touch_outcomes AS o LEFT JOIN contacts AS c ON c.id = o.contact_id
        WHERE o.sent_at >= %(begins)s AND o.sent_at < %(ends)s
            AND o.channel = %(channel)s
            AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
            AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
            AND (%(campaign_id)s::uuid IS NULL OR o.campaign_id = %(campaign_id)s)
            AND (%(sender_id)s::uuid IS NULL OR o.sender_id = %(sender_id)s)
    ) AS k
    GROUP BY k.sender_id, k.domain, k.week
) AS g
ORDER BY g.week, g.sent DESC, g.sender_id, g.domain
LIMIT %(limit)s;

-- name: hours
-- Touches by weekday and hour at which they left, in the recipient's zone: the enrolment's, else the person's, the account's, the
-- sender's, the workspace's.
WITH cohort AS MATERIALIZED (
    SELECT
        o.sent_at,
        o.human_opened_at IS NOT NULL AS is_opened,
        o.human_replied_at IS NOT NULL AS is_replied,
        coalesce(
            o.zone, c.communication_preferences ->> 'timezone', a.attributes ->> 'timezone', a.research_data ->> 'timezone', s.timezone
        ) AS zone
    FROM touch_outcomes AS o
    LEFT JOIN contacts AS c ON c.id = o.contact_id
    LEFT JOIN companies AS a ON a.id = o.company_id
    LEFT JOIN senders AS s ON s.id = o.sender_id
    WHERE o.sent_at >= %(begins)s AND o.sent_at < %(ends)s
        AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
        AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
        AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
        AND (%(campaign_id)s::uuid IS NULL OR o.campaign_id = %(campaign_id)s)
        AND (%(sender_id)s::uuid IS NULL OR o.sender_id = %(sender_id)s)
), zones AS MATERIALIZED (
    SELECT d.zone, coalesce(known_zone(d.zone), (SELECT w.timezone FROM workspace_settings AS w)) AS known
    FROM (SELECT DISTINCT h.zone FROM cohort AS h) AS d
), local AS (
    SELECT
        extract(ISODOW FROM h.sent_at AT TIME ZONE z.known)::integer AS weekday,
        extract(HOUR FROM h.sent_at AT TIME ZONE z.known)::integer AS hour,
        h.is_opened,
        h.is_replied
    FROM cohort AS h INNER JOIN zones AS z ON z.zone IS NOT DISTINCT FROM h.zone
)
SELECT
    l.weekday,
    l.hour,
    count(*) AS sent,
    count(*) FILTER (WHERE l.is_opened) AS opened,
    count(*) FILTER (WHERE l.is_replied) AS replied
FROM local AS l
GROUP BY l.weekday, l.hour
ORDER BY l.weekday, l.hour;

-- name: variants
-- Per step of a campaign, what came of each variant of its message.
WITH met AS MATERIALIZED (
    SELECT DISTINCT m.touchpoint_id AS id FROM meeting_credits AS m WHERE m.at >= %(begins)s
)
SELECT
    o.step_key,
    o.variant,
    count(*) AS sent,
    count(o.human_opened_at) AS opened,
    count(o.human_clicked_at) AS clicked,
    count(o.human_replied_at) AS replied,
    count(m.id) AS met
FROM touch_outcomes AS o LEFT JOIN met AS m ON m.id = o.id
WHERE o.sent_at >= %(begins)s AND o.sent_at < %(ends)s
    AND o.campaign_id = %(campaign_id)s
    AND o.variant IS NOT NULL
    AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
    AND (%(tier)s::text IS NULL OR o.account_tier = %(tier)s)
    AND (%(industry)s::text IS NULL OR o.industry = %(industry)s)
    AND (%(sender_id)s::uuid IS NULL OR o.sender_id = %(sender_id)s)
GROUP BY o.step_key, o.variant
ORDER BY o.step_key, o.variant;
