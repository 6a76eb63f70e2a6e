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
