-- How long what came in is kept. Each kind has a question for the next that are too old, along the primary key, and what is done to them.

-- name: rules
-- How many days each kind is kept; NULL: for ever.
SELECT r.kind, r.days FROM retention_rules AS r ORDER BY r.kind;

-- name: set
-- Keep a kind for so many days; no row where there is no such kind.
UPDATE retention_rules AS r SET days = %(days)s, updated_at = current_moment() WHERE r.kind = %(kind)s
RETURNING r.kind, r.days;

-- name: old_webhook_payloads
-- Deliveries that were worked off.
SELECT p.id::text AS id FROM webhook_payloads AS p
WHERE p.id > coalesce(%(after)s::bigint, 0) AND p.received_at < %(before)s AND p.state <> 'new' AND p.body <> '' ORDER BY p.id LIMIT %(limit)s;

-- name: drop_webhook_payloads
-- The delivery goes; that it was here stays, so that it is not taken again.
UPDATE webhook_payloads AS p SET body = '', query = '', headers = '{}', effects = '[]', error = NULL
WHERE p.id = ANY (%(ids)s::bigint[]) AND p.state <> 'new';

-- name: old_mails
-- Mails whose bytes are still here.
SELECT m.id::text AS id FROM mails AS m
WHERE m.id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000') AND m.at < %(before)s AND m.raw <> '' ORDER BY m.id LIMIT %(limit)s;

-- name: drop_mails
-- What it was and what it did stays, the mail itself goes.
UPDATE mails AS m SET raw = '', understood = '{}' WHERE m.id = ANY (%(ids)s::uuid[]);

-- name: old_mail_headers
-- Who wrote to whom.
SELECT concat_ws(E'\n', h.sender_id, h.message_id, h.email_key) AS id FROM mail_headers AS h
WHERE (h.sender_id::text, h.message_id, h.email_key) > (
    split_part(coalesce(%(after)s, ''), E'\n', 1), split_part(coalesce(%(after)s, ''), E'\n', 2), split_part(coalesce(%(after)s, ''), E'\n', 3)
) AND h.at < %(before)s
ORDER BY h.sender_id::text, h.message_id, h.email_key LIMIT %(limit)s;

-- name: drop_mail_headers
-- It is forgotten.
DELETE FROM mail_headers AS h USING unnest(%(ids)s::text[]) AS k (key)
WHERE h.sender_id = split_part(k.key, E'\n', 1)::uuid AND h.message_id = split_part(k.key, E'\n', 2) AND h.email_key = split_part(k.key, E'\n', 3);

-- name: old_message_bodies
-- Messages with words.
SELECT t.id::text AS id FROM touchpoints AS t
WHERE t.id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000')
    AND coalesce(t.sent_at, t.created_at) < %(before)s AND num_nonnulls(t.content, t.response, t.call_transcript) > 0
ORDER BY t.id LIMIT %(limit)s;

-- name: drop_message_bodies
-- The words go, also from the ledger; the subject stays.
WITH sent AS (UPDATE intents AS i SET content = NULL WHERE i.touchpoint_id = ANY (%(ids)s::uuid[])),
answered AS (UPDATE manual_messages AS m SET content = '' WHERE m.touchpoint_id = ANY (%(ids)s::uuid[])),
said AS (UPDATE signals AS g SET data = g.data - 'text' WHERE g.touchpoint_id = ANY (%(ids)s::uuid[]) AND g.data ? 'text')
UPDATE touchpoints AS t SET content = NULL, response = NULL, call_transcript = NULL WHERE t.id = ANY (%(ids)s::uuid[]);

-- name: old_raw_events
-- Events with what the provider said.
SELECT e.id::text AS id FROM events AS e
WHERE e.id > coalesce(%(after)s::bigint, 0) AND e.at < %(before)s AND e.raw <> '{}' ORDER BY e.id LIMIT %(limit)s;

-- name: drop_raw_events
-- What it said goes, what happened stays.
UPDATE events AS e SET raw = '{}' WHERE e.id = ANY (%(ids)s::bigint[]);

-- name: old_addresses
-- Events with an IP address or a browser.
SELECT e.id::text AS id FROM events AS e
WHERE e.id > coalesce(%(after)s::bigint, 0) AND e.at < %(before)s AND num_nonnulls(e.address, e.user_agent) > 0 ORDER BY e.id LIMIT %(limit)s;

-- name: drop_addresses
-- They go; whom they told to be a machine stays one, for it can be judged anew no more.
UPDATE events AS e SET address = NULL, user_agent = NULL, actor_is_given = true WHERE e.id = ANY (%(ids)s::bigint[]);

-- name: old_attempts
-- Calls to providers with what they answered.
SELECT a.id::text AS id FROM attempts AS a
WHERE a.id > coalesce(%(after)s::bigint, 0) AND a.finished_at < %(before)s AND a.raw <> '{}' ORDER BY a.id LIMIT %(limit)s;

-- name: drop_attempts
-- What they answered goes.
UPDATE attempts AS a SET raw = '{}' WHERE a.id = ANY (%(ids)s::bigint[]);

-- name: old_drafts
-- What models wrote, with the facts that it rests on.
SELECT d.id::text AS id FROM drafts AS d
WHERE d.id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000') AND d.settled_at < %(before)s
    AND (d.content <> '' OR d.facts <> '[]' OR d.refusals <> '[]') ORDER BY d.id LIMIT %(limit)s;

-- name: drop_drafts
-- The words go; that there was one stays.
UPDATE drafts AS d SET subject = NULL, content = CASE WHEN d.content IS NOT NULL THEN '' END, facts = '[]', refusals = '[]'
WHERE d.id = ANY (%(ids)s::uuid[]);

-- name: old_decisions
-- Decisions with the facts that they rest on.
SELECT d.id::text AS id FROM decisions AS d
WHERE d.id > coalesce(%(after)s::bigint, 0) AND d.last_at < %(before)s AND d.inputs <> '{}' ORDER BY d.id LIMIT %(limit)s;

-- name: drop_decisions
-- The facts go; what was decided and why stays.
UPDATE decisions AS d SET inputs = '{}' WHERE d.id = ANY (%(ids)s::bigint[]);

-- name: old_merges
-- Merges that could still be undone.
SELECT m.id::text AS id FROM merge_records AS m
WHERE m.id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000') AND m.merged_at < %(before)s
    AND EXISTS (SELECT FROM merge_rows AS r WHERE r.merge_id = m.id) ORDER BY m.id LIMIT %(limit)s;

-- name: drop_merges
-- What was before goes.
DELETE FROM merge_rows AS r WHERE r.merge_id = ANY (%(ids)s::uuid[]);

-- name: old_audit_log
-- Changes.
SELECT a.id::text AS id FROM audit_log AS a
WHERE a.id > coalesce(%(after)s::bigint, 0) AND a.at < %(before)s ORDER BY a.id LIMIT %(limit)s;

-- name: drop_audit_log
-- It is forgotten who did it, and what.
SELECT forget_audit(%(ids)s::bigint[]);

-- name: old_account_health
-- Days of accounts.
SELECT h.day::text || '/' || h.company_id::text AS id FROM account_health_daily AS h
WHERE (h.day, h.company_id) > (
    coalesce(split_part(%(after)s, '/', 1)::date, '-infinity'),
    coalesce(split_part(%(after)s, '/', 2)::uuid, '00000000-0000-0000-0000-000000000000')
)
    AND h.day < (%(before)s::timestamptz AT TIME ZONE 'UTC')::date
ORDER BY h.day, h.company_id LIMIT %(limit)s;

-- name: drop_account_health
-- They go.
DELETE FROM account_health_daily AS h USING unnest(%(ids)s::text[]) AS u (id)
WHERE h.company_id = split_part(u.id, '/', 2)::uuid AND h.day = split_part(u.id, '/', 1)::date;
