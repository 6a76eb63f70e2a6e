-- name: begin
-- A login that goes to the identity provider; those that never came back go.
WITH over AS (
    DELETE FROM accountgraph.oidc_logins WHERE expires_at <= %(now)s
)
INSERT INTO accountgraph.oidc_logins (state_hash, browser_hash, nonce, code_verifier, return_to, expires_at)
VALUES (%(state_hash)s, %(browser_hash)s, %(nonce)s, %(code_verifier)s, %(return_to)s, %(expires_at)s);

-- name: take
-- A login that came back to the browser that began it, once.
DELETE FROM accountgraph.oidc_logins
WHERE state_hash = %(state_hash)s AND browser_hash = %(browser_hash)s AND expires_at > %(now)s
RETURNING nonce, code_verifier, return_to;

-- name: known
-- Whose an identity is; else who has the address, and whether another identity of the provider is theirs already.
SELECT
    u.id, u.email, u.disabled_at, i.user_id IS NOT NULL AS is_linked,
    (
        SELECT count(*) > 0 FROM accountgraph.user_identities AS o WHERE o.user_id = u.id AND o.issuer = %(issuer)s
    ) AS has_other
FROM accountgraph.users AS u
LEFT JOIN accountgraph.user_identities AS i ON i.user_id = u.id AND i.issuer = %(issuer)s AND i.subject = %(subject)s
WHERE i.user_id IS NOT NULL OR u.email = %(email)s
ORDER BY is_linked DESC
LIMIT 1;

-- name: link
-- An identity is a user's from now on; nothing comes back where it is somebody's.
INSERT INTO accountgraph.user_identities (issuer, subject, user_id, created_at)
VALUES (%(issuer)s, %(subject)s, %(user_id)s, %(now)s)
ON CONFLICT (issuer, subject) DO NOTHING
RETURNING user_id;
