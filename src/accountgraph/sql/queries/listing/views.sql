-- Saved views of the table of accounts.

-- name: listing
-- The views of somebody and those that are shared, in their order; one of them by id.
SELECT w.id, w.owner_id, w.name, w.wanted, w.is_shared, w.position, w.created_at, w.updated_at
FROM account_views AS w
WHERE (w.owner_id = %(owner)s OR w.is_shared) AND (%(id)s::uuid IS NULL OR w.id = %(id)s)
ORDER BY w.position, lower(w.name), w.id;

-- name: count
-- How many somebody has.
SELECT count(*) FROM account_views AS w WHERE w.owner_id = %(owner)s;

-- name: add
-- A new view, behind those that somebody has.
INSERT INTO account_views (owner_id, name, wanted, is_shared, position)
VALUES (
    %(owner)s, %(name)s, %(wanted)s, %(is_shared)s,
    coalesce(%(position)s, (SELECT max(w.position) + 1 FROM account_views AS w WHERE w.owner_id = %(owner)s), 0)
)
RETURNING id, owner_id, name, wanted, is_shared, position, created_at, updated_at;

-- name: change
-- What changes of a view; NULL stays.
UPDATE account_views AS w SET
    name = coalesce(%(name)s, w.name), wanted = coalesce(%(wanted)s::jsonb, w.wanted), is_shared = coalesce(%(is_shared)s, w.is_shared),
    position = coalesce(%(position)s, w.position), updated_at = current_moment()
WHERE w.id = %(id)s
RETURNING id, owner_id, name, wanted, is_shared, position, created_at, updated_at;

-- name: remove
-- A view is gone.
DELETE FROM account_views AS w WHERE w.id = %(id)s;
