-- AI agents and their budgets.

-- name: add
-- A new agent; no row where there is one of that name.
INSERT INTO agents (name, may_send, touches_a_day, proposals_a_day, timezone)
SELECT %(name)s, %(may_send)s, %(touches_a_day)s, %(proposals_a_day)s, coalesce(%(timezone)s, w.timezone) FROM workspace_settings AS w
ON CONFLICT DO NOTHING
RETURNING name;

-- name: listing
-- Agents by name, or one of them, with what they have used of today.
SELECT
    g.name, g.may_send, g.touches_a_day, g.proposals_a_day, g.timezone, g.is_paused, d.day::text AS day, u.touches_today, u.proposals_today,
    g.created_at
FROM agents AS g
CROSS JOIN LATERAL (SELECT (%(now)s AT TIME ZONE g.timezone)::date AS day) AS d
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE m.released_at IS NOT NULL AND m.withdrawn_at IS NULL) AS touches_today, count(*) AS proposals_today
    FROM agent_messages AS m WHERE m.agent = g.name AND m.day = d.day
) AS u
WHERE %(name)s::text IS NULL OR g.name = %(name)s
ORDER BY g.name;

-- name: update
-- What an agent may do from now on; what is not given stays.
UPDATE agents AS g SET
    may_send = coalesce(%(may_send)s, g.may_send), touches_a_day = coalesce(%(touches_a_day)s, g.touches_a_day),
    proposals_a_day = coalesce(%(proposals_a_day)s, g.proposals_a_day), timezone = coalesce(%(timezone)s, g.timezone),
    is_paused = coalesce(%(is_paused)s, g.is_paused)
WHERE g.name = %(name)s
RETURNING g.name;

-- name: remove
-- An agent that asks for nothing any more; the messages it asked for stay.
DELETE FROM agents AS g WHERE g.name = %(name)s RETURNING g.name;

-- name: channels
-- On which channels agents ask for messages, in which campaign.
SELECT k.channel, p.name AS campaign, p.status, p.is_live FROM agent_channels AS k INNER JOIN campaigns AS p ON p.id = k.campaign_id
ORDER BY k.channel;

-- name: open_channel
-- Agents may ask for messages on a channel.
INSERT INTO agent_channels (channel, campaign_id, queue_id) VALUES (%(channel)s, %(campaign_id)s, %(queue_id)s)
ON CONFLICT (channel) DO UPDATE SET campaign_id = excluded.campaign_id, queue_id = excluded.queue_id;
