-- name: create
-- A new user; nothing comes back where the address is taken.
INSERT INTO accountgraph.users (email, name, created_at, password_hash, password_set_at)
VALUES (
    %(email)s, %(name)s, %(now)s, %(password_hash)s::text, CASE WHEN %(password_hash)s::text IS NOT NULL THEN %(now)s::timestamptz END
)
ON CONFLICT (email) DO NOTHING
RETURNING id;

-- name: get
-- A user by id or address.
SELECT
    u.id, u.email, u.name, u.created_at, u.disabled_at, u.password_hash IS NOT NULL AS has_password,
    coalesce((SELECT jsonb_object_agg(m.workspace, m.role) FROM accountgraph.memberships AS m WHERE m.user_id = u.id), '{}') AS workspaces,
    (SELECT max(s.last_used_at) FROM accountgraph.sessions AS s WHERE s.user_id = u.id) AS last_seen_at
FROM accountgraph.users AS u
WHERE u.id = %(user_id)s OR u.email = %(email)s;

-- name: listing
-- All users, by address.
SELECT
    u.id, u.email, u.name, u.created_at, u.disabled_at, u.password_hash IS NOT NULL AS has_password,
    coalesce(m.workspaces, '{}') AS workspaces, s.last_seen_at
FROM accountgraph.users AS u
LEFT JOIN (
    SELECT user_id, jsonb_object_agg(workspace, role) AS workspaces FROM accountgraph.memberships GROUP BY user_id
) AS m ON m.user_id = u.id
LEFT JOIN (
    SELECT user_id, max(last_used_at) AS last_seen_at FROM accountgraph.sessions GROUP BY user_id
) AS s ON s.user_id = u.id
ORDER BY u.email;

-- name: for_login
-- Whom an address belongs to, and what their password is compared with.
SELECT u.id, u.email, u.password_hash, u.disabled_at FROM accountgraph.users AS u WHERE u.email = %(email)s;

-- name: password
-- What a user's password is compared with.
SELECT u.password_hash FROM accountgraph.users AS u WHERE u.id = %(user_id)s;

-- name: set_password
-- Another password: sessions but one end, and links for a reset with them.
WITH
ended AS (
    DELETE FROM accountgraph.sessions WHERE user_id = %(user_id)s AND id IS DISTINCT FROM %(keep)s::uuid
),
used AS (
    DELETE FROM accountgraph.password_resets WHERE user_id = %(user_id)s
)
UPDATE accountgraph.users SET password_hash = %(password_hash)s, password_set_at = %(now)s WHERE id = %(user_id)s RETURNING email;

-- name: rehash
-- The same password, hashed as it is done today; not where it was changed meanwhile.
UPDATE accountgraph.users SET password_hash = %(new)s WHERE id = %(user_id)s AND password_hash = %(old)s;

-- name: disable
-- A user enters no more, from this moment on.
WITH
ended AS (
    DELETE FROM accountgraph.sessions WHERE user_id = %(user_id)s
),
used AS (
    DELETE FROM accountgraph.password_resets WHERE user_id = %(user_id)s
)
UPDATE accountgraph.users SET disabled_at = %(now)s WHERE id = %(user_id)s AND disabled_at IS NULL RETURNING id;

-- name: enable
-- A user may enter again.
UPDATE accountgraph.users SET disabled_at = NULL WHERE id = %(user_id)s AND disabled_at IS NOT NULL RETURNING id;

-- name: remove
-- A user, with all that is only theirs.
DELETE FROM accountgraph.users WHERE id = %(user_id)s;
