-- name: begin
-- A login that goes to a mail service; those that never came back go.
WITH over AS (
    DELETE FROM accountgraph.mailbox_logins WHERE expires_at <= %(now)s
)
INSERT INTO accountgraph.mailbox_logins (state_hash, workspace, user_id, sealed, expires_at)
VALUES (%(state_hash)s, %(workspace)s, %(user_id)s, %(sealed)s, %(expires_at)s);

-- name: look
-- A login whose browser came back.
SELECT l.state_hash, l.workspace, l.user_id, l.sealed FROM accountgraph.mailbox_logins AS l
WHERE l.state_hash = %(state_hash)s AND l.expires_at > %(now)s;

-- name: take
-- It is used, once.
DELETE FROM accountgraph.mailbox_logins WHERE state_hash = %(state_hash)s AND expires_at > %(now)s RETURNING workspace;
