-- name: is_member
-- Whether the owner of an address is in a workspace already.
SELECT count(*) > 0
FROM accountgraph.memberships AS m
INNER JOIN accountgraph.users AS u ON u.id = m.user_id
WHERE m.workspace = %(workspace)s AND u.email = %(email)s;

-- name: create
-- Invite an address; an earlier invitation of it is replaced.
INSERT INTO accountgraph.invitations (token_hash, workspace, email, role, invited_by, created_at, expires_at)
VALUES (%(token_hash)s, %(workspace)s, %(email)s, %(role)s, %(invited_by)s, %(now)s, %(expires_at)s)
ON CONFLICT (workspace, email) DO UPDATE SET
    token_hash = excluded.token_hash, role = excluded.role, invited_by = excluded.invited_by, created_at = excluded.created_at,
    expires_at = excluded.expires_at
RETURNING id, workspace, email, role, invited_by, created_at, expires_at;

-- name: listing
-- Who was invited and has not come, the newest first.
SELECT i.id, i.workspace, i.email, i.role, i.invited_by, i.created_at, i.expires_at
FROM accountgraph.invitations AS i
WHERE i.workspace = %(workspace)s
ORDER BY i.created_at DESC, i.id;

-- name: look
-- What an invitation says, while it works.
SELECT
    i.id, i.workspace, i.email, i.role, i.invited_by, i.created_at, i.expires_at,
    u.id IS NOT NULL AS has_account, u.disabled_at IS NOT NULL AS is_disabled
FROM accountgraph.invitations AS i
LEFT JOIN accountgraph.users AS u ON u.email = i.email
WHERE i.token_hash = %(token_hash)s AND i.expires_at > %(now)s;

-- name: use
-- An invitation works once.
DELETE FROM accountgraph.invitations WHERE token_hash = %(token_hash)s AND expires_at > %(now)s RETURNING id;

-- name: revoke
-- Take an invitation back.
DELETE FROM accountgraph.invitations WHERE workspace = %(workspace)s AND id = %(invitation_id)s RETURNING email;
