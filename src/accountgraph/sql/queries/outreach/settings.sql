-- The workspace's settings and the legal identities of its senders.

-- name: has_identity
-- Whether there is such a legal identity.
SELECT true FROM legal_identities AS l WHERE l.id = %(id)s;
