-- Requests of the API: those that were done already, rows that are guarded by an ETag, rows that belong to an answer's.

-- name: begin
-- Keep a key; gives it with its answer where it is there already, and no row where it came meanwhile.
WITH made AS (
    INSERT INTO idempotency_keys (principal_id, key, fingerprint, created_at)
    VALUES (%(who)s, %(key)s, %(fingerprint)s, %(at)s)
    ON CONFLICT DO NOTHING
    RETURNING fingerprint
)

SELECT made.fingerprint, NULL::integer AS status, '{}'::jsonb AS headers, NULL::bytea AS body, true AS is_new FROM made
UNION ALL
SELECT known.fingerprint, known.status, known.headers, known.body, false AS is_new
FROM idempotency_keys AS known WHERE known.principal_id = %(who)s AND known.key = %(key)s;

-- name: finish
-- Keep what was answered.
UPDATE idempotency_keys AS kept SET status = %(status)s, headers = %(headers)s, body = %(body)s
WHERE kept.principal_id = %(who)s AND kept.key = %(key)s;

-- name: drop
-- A key whose work failed.
DELETE FROM idempotency_keys AS kept WHERE kept.principal_id = %(who)s AND kept.key = %(key)s AND kept.status IS NULL;

-- name: forget
-- Keys from before a time are forgotten; gives how many.
WITH gone AS (DELETE FROM idempotency_keys AS kept WHERE kept.created_at < %(before)s RETURNING 1) -- noqa: AM04

SELECT count(*) FROM gone;

-- name: lock_company
-- Hold a company while its state is compared.
SELECT c.id FROM companies AS c WHERE c.id = %(id)s FOR NO KEY UPDATE;

-- name: lock_contact
-- Hold a contact, and its company before it, as the lock order says.
WITH company AS (
    SELECT c.id FROM companies AS c
    WHERE c.id = (SELECT x.company_id FROM contacts AS x WHERE x.id = %(id)s)
    FOR NO KEY UPDATE
)

SELECT p.id FROM contacts AS p
WHERE p.id = %(id)s AND (SELECT count(*) FROM company) >= 0
FOR NO KEY UPDATE;

-- name: lock_account_view
-- Hold a saved view while its state is compared.
SELECT w.id FROM account_views AS w WHERE w.id = %(id)s FOR UPDATE;

-- name: lock_relationship
-- Hold an edge while its state is compared.
SELECT r.id FROM relationships AS r WHERE r.id = %(id)s FOR NO KEY UPDATE;

-- name: lock_conversation
-- Hold a conversation, and its company before it, as the lock order says.
WITH company AS (
    SELECT c.id FROM companies AS c
    WHERE c.id = (SELECT x.company_id FROM conversations AS x WHERE x.id = %(id)s)
    FOR NO KEY UPDATE
)

SELECT v.id FROM conversations AS v
WHERE v.id = %(id)s AND (SELECT count(*) FROM company) >= 0
FOR NO KEY UPDATE;

-- name: lock_touchpoint
-- Hold a touchpoint while its state is compared.
SELECT t.id FROM touchpoints AS t WHERE t.id = %(id)s FOR NO KEY UPDATE;

-- name: companies
-- Companies that belong to an answer's rows.
SELECT {company} FROM companies WHERE companies.id = ANY (%(ids)s) ORDER BY companies.id;

-- name: contacts
-- Contacts that belong to an answer's rows.
SELECT {contact} FROM contacts WHERE contacts.id = ANY (%(ids)s) ORDER BY contacts.id;

-- name: conversations
-- Conversations that belong to an answer's rows.
SELECT {conversation} FROM conversations WHERE conversations.id = ANY (%(ids)s) ORDER BY conversations.id;

-- name: lock_sender
-- Hold a sender while its state is compared.
SELECT s.id FROM senders AS s WHERE s.id = %(id)s FOR NO KEY UPDATE;

-- name: lock_legal_identity
-- Hold a legal identity while its state is compared.
SELECT l.id FROM legal_identities AS l WHERE l.id = %(id)s FOR NO KEY UPDATE;
