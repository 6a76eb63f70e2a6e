-- name: begin
-- A new session, in the place of the one that the browser had.
WITH old AS (
    DELETE FROM accountgraph.sessions WHERE token_hash = %(old_hash)s
)
INSERT INTO accountgraph.sessions (token_hash, user_id, created_at, last_used_at, idle_seconds, expires_at, ip, user_agent)
VALUES (%(token_hash)s, %(user_id)s, %(now)s, %(now)s, %(idle_seconds)s, %(expires_at)s, %(ip)s, %(user_agent)s)
RETURNING id;

-- name: use
-- Whose session it is and where they may go; that it is used is written once a minute.
WITH used AS (
    UPDATE accountgraph.sessions SET last_used_at = %(now)s
    WHERE token_hash = %(token_hash)s AND last_used_at <= %(now)s::timestamptz - interval '1 minute'
        AND expires_at > %(now)s AND last_used_at + make_interval(secs => idle_seconds) > %(now)s
)
SELECT
    s.id AS session_id, s.user_id, u.email, u.name, u.disabled_at IS NOT NULL AS is_disabled, s.expires_at,
    s.last_used_at + make_interval(secs => s.idle_seconds) AS idle_until,
    coalesce((SELECT jsonb_object_agg(m.workspace, m.role) FROM accountgraph.memberships AS m WHERE m.user_id = u.id), '{}') AS workspaces
FROM accountgraph.sessions AS s
INNER JOIN accountgraph.users AS u ON u.id = s.user_id
WHERE s.token_hash = %(token_hash)s;

-- name: listing
-- The sessions of a user that have not ended, the one used last first.
SELECT s.id, s.created_at, s.last_used_at, s.expires_at, host(s.ip) AS ip, s.user_agent
FROM accountgraph.sessions AS s
WHERE s.user_id = %(user_id)s AND s.expires_at > %(now)s AND s.last_used_at + make_interval(secs => s.idle_seconds) > %(now)s
ORDER BY s.last_used_at DESC, s.id;

-- name: end
-- One session of a user is over.
DELETE FROM accountgraph.sessions WHERE user_id = %(user_id)s AND id = %(session_id)s RETURNING id;

-- name: end_all
-- All sessions of a user are over, but one.
WITH ended AS (
    DELETE FROM accountgraph.sessions WHERE user_id = %(user_id)s AND id IS DISTINCT FROM %(keep)s::uuid RETURNING id
)
SELECT count(*)::integer FROM ended;
