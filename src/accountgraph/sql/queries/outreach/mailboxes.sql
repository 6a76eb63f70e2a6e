-- Mailboxes: how the mail of a sender is read, how far, and how well it goes.

-- name: put
-- A mailbox, new or with other settings. It counts as read up to now, so that follow-ups wait where it is never reached.
WITH put AS (
    INSERT INTO mailboxes AS m (sender_id, protocol, settings, created_at, next_sync_at)
    VALUES (%(sender_id)s, %(protocol)s, %(settings)s::jsonb, %(now)s, %(now)s)
    ON CONFLICT (sender_id) DO UPDATE SET
        protocol = excluded.protocol, settings = excluded.settings, next_sync_at = excluded.next_sync_at, failing_since = NULL, error = NULL
    RETURNING m.sender_id
)
UPDATE senders AS s SET inbound_synced_at = coalesce(s.inbound_synced_at, %(now)s) FROM put AS p WHERE s.id = p.sender_id;

-- name: remove
-- A mailbox is not read any more; the sender stays, and is not waited for.
WITH removed AS (
    DELETE FROM mailboxes AS m WHERE m.sender_id = %(sender_id)s RETURNING m.sender_id
)
UPDATE senders AS s SET inbound_synced_at = NULL FROM removed AS r WHERE s.id = r.sender_id;

-- name: listing
-- The mailboxes in the order their senders were added, with how they fare; of one sender, or of all.
SELECT
    m.sender_id, s.address, s.transport, m.protocol, m.settings, m.history_read_at, s.inbound_synced_at, m.failing_since, m.error,
    m.created_at, m.next_sync_at, s.dkim_verified_at,
    coalesce((
        SELECT json_agg(json_build_object(
            'name', f.name, 'role', f.role, 'uid_validity', f.uid_validity, 'last_uid', f.last_uid, 'read_at', f.read_at
        ) ORDER BY f.name)
        FROM mailbox_folders AS f WHERE f.sender_id = m.sender_id
    ), '[]') AS folders
FROM mailboxes AS m INNER JOIN senders AS s ON s.id = m.sender_id
WHERE (%(sender_id)s::uuid IS NULL OR m.sender_id = %(sender_id)s)
ORDER BY s.created_at, s.id;

-- name: by_address
-- The mailbox of an address, as above.
SELECT m.sender_id FROM mailboxes AS m INNER JOIN senders AS s ON s.id = m.sender_id WHERE s.channel = 'email' AND s.address = %(address)s;

-- name: claim
-- Take mailboxes that are due; who takes one is taken for dead at `until`.
UPDATE mailboxes AS m SET next_sync_at = %(until)s
WHERE m.sender_id IN (
    SELECT d.sender_id FROM mailboxes AS d WHERE d.next_sync_at <= %(now)s ORDER BY d.next_sync_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING m.sender_id;

-- name: put_off
-- When to look at a mailbox again.
UPDATE mailboxes AS m SET next_sync_at = %(at)s WHERE m.sender_id = %(sender_id)s;

-- name: succeeded
-- Everything that was there at `at` has been taken.
WITH fine AS (
    UPDATE mailboxes AS m SET failing_since = NULL, error = NULL WHERE m.sender_id = %(sender_id)s RETURNING m.sender_id
)
UPDATE senders AS s SET inbound_synced_at = greatest(s.inbound_synced_at, %(at)s) FROM fine AS f WHERE s.id = f.sender_id;

-- name: failed
-- It could not be read; since when is kept.
UPDATE mailboxes AS m SET failing_since = coalesce(m.failing_since, %(now)s), error = %(error)s WHERE m.sender_id = %(sender_id)s;

-- name: folder
-- How far a folder has been read; no row where it is new.
SELECT f.uid_validity, f.last_uid, f.is_again FROM mailbox_folders AS f WHERE f.sender_id = %(sender_id)s AND f.name = %(name)s;

-- name: begin_folder
-- A folder that is read from here on, or whose numbers begin anew: it is looked through again then.
INSERT INTO mailbox_folders AS f (sender_id, name, role, uid_validity, last_uid, read_at)
VALUES (%(sender_id)s, %(name)s, %(role)s, %(uid_validity)s, %(last_uid)s, %(now)s)
ON CONFLICT (sender_id, name) DO UPDATE SET uid_validity = excluded.uid_validity, last_uid = 0, read_at = excluded.read_at, is_again = true
    WHERE f.uid_validity <> excluded.uid_validity;

-- name: advance
-- Move on to a UID, once: no row where somebody was there before.
UPDATE mailbox_folders AS f SET last_uid = %(uid)s, read_at = %(now)s
WHERE f.sender_id = %(sender_id)s AND f.name = %(name)s AND f.uid_validity = %(uid_validity)s AND f.last_uid < %(uid)s
RETURNING true;

-- name: cursor
-- How far a folder has been read where the service counts in its own way; no row where it is new.
SELECT f.cursor, f.done, f.is_again, f.read_at
FROM mailbox_folders AS f WHERE f.sender_id = %(sender_id)s AND f.name = %(name)s AND f.cursor IS NOT NULL;

-- name: begin_cursor
-- A folder that is read from a cursor on.
INSERT INTO mailbox_folders AS f (sender_id, name, role, uid_validity, cursor, is_again, read_at)
VALUES (%(sender_id)s, %(name)s, %(role)s, 0, %(cursor)s, %(is_again)s, %(now)s)
ON CONFLICT (sender_id, name) DO NOTHING;

-- name: note_taken
-- A mail after the cursor is taken, once: no row where somebody was there before, or the cursor has moved.
UPDATE mailbox_folders AS f SET done = f.done || %(id)s::text
WHERE f.sender_id = %(sender_id)s AND f.name = %(name)s AND f.cursor = %(cursor)s AND %(id)s <> ALL (f.done)
RETURNING true;

-- name: move_cursor
-- Everything after the cursor, up to the next one, has been taken: no row where somebody was there before.
UPDATE mailbox_folders AS f SET cursor = %(next)s, done = '{}', read_at = %(now)s
WHERE f.sender_id = %(sender_id)s AND f.name = %(name)s AND f.cursor = %(cursor)s
RETURNING true;

-- name: begin_cursor_again
-- The service has forgotten the cursor: it is gone through again what came since, and what is known is passed over.
UPDATE mailbox_folders AS f SET cursor = %(next)s, done = '{}', is_again = true
WHERE f.sender_id = %(sender_id)s AND f.name = %(name)s AND f.cursor = %(cursor)s;

-- name: ours
-- Which of these Message-IDs (without brackets) are of messages that left through us.
SELECT DISTINCT a.message_id
FROM unnest(%(message_ids)s::text[]) AS a (message_id)
WHERE EXISTS (SELECT FROM intents AS i WHERE i.message_id = '<' || a.message_id || '>')
    OR EXISTS (SELECT FROM intents AS i WHERE i.wire_message_id = '<' || a.message_id || '>')
    OR EXISTS (SELECT FROM manual_messages AS w WHERE w.message_id = '<' || a.message_id || '>');

-- name: known_before
-- Which of these Message-IDs the mailbox held before we came, or were taken since.
SELECT DISTINCT h.message_id FROM mail_headers AS h WHERE h.sender_id = %(sender_id)s AND h.message_id = ANY (%(message_ids)s);

-- name: add_headers
-- Who wrote to whom; what is known already stays.
INSERT INTO mail_headers (sender_id, message_id, direction, email_key, at)
SELECT DISTINCT ON (g.message_id, g.email_key) %(sender_id)s, g.message_id, g.direction, g.email_key, g.at
FROM jsonb_to_recordset(%(headers)s::jsonb) AS g (message_id text, direction text, email_key text, at timestamptz)
ON CONFLICT DO NOTHING;

-- name: history_read
-- The headers of the time before have been read.
UPDATE mailboxes AS m SET history_read_at = %(now)s WHERE m.sender_id = %(sender_id)s;

-- name: own_addresses
-- The addresses that people of ours write from.
SELECT s.address FROM senders AS s WHERE s.channel = 'email';

-- name: keep
-- A mail of which nothing could be made, kept whole for a person to look at; once.
INSERT INTO mails (direction, source, sender_id, dedupe_key, message_id, from_email, subject, at, kind, state, effects, raw)
VALUES (
    %(direction)s, %(source)s, %(sender_id)s, %(dedupe_key)s, %(message_id)s, %(from_email)s, %(subject)s, %(at)s, %(kind)s, 'unmatched',
    %(effects)s::jsonb, %(raw)s
)
ON CONFLICT DO NOTHING;

-- name: dkim_verified
-- The sender's domain was seen to sign.
UPDATE senders AS s SET dkim_verified_at = %(now)s WHERE s.id = %(sender_id)s;
