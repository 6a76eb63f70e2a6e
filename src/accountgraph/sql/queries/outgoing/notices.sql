-- What waits for people, and whom it is told to.

-- name: needs
-- What needs a person now, the oldest first; for a channel: what it wants to know and was not told yet.
-- With how many of its kind there are in all, and how many are new.
SELECT
    n.key, n.kind, n.since, n.account, n.person, n.about, n.waiting, n.fresh
FROM (
    SELECT
        s.key, s.kind, s.since, s.account, s.person, s.about, t.key IS NOT NULL AS is_told, count(*) OVER (PARTITION BY s.kind) AS waiting,
        count(*) FILTER (WHERE t.key IS NULL) OVER (PARTITION BY s.kind) AS fresh
    FROM notice_needs(%(now)s, %(reply_wait)s) AS s
    LEFT JOIN notice_tellings AS t ON t.channel_id = %(channel_id)s AND t.key = s.key
    WHERE %(kinds)s::text [] && ARRAY[s.kind, '*']
) AS n
WHERE NOT n.is_told
ORDER BY n.since, n.key
LIMIT %(most)s;

-- name: forget
-- What a channel was told of and no longer waits: it is told again where it comes back.
DELETE FROM notice_tellings AS t
WHERE t.channel_id = %(channel_id)s AND NOT EXISTS (SELECT FROM notice_needs(%(now)s, %(reply_wait)s) AS s WHERE s.key = t.key);

-- name: add
-- A channel.
INSERT INTO notice_channels (
    id, name, way, address, sender, kinds, rhythm, daily_at, timezone, gap_minutes, quiet_from, quiet_to, reply_hours, is_active, next_look_at
)
SELECT
    c.id, c.name, c.way, c.address, c.sender, c.kinds, c.rhythm, c.daily_at, c.timezone, c.gap_minutes, c.quiet_from, c.quiet_to, c.reply_hours,
    c.is_active, c.next_look_at
FROM jsonb_populate_record(NULL::notice_channels, %(row)s::jsonb) AS c
ON CONFLICT (name) DO NOTHING
RETURNING id;

-- name: update
-- A channel as it is to be; another's name is not taken.
UPDATE notice_channels AS n SET
    name = c.name, address = c.address, sender = c.sender, kinds = c.kinds, rhythm = c.rhythm, daily_at = c.daily_at, timezone = c.timezone,
    gap_minutes = c.gap_minutes, quiet_from = c.quiet_from, quiet_to = c.quiet_to, reply_hours = c.reply_hours, is_active = c.is_active,
    next_look_at = c.next_look_at
FROM jsonb_populate_record(NULL::notice_channels, %(row)s::jsonb) AS c
WHERE n.id = c.id AND (SELECT count(*) FROM notice_channels AS o WHERE o.name = %(name)s AND o.id <> %(id)s) = 0
RETURNING n.id;

-- name: channels
-- Channels by name: one, or all.
SELECT
    c.id, c.name, c.way, c.address, c.sender, c.kinds, c.rhythm, c.daily_at, c.timezone, c.gap_minutes, c.quiet_from, c.quiet_to, c.reply_hours,
    c.is_active, c.next_look_at, c.last_sent_at, c.failures, c.error, c.created_at
FROM notice_channels AS c WHERE %(id)s::uuid IS NULL OR c.id = %(id)s
ORDER BY c.name;

-- name: lock
-- A channel, kept as it is until the transaction ends.
SELECT c.id FROM notice_channels AS c WHERE c.id = %(id)s FOR UPDATE;

-- name: by_name
-- The channel of a name.
SELECT c.id FROM notice_channels AS c WHERE c.name = %(name)s;

-- name: delete
-- A channel, with what it was told of.
DELETE FROM notice_channels AS c WHERE c.id = %(id)s
RETURNING c.id;

-- name: zone
-- Where the workspace is.
SELECT s.timezone FROM workspace_settings AS s;

-- name: claim
-- A channel that is to be looked at, somebody's until `until`.
UPDATE notice_channels AS n SET lease = gen_random_uuid(), next_look_at = %(until)s
FROM (
    SELECT c.id FROM notice_channels AS c WHERE c.is_active AND c.next_look_at <= %(now)s
    ORDER BY c.next_look_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED
) AS due
WHERE n.id = due.id
RETURNING n.id, n.lease;

-- name: told
-- What is told now, if nobody told it meanwhile and the channel is still ours. Gives how many.
WITH told AS (
    INSERT INTO notice_tellings (channel_id, key, notice_id, told_at)
    SELECT c.id AS channel_id, k.key, %(notice_id)s, %(now)s
    FROM notice_channels AS c CROSS JOIN unnest(%(keys)s::text []) AS k (key)
    WHERE c.id = %(channel_id)s AND c.lease = %(lease)s
    ON CONFLICT DO NOTHING
    RETURNING key
)
SELECT count(*) FROM told;

-- name: settle
-- What came of a look: when the next one is; what was surely not told is not told yet.
WITH settled AS (
    UPDATE notice_channels AS c SET
        lease = NULL, next_look_at = %(next_look_at)s, error = %(error)s, failures = CASE WHEN %(error)s::text IS NULL THEN 0 ELSE c.failures + 1 END,
        last_sent_at = CASE WHEN %(is_told)s THEN %(now)s ELSE c.last_sent_at END
    WHERE c.id = %(channel_id)s AND c.lease = %(lease)s
    RETURNING c.id
)
DELETE FROM notice_tellings AS t
USING settled AS s WHERE t.channel_id = s.id AND t.notice_id = %(notice_id)s AND NOT %(is_told)s;

-- name: secret
-- What a channel's secret is, sealed.
SELECT s.sealed FROM secrets AS s WHERE s.name = 'notice/' || %(id)s::uuid;
