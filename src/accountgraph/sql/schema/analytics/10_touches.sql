-- What is counted: touches that left, and what came of each.

-- A touch is a message or a call of ours that left. Opens, clicks and replies are the first of each kind, by anybody and by a person;
-- `answered_at` is of calls. What an account is, is what it is today.
CREATE VIEW touch_outcomes WITH (security_invoker = true) AS
SELECT
    g.id,
    g.channel,
    g.sent_at,
    g.opened_at,
    g.clicked_at,
    g.replied_at,
    g.human_opened_at,
    g.human_clicked_at,
    g.human_replied_at,
    g.answered_at,
    g.is_delivered,
    g.is_bounced_hard,
    g.is_bounced_soft,
    g.is_refused,
    g.is_complained,
    g.is_unsubscribed,
    v.contact_id,
    v.company_id,
    o.account_tier,
    o.industry,
    i.step_key,
    i.variant,
    n.campaign_id,
    n.zone,
    coalesce(i.sender_id, h.sender_id) AS sender_id,
    coalesce(s.domain, h.domain) AS domain
FROM (
    SELECT
        t.id,
        t.conversation_id,
        t.channel,
        t.sent_at,
        t.opened_at,
        t.clicked_at,
        t.replied_at,
        min(e.at) FILTER (WHERE e.kind = 'opened' AND e.actor = 'human') AS human_opened_at,
        min(e.at) FILTER (WHERE e.kind = 'clicked' AND e.actor = 'human') AS human_clicked_at,
        min(e.at) FILTER (WHERE e.kind = 'replied' AND e.actor = 'human') AS human_replied_at,
        min(e.at) FILTER (WHERE e.kind = 'answered' AND e.actor = 'human') AS answered_at,
        coalesce(bool_or(e.kind = 'delivered'), false) AS is_delivered,
        coalesce(bool_or(e.kind = 'bounced' AND e.detail = 'hard'), false) AS is_bounced_hard,
        coalesce(bool_or(e.kind = 'bounced' AND e.detail = 'soft'), false) AS is_bounced_soft,
        coalesce(bool_or(e.kind = 'failed' OR (e.kind = 'bounced' AND e.detail = 'policy')), false) AS is_refused,
        coalesce(bool_or(e.kind = 'complained'), false) AS is_complained,
        coalesce(bool_or(e.kind = 'unsubscribed' AND e.actor IS DISTINCT FROM 'scanner'), false) AS is_unsubscribed
    FROM touchpoints AS t LEFT JOIN events AS e ON e.touchpoint_id = t.id AND e.kind <> 'sent'
    WHERE t.direction = 'outbound' AND t.sent_at IS NOT NULL
    GROUP BY t.id
) AS g
INNER JOIN conversations AS v ON v.id = g.conversation_id
LEFT JOIN companies AS o ON o.id = v.company_id
LEFT JOIN intents AS i ON i.touchpoint_id = g.id
LEFT JOIN enrolments AS n ON n.id = i.enrolment_id
LEFT JOIN sends AS s ON s.intent_id = i.id
LEFT JOIN sends AS h ON h.touchpoint_id = g.id; -- by hand

-- Which touch a meeting is owed to: the one that it is said to be about, else the last one to that person before it.
CREATE VIEW meeting_credits WITH (security_invoker = true) AS
SELECT e.id AS event_id, e.at, coalesce(d.id, l.id) AS touchpoint_id
FROM events AS e
LEFT JOIN touchpoints AS d ON d.id = e.touchpoint_id AND d.direction = 'outbound' AND d.sent_at IS NOT NULL
LEFT JOIN LATERAL (
    SELECT t.id
    FROM conversations AS v INNER JOIN touchpoints AS t ON t.conversation_id = v.id
    WHERE v.contact_id = e.contact_id AND t.direction = 'outbound' AND t.sent_at <= e.at
    ORDER BY t.sent_at DESC, t.id LIMIT 1
) AS l ON d.id IS NULL
WHERE e.kind IN ('meeting_booked', 'meeting_held');

CREATE INDEX touchpoints_outbound_idx ON touchpoints (sent_at) WHERE direction = 'outbound' AND sent_at IS NOT NULL;
CREATE INDEX events_meetings_idx ON events (at) WHERE kind IN ('meeting_booked', 'meeting_held');

-- A time zone's name where it is one, else NULL: what stands at people may be anything.
CREATE FUNCTION known_zone(name text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM current_moment() AT TIME ZONE name;
    RETURN name;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END
$$;

-- How far each account came by the touches of a period. `level`: 0 known, 1 contacted, 2 somebody engaged, 3 replied, 4 met, 5 won; as far
-- as the furthest that happened. Of a campaign, the accounts are those with people in it.
CREATE FUNCTION account_progress(
    begins timestamptz, ends timestamptz, on_channel text, of_tier text, of_industry text, of_campaign uuid, from_sender uuid
) RETURNS TABLE (
    company_id uuid, contacted_at timestamptz, is_engaged boolean, is_replied boolean, is_met boolean, is_won boolean, level integer
)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT DISTINCT m.touchpoint_id AS id FROM meeting_credits AS m WHERE m.at >= begins
    ), touched AS MATERIALIZED (
        SELECT
            o.company_id,
            min(o.sent_at) AS contacted_at,
            bool_or(num_nonnulls(o.human_opened_at, o.human_clicked_at, o.human_replied_at, o.answered_at) > 0) AS is_engaged,
            count(o.human_replied_at) > 0 AS is_replied,
            count(m.id) > 0 AS is_met
        FROM touch_outcomes AS o LEFT JOIN met AS m ON m.id = o.id
        WHERE o.sent_at >= begins AND o.sent_at < ends
            AND (on_channel IS NULL OR o.channel = on_channel)
            AND (of_campaign IS NULL OR o.campaign_id = of_campaign)
            AND (from_sender IS NULL OR o.sender_id = from_sender)
        GROUP BY o.company_id
    ), deals AS MATERIALIZED (
        SELECT w.company_id, max(w.at) AS at
        FROM (
            SELECT g.company_id, g.at FROM signals AS g WHERE g.kind = 'deal_won'
            UNION ALL
            SELECT v.company_id, v.closed_at FROM conversations AS v WHERE v.status = 'won'
        ) AS w
        GROUP BY w.company_id
    )
    SELECT
        c.id, t.contacted_at, coalesce(t.is_engaged, false), coalesce(t.is_replied, false), coalesce(t.is_met, false),
        coalesce(d.at >= t.contacted_at, false),
        CASE
            WHEN d.at >= t.contacted_at THEN 5
            WHEN t.is_met THEN 4
            WHEN t.is_replied THEN 3
            WHEN t.is_engaged THEN 2
            WHEN t.contacted_at IS NOT NULL THEN 1
            ELSE 0
        END
    FROM companies AS c
    LEFT JOIN touched AS t ON t.company_id = c.id
    LEFT JOIN deals AS d ON d.company_id = c.id
    WHERE (of_tier IS NULL OR c.account_tier = of_tier)
        AND (of_industry IS NULL OR c.industry = of_industry)
        AND (of_campaign IS NULL OR EXISTS (
            SELECT FROM enrolments AS n WHERE n.company_id = c.id AND n.campaign_id = of_campaign AND n.is_live
        ));
END
$$;
