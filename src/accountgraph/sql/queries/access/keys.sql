-- name: create
-- A new key; its token was never here.
INSERT INTO accountgraph.api_keys (
    workspace, prefix, key_hash, label, role, scopes, agent, created_at, expires_at, created_by, created_by_id
)
VALUES (
    %(workspace)s, %(prefix)s, %(key_hash)s, %(label)s, %(role)s, %(scopes)s::text [], %(agent)s, %(now)s, %(expires_at)s,
    %(created_by)s, %(created_by_id)s
)
RETURNING id, workspace, prefix, label, role, scopes, agent, created_at, expires_at, last_used_at, revoked_at, created_by;

-- name: by_prefix
-- The key that a token may be of, with all that lets it in or not.
SELECT
    k.id, k.workspace, k.key_hash, k.label, k.role, k.scopes, k.agent, k.expires_at, k.revoked_at, k.last_used_at,
    coalesce(u.disabled_at IS NOT NULL, false) AS is_disabled
FROM accountgraph.api_keys AS k
LEFT JOIN accountgraph.users AS u ON u.id = k.user_id
WHERE k.prefix = %(prefix)s;

-- name: listing
-- The keys of a workspace, the newest first.
SELECT
    k.id, k.workspace, coalesce(k.prefix, '') AS prefix, k.label, k.role, k.scopes, k.agent, k.created_at, k.expires_at,
    k.last_used_at, k.revoked_at, k.created_by
FROM accountgraph.api_keys AS k
WHERE k.workspace = %(workspace)s AND (%(with_revoked)s OR k.revoked_at IS NULL)
ORDER BY k.created_at DESC, k.id;

-- name: lock
-- One key of a workspace, for as long as it is changed.
SELECT
    k.id, k.workspace, coalesce(k.prefix, '') AS prefix, k.label, k.role, k.scopes, k.agent, k.created_at, k.expires_at,
    k.last_used_at, k.revoked_at, k.created_by
FROM accountgraph.api_keys AS k
WHERE k.workspace = %(workspace)s AND k.id = %(key_id)s
FOR UPDATE;

-- name: revoke
-- A key opens nothing from now on.
UPDATE accountgraph.api_keys SET revoked_at = %(now)s WHERE id = %(key_id)s AND revoked_at IS NULL;

-- name: end_by
-- A key that was replaced opens for a while yet, and never longer than it would have.
UPDATE accountgraph.api_keys SET expires_at = least(expires_at, %(at)s::timestamptz) WHERE id = %(key_id)s;

-- name: used
-- When a key was last used: at most once a minute, and never backwards.
UPDATE accountgraph.api_keys SET last_used_at = %(at)s
WHERE id = %(key_id)s AND (last_used_at IS NULL OR last_used_at <= %(at)s::timestamptz - interval '1 minute');

-- name: made_by
-- The keys that somebody made and that still open something.
SELECT
    k.id, k.workspace, coalesce(k.prefix, '') AS prefix, k.label, k.role, k.scopes, k.agent, k.created_at, k.expires_at,
    k.last_used_at, k.revoked_at, k.created_by
FROM accountgraph.api_keys AS k
WHERE k.created_by_id = %(user_id)s AND k.revoked_at IS NULL
ORDER BY k.workspace, k.created_at;
