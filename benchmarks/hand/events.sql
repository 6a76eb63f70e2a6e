INSERT INTO hand_events (kind, detail, at, touchpoint_id, contact_id, actor, dedupe_key)
SELECT
    g.kind, CASE g.kind WHEN 'replied' THEN 'other' END, g.at, g.touchpoint_id,
    CASE WHEN g.kind <> 'delivered' THEN v.contact_id END,
    CASE
        WHEN g.kind = 'delivered' THEN NULL
        WHEN g.kind = 'opened' AND g.at - coalesce(t.delivered_at, t.sent_at) <= interval '2 seconds' THEN 'prefetch'
        WHEN g.kind = 'clicked' AND g.at - coalesce(t.delivered_at, t.sent_at) <= interval '60 seconds' THEN 'scanner'
        WHEN g.kind = 'clicked' AND g.at - coalesce(t.delivered_at, t.sent_at) <= interval '10 minutes' THEN 'unverified'
        ELSE 'human'
    END,
    md5(concat_ws(' ', g.touchpoint_id, g.kind, g.at))::uuid
FROM jsonb_to_recordset(%(events)s) AS g (kind text, at timestamptz, touchpoint_id uuid)
INNER JOIN hand_touchpoints AS t ON t.id = g.touchpoint_id
INNER JOIN hand_conversations AS v ON v.id = t.conversation_id
ON CONFLICT (dedupe_key) DO NOTHING;
UPDATE hand_touchpoints AS t SET
    delivered_at = least(t.delivered_at, n.delivered_at),
    opened_at = least(t.opened_at, n.opened_at),
    clicked_at = least(t.clicked_at, n.clicked_at),
    replied_at = least(t.replied_at, n.replied_at),
    updated_at = now()
FROM (
    SELECT
        e.touchpoint_id,
        min(e.at) FILTER (WHERE e.kind = 'delivered') AS delivered_at,
        min(e.at) FILTER (WHERE e.kind = 'opened') AS opened_at,
        min(e.at) FILTER (WHERE e.kind = 'clicked') AS clicked_at,
        min(e.at) FILTER (WHERE e.kind = 'replied') AS replied_at
    FROM hand_events AS e WHERE e.recorded_in = pg_current_xact_id() GROUP BY e.touchpoint_id
) AS n
WHERE t.id = n.touchpoint_id;
UPDATE hand_conversations AS v SET response_count = r.responses, last_response_at = r.last_at, avg_response_time_hours = r.hours, updated_at = now()
FROM (
    SELECT t.conversation_id, count(*) AS responses, max(t.replied_at) AS last_at,
        round(avg(extract(EPOCH FROM t.replied_at - t.sent_at)) / 3600, 2) AS hours
    FROM hand_touchpoints AS t
    WHERE t.replied_at IS NOT NULL AND t.conversation_id IN (
        SELECT o.conversation_id FROM hand_events AS e INNER JOIN hand_touchpoints AS o ON o.id = e.touchpoint_id
        WHERE e.recorded_in = pg_current_xact_id() AND e.kind = 'replied'
    )
    GROUP BY t.conversation_id
) AS r
WHERE v.id = r.conversation_id;
UPDATE hand_contacts AS c SET
    engagement_light = ln(coalesce(exp(c.engagement_light - n.light_now), 0) + n.light) + n.light_now,
    engagement_deep = ln(nullif(coalesce(exp(c.engagement_deep - n.deep_now), 0) + n.deep, 0)) + n.deep_now,
    engagement_score = round(100 * (1 - exp(-(
        coalesce(exp(c.engagement_light - n.light_now), 0) + n.light + coalesce(exp(c.engagement_deep - n.deep_now), 0) + n.deep
    ) / 15))),
    last_engaged_at = greatest(c.last_engaged_at, n.last_at),
    updated_at = now()
FROM (
    SELECT
        e.contact_id, max(e.at) AS last_at,
        ln(2::double precision) / 14 * extract(EPOCH FROM now())::double precision / 86400 AS light_now,
        ln(2::double precision) / 90 * extract(EPOCH FROM now())::double precision / 86400 AS deep_now,
        coalesce(sum(CASE e.kind WHEN 'opened' THEN 1 WHEN 'clicked' THEN 3 END * exp(
            ln(2::double precision) / 14 * extract(EPOCH FROM e.at - now())::double precision / 86400
        )), 0) AS light,
        coalesce(sum(6 * exp(
            ln(2::double precision) / 90 * extract(EPOCH FROM e.at - now())::double precision / 86400
        )) FILTER (WHERE e.kind = 'replied'), 0) AS deep
    FROM hand_events AS e
    WHERE e.recorded_in = pg_current_xact_id() AND e.actor = 'human'
    GROUP BY e.contact_id
) AS n
WHERE c.id = n.contact_id AND n.light + n.deep > 0
