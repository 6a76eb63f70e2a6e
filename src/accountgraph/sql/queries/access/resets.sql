-- name: issue
-- A link for a user, where there is one: by id for anybody who may enter, by address for who has a password to forget.
WITH made AS (
    INSERT INTO accountgraph.password_resets (token_hash, user_id, created_at, expires_at)
    SELECT %(token_hash)s, u.id, %(now)s, %(expires_at)s
    FROM accountgraph.users AS u
    WHERE u.disabled_at IS NULL AND (u.id = %(user_id)s OR (u.email = %(email)s AND u.password_hash IS NOT NULL))
    RETURNING user_id
)
SELECT m.user_id, u.email FROM made AS m INNER JOIN accountgraph.users AS u ON u.id = m.user_id;

-- name: look
-- Whose link it is, while it works.
SELECT r.user_id, u.email
FROM accountgraph.password_resets AS r
INNER JOIN accountgraph.users AS u ON u.id = r.user_id
WHERE r.token_hash = %(token_hash)s AND r.expires_at > %(now)s AND u.disabled_at IS NULL;

-- name: use
-- A link works once.
DELETE FROM accountgraph.password_resets WHERE token_hash = %(token_hash)s AND expires_at > %(now)s RETURNING user_id;
