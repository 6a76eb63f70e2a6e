-- The funnel of a campaign: how far its people came.

-- name: stages
-- People by stage, live and as a dry run. Opens and clicks are those of people, not of machines; an answer counts from whoever it came
-- since they began.
SELECT
    e.is_live,
    count(*) AS enrolled,
    count(*) FILTER (WHERE e.touch_count > 0) AS approached,
    count(*) FILTER (WHERE m.is_delivered) AS delivered,
    count(*) FILTER (WHERE m.is_opened) AS opened,
    count(*) FILTER (WHERE m.is_clicked) AS clicked,
    count(*) FILTER (WHERE m.is_bounced) AS bounced,
    count(*) FILTER (WHERE s.is_answered) AS answered,
    count(*) FILTER (WHERE s.is_positive) AS positive,
    count(*) FILTER (WHERE s.is_met) AS meetings,
    count(*) FILTER (WHERE s.is_unsubscribed) AS unsubscribed
FROM enrolments AS e
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(v.kind = 'delivered'), false) AS is_delivered,
        coalesce(bool_or(v.kind = 'opened' AND v.actor = 'human'), false) AS is_opened,
        coalesce(bool_or(v.kind = 'clicked' AND v.actor = 'human'), false) AS is_clicked,
        coalesce(bool_or(v.kind = 'bounced'), false) AS is_bounced
    FROM intents AS i INNER JOIN events AS v ON v.touchpoint_id = i.touchpoint_id
    WHERE i.enrolment_id = e.id
) AS m
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(g.kind = ANY (%(answers)s)), false) AS is_answered,
        coalesce(bool_or(g.kind = 'reply_positive'), false) AS is_positive,
        coalesce(bool_or(g.kind IN ('meeting_booked', 'meeting_held')), false) AS is_met,
        coalesce(bool_or(g.kind = 'unsubscribe'), false) AS is_unsubscribed
    FROM signals AS g WHERE g.contact_id = e.contact_id AND g.at >= e.started_at
) AS s
WHERE e.campaign_id = %(campaign_id)s
GROUP BY e.is_live
ORDER BY e.is_live DESC;
