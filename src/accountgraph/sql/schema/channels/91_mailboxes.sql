-- Mailboxes that are read: how, how far, and how well it goes.

-- A secret, encrypted: the key stands outside of the database. An agent never reads this table.
CREATE TABLE secrets (
    name text PRIMARY KEY CONSTRAINT secrets_name_check CHECK (length(name) BETWEEN 1 AND 200),
    sealed bytea NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);

-- How the inbound mail of a sender is read, and how that goes.
CREATE TABLE mailboxes (
    sender_id uuid PRIMARY KEY CONSTRAINT mailboxes_sender_id_fkey REFERENCES senders ON DELETE CASCADE,
    protocol text NOT NULL CONSTRAINT mailboxes_protocol_check CHECK (protocol IN ('imap', 'gmail', 'graph')),
    settings jsonb NOT NULL DEFAULT '{}', -- host, port, folders, login; secrets are named, not held
    history_read_at timestamptz, -- when the headers of the last 180 days had been read; NULL: not yet
    failing_since timestamptz,
    error text,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    next_sync_at timestamptz NOT NULL DEFAULT current_moment() -- not before; while somebody is at it, when they are taken for dead
);
CREATE INDEX mailboxes_next_sync_at_idx ON mailboxes (next_sync_at);

-- How far a folder has been read (RFC 3501): a new UIDVALIDITY begins anew, and what is known already changes nothing.
CREATE TABLE mailbox_folders (
    sender_id uuid CONSTRAINT mailbox_folders_sender_id_fkey REFERENCES mailboxes ON DELETE CASCADE,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT mailbox_folders_role_check CHECK (role IN ('inbox', 'sent', 'other')),
    uid_validity bigint NOT NULL,
    last_uid bigint NOT NULL DEFAULT 0,
    cursor text, -- where a service counts in its own way: Gmail's history id, Graph's delta link
    read_at timestamptz NOT NULL DEFAULT current_moment(),
    is_again boolean NOT NULL DEFAULT false, -- its numbers began anew once: what is known already is passed over
    done text [] NOT NULL DEFAULT '{}', -- which mails after the cursor were taken already, by the service's ids
    PRIMARY KEY (sender_id, name)
);

-- Who wrote to whom before we came, from the headers of the last 180 days: live threads are left alone.
CREATE TABLE mail_headers (
    sender_id uuid CONSTRAINT mail_headers_sender_id_fkey REFERENCES mailboxes ON DELETE CASCADE,
    message_id text NOT NULL,
    direction text NOT NULL CONSTRAINT mail_headers_direction_check CHECK (direction IN ('inbound', 'outbound')),
    email_key text NOT NULL, -- of the other side
    at timestamptz NOT NULL,
    PRIMARY KEY (sender_id, message_id, email_key)
);
CREATE INDEX mail_headers_email_key_idx ON mail_headers (email_key, at);
