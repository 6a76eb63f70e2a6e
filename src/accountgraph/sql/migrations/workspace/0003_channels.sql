-- Senders and the workspace learn what tracking and one-click need.
ALTER TABLE workspace_settings
ADD COLUMN public_url text CONSTRAINT workspace_settings_public_url_check CHECK (public_url ~ '^https?://[^/?#]+(/[^?#]*)?$'),
ADD COLUMN public_url_verified_at timestamptz;

ALTER TABLE senders
ADD COLUMN signature text,
ADD COLUMN tracks_opens boolean NOT NULL DEFAULT false,
ADD COLUMN tracks_clicks boolean NOT NULL DEFAULT false,
ADD COLUMN tracking_host text,
ADD COLUMN dkim_verified_at timestamptz;

ALTER TABLE intents ADD COLUMN links text[];

-- What came in from outside, kept whole before anything is made of it.

-- What a provider's webhook handed over, byte for byte. It is acknowledged once it is here, and worked off afterwards.
CREATE TABLE webhook_payloads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider text NOT NULL CONSTRAINT webhook_payloads_provider_check CHECK (length(provider) BETWEEN 1 AND 100),
    headers jsonb NOT NULL DEFAULT '{}', -- without credentials
    query text NOT NULL DEFAULT '', -- of the address it was sent to: some say there what a message was for
    body bytea NOT NULL,
    digest uuid NOT NULL, -- of provider, query and body: the same delivery again is one row
    state text NOT NULL DEFAULT 'new' CONSTRAINT webhook_payloads_state_check CHECK (state IN ('new', 'done', 'failed')),
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT current_moment(),
    effects jsonb NOT NULL DEFAULT '[]', -- what it did, in words; what it held that we do not know
    error text,
    received_at timestamptz NOT NULL DEFAULT current_moment(),
    done_at timestamptz,
    CONSTRAINT webhook_payloads_digest_key UNIQUE (digest)
);
CREATE INDEX webhook_payloads_new_idx ON webhook_payloads (next_try_at, id) WHERE state = 'new';

-- A mail that came in, or that a person of ours sent by hand: as it was, and what was understood of it.
CREATE TABLE mails (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    direction text NOT NULL DEFAULT 'inbound' CONSTRAINT mails_direction_check CHECK (direction IN ('inbound', 'outbound')),
    source text NOT NULL CONSTRAINT mails_source_check CHECK (length(source) BETWEEN 1 AND 500), -- a mailbox, a provider, a file
    sender_id uuid CONSTRAINT mails_sender_id_fkey REFERENCES senders ON DELETE SET NULL, -- the mailbox it was found in
    dedupe_key text NOT NULL CONSTRAINT mails_dedupe_key UNIQUE CONSTRAINT mails_dedupe_key_check CHECK (length(dedupe_key) BETWEEN 1 AND 1100),
    message_id text CONSTRAINT mails_message_id_check CHECK (length(message_id) <= 998),
    from_email text,
    subject text,
    at timestamptz NOT NULL,
    kind text NOT NULL CONSTRAINT mails_kind_check CHECK (
        kind IN ('reply', 'automatic', 'bounce', 'complaint', 'unsubscribe', 'meeting', 'notice', 'manual')
    ),
    understood jsonb NOT NULL DEFAULT '{}', -- each conclusion with its confidence and its evidence
    state text NOT NULL CONSTRAINT mails_state_check CHECK (state IN ('matched', 'ambiguous', 'unmatched', 'ignored')),
    matched_by text, -- headers, alias, address: how its conversation was found
    contact_id uuid CONSTRAINT mails_contact_id_fkey REFERENCES contacts ON DELETE SET NULL,
    touchpoint_id uuid CONSTRAINT mails_touchpoint_id_fkey REFERENCES touchpoints ON DELETE SET NULL, -- of ours, which it answers or reports on
    effects jsonb NOT NULL DEFAULT '[]',
    raw bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX mails_sender_id_idx ON mails (sender_id, at);
CREATE INDEX mails_contact_id_idx ON mails (contact_id, at);
CREATE INDEX mails_touchpoint_id_idx ON mails (touchpoint_id);
CREATE INDEX mails_message_id_idx ON mails (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX mails_open_idx ON mails (at) WHERE state IN ('ambiguous', 'unmatched');

-- Whose number it is, however it is written.
CREATE INDEX contacts_phone_digits_idx ON contacts (ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0')) WHERE phone IS NOT NULL;

CREATE INDEX intents_provider_id_idx ON intents (provider_id) WHERE provider_id IS NOT NULL;

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

-- What people choose for themselves on the preference page.

-- What one may hear about. A campaign names its topic.
CREATE TABLE topics (
    key text PRIMARY KEY CONSTRAINT topics_key_check CHECK (key ~ '^[a-z][a-z0-9_-]{0,62}$'),
    name text NOT NULL CONSTRAINT topics_name_check CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT current_moment()
);

-- A topic that somebody does not want to hear about. No row: they were not asked, or want it.
CREATE TABLE topic_refusals (
    contact_id uuid CONSTRAINT topic_refusals_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    topic text CONSTRAINT topic_refusals_topic_fkey REFERENCES topics ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT current_moment(),
    PRIMARY KEY (contact_id, topic)
);
CREATE INDEX topic_refusals_topic_idx ON topic_refusals (topic);

-- What came in, mailboxes and preferences are open to the workspace's role; its agent reads them, but for secrets.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
BEGIN
    FOR relation IN
        SELECT c.oid FROM pg_class AS c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
            AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I, %I USING (true) WITH CHECK (true)', relation, current_user, agent);
        EXECUTE format('GRANT SELECT ON %s TO %I', relation, agent);
    END LOOP;
    EXECUTE format('REVOKE ALL ON secrets FROM %I', agent);
END
$$;
