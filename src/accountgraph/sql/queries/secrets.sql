-- Secrets: kept encrypted; the keys stand outside of the database.

-- name: sealed
-- One secret, encrypted.
SELECT s.sealed FROM secrets AS s WHERE s.name = %(name)s;

-- name: put
-- A secret that is new or says something new.
INSERT INTO secrets (name, sealed) VALUES (%(name)s, %(sealed)s)
ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = current_moment();

-- name: delete
-- One secret less; no row where there was none.
DELETE FROM secrets AS s WHERE s.name = %(name)s RETURNING s.name;

-- name: listing
-- Which secrets there are, never what they say.
SELECT s.name, s.updated_at FROM secrets AS s ORDER BY s.name;

-- name: lock_all
-- All secrets, encrypted, kept as they are until the transaction ends.
SELECT s.name, s.sealed FROM secrets AS s ORDER BY s.name FOR UPDATE;

-- name: lock
-- One secret, kept as it is until the transaction ends.
SELECT true FROM secrets AS s WHERE s.name = %(name)s FOR UPDATE;
