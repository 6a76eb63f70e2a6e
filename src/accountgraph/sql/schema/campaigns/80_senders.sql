-- Who writes, and when nobody may: senders, their legal identity, holds, jurisdictions, free days.

-- The sender as the law wants them named.
CREATE TABLE legal_identities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT legal_identities_name_key UNIQUE CONSTRAINT legal_identities_name_check CHECK (length(name) BETWEEN 1 AND 500),
    postal_address text NOT NULL CONSTRAINT legal_identities_postal_address_check CHECK (length(postal_address) BETWEEN 1 AND 1000),
    country text,
    privacy_url text,
    created_at timestamptz NOT NULL DEFAULT current_moment()
);

-- What holds for the whole workspace; one row.
CREATE TABLE workspace_settings (
    is_only boolean PRIMARY KEY DEFAULT true CONSTRAINT workspace_settings_is_only_check CHECK (is_only),
    timezone text NOT NULL DEFAULT 'UTC',
    country text,
    legal_identity_id uuid CONSTRAINT workspace_settings_legal_identity_id_fkey REFERENCES legal_identities ON DELETE SET NULL,
    public_url text CONSTRAINT workspace_settings_public_url_check CHECK (public_url ~ '^https?://[^/?#]+(/[^?#]*)?$'), -- of our public server
    public_url_verified_at timestamptz -- when it was seen to answer over HTTPS; NULL: no tracking, no one-click
);
CREATE INDEX workspace_settings_legal_identity_id_idx ON workspace_settings (legal_identity_id);
INSERT INTO workspace_settings DEFAULT VALUES;

-- A mailbox or a number. Its limits narrow the policy's; NULL leaves them to it.
CREATE TABLE senders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    channel text NOT NULL DEFAULT 'email' CONSTRAINT senders_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    address text NOT NULL CONSTRAINT senders_address_check CHECK (length(address) BETWEEN 1 AND 500),
    display_name text,
    reply_to text,
    transport text NOT NULL DEFAULT 'console' CONSTRAINT senders_transport_check CHECK (length(transport) BETWEEN 1 AND 100),
    settings jsonb NOT NULL DEFAULT '{}', -- of the transport; a secret is named by the environment variable that holds it
    timezone text,
    legal_identity_id uuid CONSTRAINT senders_legal_identity_id_fkey REFERENCES legal_identities,
    owner_user_id uuid,
    per_hour integer CONSTRAINT senders_per_hour_check CHECK (per_hour > 0),
    per_day integer CONSTRAINT senders_per_day_check CHECK (per_day > 0),
    warmup_started_at timestamptz, -- NULL: warm already
    is_active boolean NOT NULL DEFAULT true,
    next_free_at timestamptz NOT NULL DEFAULT '-infinity', -- no claim before: caps and jitter say when
    next_dry_at timestamptz NOT NULL DEFAULT '-infinity', -- the same for dry runs, which count among themselves
    inbound_synced_at timestamptz, -- NULL: its inbound mail is not read by us
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment(),
    signature text, -- below the words, above the legal footer
    tracks_opens boolean NOT NULL DEFAULT false,
    tracks_clicks boolean NOT NULL DEFAULT false,
    tracking_host text, -- a host of its own for links and pixel; NULL: that of the public address
    dkim_verified_at timestamptz, -- when its domain was seen to sign; NULL: no one-click header
    tracking_host_verified_at timestamptz, -- when the host was seen to lead to us over HTTPS; NULL: the public address stands in
    alias_replies boolean NOT NULL DEFAULT false, -- answers go to an address of each message's own, me+INTENT@
    CONSTRAINT senders_channel_address_key UNIQUE (channel, address)
);
CREATE INDEX senders_legal_identity_id_idx ON senders (legal_identity_id);
CREATE INDEX senders_next_free_at_idx ON senders (next_free_at) WHERE is_active;

-- A stop that stands until it is lifted, or until a time: of the workspace, a mailbox, an account, a person.
CREATE TABLE holds (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    scope text NOT NULL CONSTRAINT holds_scope_check CHECK (scope IN ('workspace', 'sender', 'account', 'contact')),
    sender_id uuid CONSTRAINT holds_sender_id_fkey REFERENCES senders ON DELETE CASCADE,
    company_id uuid CONSTRAINT holds_company_id_fkey REFERENCES companies ON DELETE CASCADE,
    contact_id uuid CONSTRAINT holds_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    reason text NOT NULL CONSTRAINT holds_reason_check CHECK (length(reason) BETWEEN 1 AND 200),
    note text,
    until timestamptz, -- NULL: until it is lifted
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    lifted_at timestamptz,
    CONSTRAINT holds_target_check CHECK (
        (scope = 'sender') = (sender_id IS NOT NULL)
        AND (scope = 'account') = (company_id IS NOT NULL)
        AND (scope = 'contact') = (contact_id IS NOT NULL)
    )
);
CREATE INDEX holds_sender_id_idx ON holds (sender_id);
CREATE INDEX holds_company_id_idx ON holds (company_id);
CREATE INDEX holds_contact_id_idx ON holds (contact_id);
CREATE INDEX holds_workspace_idx ON holds (created_at) WHERE scope = 'workspace' AND lifted_at IS NULL;
-- The same stop for the same reason stands once.
CREATE UNIQUE INDEX holds_standing_key ON holds (scope, sender_id, company_id, contact_id, reason) NULLS NOT DISTINCT WHERE lifted_at IS NULL;

-- Why an account is left out of audiences.
CREATE TABLE account_exclusions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    company_id uuid NOT NULL CONSTRAINT account_exclusions_company_id_fkey REFERENCES companies ON DELETE CASCADE,
    reason text NOT NULL CONSTRAINT account_exclusions_reason_check CHECK (reason IN ('competitor', 'open_opportunity', 'owner')),
    note text,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX account_exclusions_standing_key ON account_exclusions (company_id, reason) WHERE ended_at IS NULL;
CREATE INDEX account_exclusions_company_id_idx ON account_exclusions (company_id);

-- What the law of a country says about cold messages on a channel. Dated and editable; not legal advice.
CREATE TABLE jurisdictions (
    country text NOT NULL CONSTRAINT jurisdictions_country_check CHECK (country ~ '^[A-Z]{2}$'),
    channel text NOT NULL CONSTRAINT jurisdictions_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    valid_from date NOT NULL,
    rule text NOT NULL CONSTRAINT jurisdictions_rule_check CHECK (rule IN ('allow', 'consent', 'deny')),
    source text NOT NULL,
    note text,
    PRIMARY KEY (country, channel, valid_from)
);

-- Free days of our own, beside the public holidays; region as ISO 3166 (DE, US-CA), NULL for all.
CREATE TABLE free_days (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL,
    region text,
    name text NOT NULL,
    CONSTRAINT free_days_day_key UNIQUE NULLS NOT DISTINCT (day, region)
);
