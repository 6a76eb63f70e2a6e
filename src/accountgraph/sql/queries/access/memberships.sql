-- name: listing
-- Who may enter a workspace, by address.
SELECT
    m.user_id, m.workspace, m.role, u.email, u.name, m.created_at, u.disabled_at,
    (SELECT max(s.last_used_at) FROM accountgraph.sessions AS s WHERE s.user_id = m.user_id) AS last_seen_at
FROM accountgraph.memberships AS m
INNER JOIN accountgraph.users AS u ON u.id = m.user_id
WHERE m.workspace = %(workspace)s
ORDER BY u.email;

-- name: get
-- One of them.
SELECT
    m.user_id, m.workspace, m.role, u.email, u.name, m.created_at, u.disabled_at,
    (SELECT max(s.last_used_at) FROM accountgraph.sessions AS s WHERE s.user_id = m.user_id) AS last_seen_at
FROM accountgraph.memberships AS m
INNER JOIN accountgraph.users AS u ON u.id = m.user_id
WHERE m.workspace = %(workspace)s AND m.user_id = %(user_id)s;

-- name: lock
-- A membership, for as long as it is changed.
SELECT m.role FROM accountgraph.memberships AS m WHERE m.workspace = %(workspace)s AND m.user_id = %(user_id)s FOR UPDATE;

-- name: add
-- Let a user in; nothing comes back where they are in already.
INSERT INTO accountgraph.memberships (user_id, workspace, role, created_at)
VALUES (%(user_id)s, %(workspace)s, %(role)s, %(now)s)
ON CONFLICT (user_id, workspace) DO NOTHING
RETURNING user_id;

-- name: change
-- Another role.
UPDATE accountgraph.memberships SET role = %(role)s WHERE workspace = %(workspace)s AND user_id = %(user_id)s;

-- name: remove
-- Let a member in no more.
DELETE FROM accountgraph.memberships WHERE workspace = %(workspace)s AND user_id = %(user_id)s;

-- name: has_owner
-- Whether any workspace has an owner.
SELECT count(*) > 0 FROM accountgraph.memberships AS m WHERE m.role = 'owner';

-- name: lock_first_owner
-- Whoever makes the first owner is alone at it; who waited sees what the other did.
SELECT pg_advisory_xact_lock(4701312203);
