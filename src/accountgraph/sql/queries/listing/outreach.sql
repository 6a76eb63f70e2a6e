-- Lists of what campaigns do, a page at a time: conditions, order and limit are added by `listing`.

-- name: enrolments
-- Enrolments, with the campaign's name and the number of their version.
SELECT
    e.id, e.campaign_id, p.name AS campaign, e.version_id, v.number AS version, e.contact_id, e.company_id, e.conversation_id, e.is_live, e.state,
    e.reason, e.paused_until, e.track, e.step_key, e.touch_count, e.account_rank, e.sender_id, greatest(e.next_due_at, q.opens_at) AS next_due_at,
    e.zone, e.zone_source, e.region, e.referred_by_id, e.first_touch_at, e.last_touch_at, e.started_at, e.finished_at, e.created_at, e.updated_at
FROM enrolments AS e
INNER JOIN campaigns AS p ON p.id = e.campaign_id
INNER JOIN campaign_versions AS v ON v.id = e.version_id
LEFT JOIN queues AS q ON q.id = e.queue_id
WHERE true
ORDER BY e.id;

-- name: participants
-- People in campaigns by name, with how far each of them came: what counts as engaged, answered and met is as in the funnel.
SELECT
    e.id, e.contact_id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, c.phone) AS person, c.title, e.company_id,
    o.name AS company, e.is_live, e.state, e.reason, e.paused_until, e.track, e.step_key, e.touch_count, v.number AS version,
    greatest(e.next_due_at, q.opens_at) AS next_due_at, e.last_touch_at, e.created_at, m.is_opened, m.is_clicked, s.is_answered, s.is_met
FROM enrolments AS e
INNER JOIN campaign_versions AS v ON v.id = e.version_id
LEFT JOIN queues AS q ON q.id = e.queue_id
LEFT JOIN contacts AS c ON c.id = e.contact_id
LEFT JOIN companies AS o ON o.id = e.company_id
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(n.kind = 'opened' AND n.actor = 'human'), false) AS is_opened,
        coalesce(bool_or(n.kind = 'clicked' AND n.actor = 'human'), false) AS is_clicked
    FROM intents AS i INNER JOIN events AS n ON n.touchpoint_id = i.touchpoint_id
    WHERE i.enrolment_id = e.id
) AS m
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(g.kind = ANY (%(answers)s)), false) AS is_answered,
        coalesce(bool_or(g.kind IN ('meeting_booked', 'meeting_held')), false) AS is_met
    FROM signals AS g WHERE g.contact_id = e.contact_id AND g.at >= e.started_at
) AS s
WHERE true
ORDER BY e.id;

-- name: intents
-- Messages and other steps that were decided on.
SELECT
    i.id, i.enrolment_id, i.step_key, i.state, i.is_live, i.channel, i.sender_id, i.contact_id, i.company_id, i.address, i.subject, i.content,
    i.content_hash, i.variant, i.mentions_id, i.tries, i.message_id, i.wire_message_id, i.provider_id, i.in_reply_to, i.touchpoint_id,
    i.detail, i.links, i.planned_at, i.called_at, i.settled_at
FROM intents AS i
WHERE true
ORDER BY i.id;

-- name: attempts
-- Calls to providers.
SELECT a.id, a.intent_id, a.number, a.outcome, a.detail, a.raw, a.started_at, a.finished_at
FROM attempts AS a
WHERE true
ORDER BY a.id;

-- name: templates
-- Templates, each with its newest version.
SELECT t.id, t.name, t.created_at, v.number, v.definition, v.content_hash
FROM templates AS t
CROSS JOIN LATERAL (
    SELECT n.number, n.definition, n.content_hash FROM template_versions AS n WHERE n.template_id = t.id ORDER BY n.number DESC LIMIT 1
) AS v
WHERE true
ORDER BY t.id;

-- name: decisions
-- What was decided at each step of somebody's, with the rule and the reason.
SELECT
    d.id, d.enrolment_id, e.campaign_id, p.name AS campaign, e.contact_id, d.step_key, d.verdict, d.rule, d.reason, d.until, d.count,
    d.first_at, d.last_at, v.number AS version
FROM decisions AS d
INNER JOIN enrolments AS e ON e.id = d.enrolment_id
INNER JOIN campaigns AS p ON p.id = e.campaign_id
INNER JOIN campaign_versions AS v ON v.id = d.version_id
WHERE true
ORDER BY d.id;

-- name: signals
-- What happened, and what it did.
SELECT g.id, g.kind, g.at, g.contact_id, g.company_id, g.intent_id, g.touchpoint_id, g.source, g.data, g.effects, g.recorded_at
FROM signals AS g
WHERE true
ORDER BY g.id;

-- name: holds
-- Holds, those that are over too.
SELECT
    h.id, h.scope, h.sender_id, h.company_id, h.contact_id,
    coalesce(
        s.address, o.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, 'everything'
    ) AS target, h.reason, h.note, h.until, h.created_at, h.lifted_at
FROM holds AS h
LEFT JOIN senders AS s ON s.id = h.sender_id
LEFT JOIN companies AS o ON o.id = h.company_id
LEFT JOIN contacts AS c ON c.id = h.contact_id
WHERE true
ORDER BY h.id;

-- name: standing_holds
-- Holds that stand.
SELECT
    h.id, h.scope, h.sender_id, h.company_id, h.contact_id,
    coalesce(
        s.address, o.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, 'everything'
    ) AS target, h.reason, h.note, h.until, h.created_at, h.lifted_at
FROM holds AS h
LEFT JOIN senders AS s ON s.id = h.sender_id
LEFT JOIN companies AS o ON o.id = h.company_id
LEFT JOIN contacts AS c ON c.id = h.contact_id
WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
ORDER BY h.id;

-- name: exclusions
-- Accounts that are left out, or were.
SELECT x.id, x.company_id, o.name AS account, x.reason, x.note, x.created_at, x.ended_at
FROM account_exclusions AS x
INNER JOIN companies AS o ON o.id = x.company_id
WHERE true
ORDER BY x.id;

-- name: standing_exclusions
-- Accounts that are left out.
SELECT x.id, x.company_id, o.name AS account, x.reason, x.note, x.created_at, x.ended_at
FROM account_exclusions AS x
INNER JOIN companies AS o ON o.id = x.company_id
WHERE x.ended_at IS NULL
ORDER BY x.id;
