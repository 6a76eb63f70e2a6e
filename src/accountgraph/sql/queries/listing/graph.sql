-- Lists of the graph, a page at a time: conditions, order and limit are added by `listing`.

-- name: companies
-- Companies.
SELECT {company} FROM companies
WHERE true
ORDER BY companies.id;

-- name: contacts
-- Contacts.
SELECT {contact} FROM contacts
WHERE true
ORDER BY contacts.id;

-- name: relationships
-- Relationships.
SELECT {relationship} FROM relationships
WHERE true
ORDER BY relationships.id;

-- name: conversations
-- Conversations.
SELECT {conversation} FROM conversations
WHERE true
ORDER BY conversations.id;

-- name: touchpoints
-- Touchpoints.
SELECT {touchpoint} FROM touchpoints
WHERE true
ORDER BY touchpoints.id;

-- name: events
-- Events.
SELECT
    e.id, e.kind, e.detail, e.at, e.touchpoint_id, e.contact_id, e.actor, e.actor_reason, e.url, e.provider, e.raw, e.recorded_at,
    e.recorded_in || '-' || e.id AS cursor
FROM events AS e
WHERE true
ORDER BY e.id;

-- name: suppressions
-- Suppressions.
SELECT s.id, s.address, s.domain, s.contact_id, s.channel, s.reason, s.note, s.created_at
FROM suppressions AS s
WHERE true
ORDER BY s.id;

-- name: consents
-- Consents.
SELECT c.id, c.contact_id, c.channel, c.basis, c.wording, c.evidence, c.captured_at, c.revoked_at
FROM consents AS c
WHERE true
ORDER BY c.id;
