-- The workspace's settings, and the legal identities of its senders.

-- name: current
-- What holds for the whole workspace.
SELECT w.timezone, w.country, w.legal_identity_id, w.public_url, w.public_url_verified_at FROM workspace_settings AS w;

-- name: update
-- Change the given settings. Another public address has to be seen to answer before anything leads there.
UPDATE workspace_settings AS w SET (timezone, country, legal_identity_id, public_url, public_url_verified_at) = (
    SELECT
        g.timezone, g.country, g.legal_identity_id, g.public_url,
        CASE WHEN g.public_url = w.public_url THEN w.public_url_verified_at END
    FROM jsonb_populate_record(w, %(changes)s) AS g
)
RETURNING w.timezone, w.country, w.legal_identity_id, w.public_url, w.public_url_verified_at;

-- name: verify_public_url
-- The public address was seen to answer; no row where it is another one by now.
UPDATE workspace_settings AS w SET public_url_verified_at = %(at)s WHERE w.public_url = %(url)s
RETURNING w.timezone, w.country, w.legal_identity_id, w.public_url, w.public_url_verified_at;

-- name: topics
-- What one may hear about, by key.
SELECT t.key, t.name FROM topics AS t ORDER BY t.key;

-- name: put_topic
-- A topic that is new, or has another name.
INSERT INTO topics AS t (key, name) VALUES (%(key)s, %(name)s)
ON CONFLICT (key) DO UPDATE SET name = excluded.name
RETURNING t.key, t.name;

-- name: has_identity
-- Whether there is such a legal identity.
SELECT true FROM legal_identities AS l WHERE l.id = %(id)s;

-- name: add_identity
-- One new legal identity; no row where the name is taken.
INSERT INTO legal_identities AS l (id, name, postal_address, country, privacy_url)
SELECT g.id, g.name, g.postal_address, g.country, g.privacy_url FROM jsonb_populate_record(NULL::legal_identities, %(row)s) AS g
ON CONFLICT DO NOTHING
RETURNING l.id, l.name, l.postal_address, l.country, l.privacy_url, l.created_at;

-- name: update_identity
-- Change the given fields of a legal identity.
UPDATE legal_identities AS l SET (name, postal_address, country, privacy_url) = (
    SELECT g.name, g.postal_address, g.country, g.privacy_url FROM jsonb_populate_record(l, %(changes)s) AS g
)
WHERE l.id = %(id)s
RETURNING l.id, l.name, l.postal_address, l.country, l.privacy_url, l.created_at;

-- name: identities
-- All legal identities by name.
SELECT l.id, l.name, l.postal_address, l.country, l.privacy_url, l.created_at FROM legal_identities AS l ORDER BY l.name;
