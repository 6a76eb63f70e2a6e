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
    legal_identity_id uuid CONSTRAINT workspace_settings_legal_identity_id_fkey REFERENCES legal_identities ON DELETE SET NULL
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
-- Campaigns, their versions, templates and enrolments.

CREATE TABLE templates (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT templates_name_key UNIQUE CONSTRAINT templates_name_check CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT current_moment()
);

CREATE TABLE template_versions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    template_id uuid NOT NULL CONSTRAINT template_versions_template_id_fkey REFERENCES templates ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT template_versions_number_check CHECK (number > 0),
    definition jsonb NOT NULL,
    content_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT template_versions_number_key UNIQUE (template_id, number)
);

CREATE TABLE campaigns (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT campaigns_name_key UNIQUE CONSTRAINT campaigns_name_check CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,79}$'),
    status text NOT NULL DEFAULT 'draft' CONSTRAINT campaigns_status_check
        CHECK (status IN ('draft', 'active', 'paused', 'finished', 'cancelled')),
    is_live boolean NOT NULL DEFAULT false, -- false: what it does goes to the console and counts nowhere
    preview_hash text, -- of the version whose preview was approved: live asks for it
    preview_approved_by text,
    preview_approved_at timestamptz,
    started_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);

-- What a campaign was at a time; enrolments stay with the version they began with. Never changed.
CREATE TABLE campaign_versions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id uuid NOT NULL CONSTRAINT campaign_versions_campaign_id_fkey REFERENCES campaigns ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT campaign_versions_number_check CHECK (number > 0),
    definition jsonb NOT NULL,
    content_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT campaign_versions_number_key UNIQUE (campaign_id, number)
);

-- What waits for the same sender and the same opening hours. Closed queues are not looked into, so that
-- ten thousand due people cost nothing at night.
CREATE TABLE queues (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL CONSTRAINT queues_key UNIQUE, -- the six columns that follow in one word
    sender_id uuid CONSTRAINT queues_sender_id_fkey REFERENCES senders ON DELETE CASCADE, -- NULL: work for people
    is_live boolean NOT NULL,
    channel text NOT NULL CONSTRAINT queues_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    zone text NOT NULL,
    region text, -- whose public holidays; NULL: nobody's
    opening jsonb NOT NULL, -- the window: days, start, end, and whether holidays are free
    opens_at timestamptz NOT NULL, -- the opening that is now or next, kept by the engine
    closes_at timestamptz NOT NULL,
    CONSTRAINT queues_closes_at_check CHECK (closes_at > opens_at)
);
CREATE INDEX queues_closes_at_idx ON queues (closes_at);
CREATE INDEX queues_sender_id_idx ON queues (sender_id, is_live);

CREATE TABLE enrolments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id uuid NOT NULL CONSTRAINT enrolments_campaign_id_fkey REFERENCES campaigns,
    version_id uuid NOT NULL CONSTRAINT enrolments_version_id_fkey REFERENCES campaign_versions,
    contact_id uuid CONSTRAINT enrolments_contact_id_fkey REFERENCES contacts ON DELETE SET NULL,
    company_id uuid CONSTRAINT enrolments_company_id_fkey REFERENCES companies ON DELETE SET NULL,
    conversation_id uuid CONSTRAINT enrolments_conversation_id_fkey REFERENCES conversations ON DELETE SET NULL,
    is_live boolean NOT NULL,
    state text NOT NULL DEFAULT 'pending'
        CONSTRAINT enrolments_state_check CHECK (state IN ('pending', 'active', 'waiting', 'paused', 'finished', 'failed')),
    reason text, -- why it is paused, finished or failed
    paused_until timestamptz, -- NULL while paused: until somebody or something resumes it
    track text NOT NULL DEFAULT 'main' CONSTRAINT enrolments_track_check CHECK (track IN ('main', 'positive', 'negative')),
    step_key text NOT NULL, -- the step that is next, or in work
    after_key text, -- the step that it follows, whose branches are looked at once it is due; NULL: they were
    touch_count integer NOT NULL DEFAULT 0,
    account_rank integer NOT NULL DEFAULT 1, -- the order in which people of an account are approached; 1 is the primary
    sender_id uuid CONSTRAINT enrolments_sender_id_fkey REFERENCES senders ON DELETE SET NULL, -- the mailbox it keeps
    queue_id bigint CONSTRAINT enrolments_queue_id_fkey REFERENCES queues,
    next_due_at timestamptz,
    zone text NOT NULL,
    zone_source text NOT NULL CONSTRAINT enrolments_zone_source_check CHECK (zone_source IN ('contact', 'account', 'sender', 'workspace')),
    region text,
    referred_by_id uuid CONSTRAINT enrolments_referred_by_id_fkey REFERENCES contacts ON DELETE SET NULL,
    first_touch_at timestamptz,
    last_touch_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT current_moment(),
    finished_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT enrolments_next_due_at_check CHECK (
        (state IN ('pending', 'waiting')) <= (next_due_at IS NOT NULL AND queue_id IS NOT NULL)
        AND (state IN ('paused', 'finished', 'failed')) <= (reason IS NOT NULL)
        AND (state IN ('finished', 'failed')) = (finished_at IS NOT NULL)
    )
);
CREATE INDEX enrolments_due_idx ON enrolments (queue_id, next_due_at, id) WHERE state IN ('pending', 'waiting');
CREATE INDEX enrolments_queue_id_idx ON enrolments (queue_id);
CREATE INDEX enrolments_paused_until_idx ON enrolments (paused_until) WHERE state = 'paused' AND paused_until IS NOT NULL;
-- One person goes through one campaign once at a time.
CREATE UNIQUE INDEX enrolments_under_way_key ON enrolments (campaign_id, contact_id) WHERE state NOT IN ('finished', 'failed');
CREATE INDEX enrolments_campaign_id_idx ON enrolments (campaign_id, state);
CREATE INDEX enrolments_version_id_idx ON enrolments (version_id);
CREATE INDEX enrolments_contact_id_idx ON enrolments (contact_id);
CREATE INDEX enrolments_company_id_idx ON enrolments (company_id, state);
CREATE INDEX enrolments_conversation_id_idx ON enrolments (conversation_id);
CREATE INDEX enrolments_sender_id_idx ON enrolments (sender_id);
CREATE INDEX enrolments_referred_by_id_idx ON enrolments (referred_by_id) WHERE referred_by_id IS NOT NULL;
-- The ledger: what was decided, what left, what came back.

-- The decision to do one step for one enrolment: at most one ever exists.
CREATE TABLE intents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    enrolment_id uuid NOT NULL CONSTRAINT intents_enrolment_id_fkey REFERENCES enrolments,
    step_key text NOT NULL,
    state text NOT NULL DEFAULT 'planned'
        CONSTRAINT intents_state_check CHECK (state IN ('planned', 'calling', 'sent', 'refused', 'unknown', 'withdrawn')),
    is_live boolean NOT NULL,
    channel text NOT NULL CONSTRAINT intents_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    sender_id uuid CONSTRAINT intents_sender_id_fkey REFERENCES senders ON DELETE SET NULL,
    contact_id uuid CONSTRAINT intents_contact_id_fkey REFERENCES contacts ON DELETE SET NULL,
    company_id uuid CONSTRAINT intents_company_id_fkey REFERENCES companies ON DELETE SET NULL,
    address text, -- where it goes: an e-mail address, a number, a profile
    subject text,
    content text,
    content_hash text,
    variant text,
    mentions_id uuid CONSTRAINT intents_mentions_id_fkey REFERENCES contacts ON DELETE SET NULL, -- the colleague it names
    tries integer NOT NULL DEFAULT 0, -- calls made
    lease uuid, -- who may call it, and until when
    lease_until timestamptz,
    message_id text CONSTRAINT intents_message_id_check CHECK (length(message_id) <= 250), -- ours, made from the id
    wire_message_id text CONSTRAINT intents_wire_message_id_check CHECK (length(wire_message_id) <= 998), -- as it went out
    provider_id text CONSTRAINT intents_provider_id_check CHECK (length(provider_id) <= 500),
    in_reply_to text,
    message_references text,
    touchpoint_id uuid CONSTRAINT intents_touchpoint_id_fkey REFERENCES touchpoints ON DELETE SET NULL,
    detail text, -- what was refused, or why it is unknown
    planned_at timestamptz NOT NULL,
    called_at timestamptz,
    settled_at timestamptz,
    CONSTRAINT intents_step_key UNIQUE (enrolment_id, step_key),
    CONSTRAINT intents_lease_check CHECK (
        (lease IS NULL) = (lease_until IS NULL) AND (state = 'calling') <= (lease IS NOT NULL AND called_at IS NOT NULL)
    )
);
CREATE INDEX intents_lease_until_idx ON intents (lease_until) WHERE state IN ('planned', 'calling');
CREATE INDEX intents_unknown_idx ON intents (called_at) WHERE state = 'unknown';
CREATE UNIQUE INDEX intents_message_id_key ON intents (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX intents_wire_message_id_idx ON intents (wire_message_id) WHERE wire_message_id IS NOT NULL;
CREATE INDEX intents_sender_id_idx ON intents (sender_id, settled_at);
CREATE INDEX intents_contact_id_idx ON intents (contact_id);
CREATE INDEX intents_company_id_idx ON intents (company_id);
CREATE INDEX intents_mentions_id_idx ON intents (mentions_id) WHERE mentions_id IS NOT NULL;
CREATE INDEX intents_touchpoint_id_idx ON intents (touchpoint_id) WHERE touchpoint_id IS NOT NULL;

-- Every call to a provider, and what came of it.
CREATE TABLE attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intent_id uuid NOT NULL CONSTRAINT attempts_intent_id_fkey REFERENCES intents ON DELETE CASCADE,
    number integer NOT NULL,
    outcome text NOT NULL CONSTRAINT attempts_outcome_check CHECK (outcome IN ('sent', 'refused', 'retry', 'unknown')),
    detail text,
    raw jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT attempts_number_key UNIQUE (intent_id, number)
);

-- What counts against the caps, from the moment it is planned. A message that a person sent by hand counts too.
CREATE TABLE sends (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intent_id uuid CONSTRAINT sends_intent_id_fkey REFERENCES intents ON DELETE CASCADE,
    touchpoint_id uuid CONSTRAINT sends_touchpoint_id_fkey REFERENCES touchpoints ON DELETE CASCADE,
    is_live boolean NOT NULL,
    sender_id uuid CONSTRAINT sends_sender_id_fkey REFERENCES senders ON DELETE SET NULL,
    contact_id uuid CONSTRAINT sends_contact_id_fkey REFERENCES contacts ON DELETE SET NULL,
    company_id uuid CONSTRAINT sends_company_id_fkey REFERENCES companies ON DELETE SET NULL,
    domain text, -- of the recipient
    at timestamptz NOT NULL,
    CONSTRAINT sends_intent_id_key UNIQUE (intent_id),
    CONSTRAINT sends_touchpoint_id_key UNIQUE (touchpoint_id)
);
CREATE INDEX sends_sender_id_idx ON sends (sender_id, at);
CREATE INDEX sends_company_id_idx ON sends (company_id, at);
CREATE INDEX sends_contact_id_idx ON sends (contact_id, at);
CREATE INDEX sends_domain_idx ON sends (domain, at);

-- Why something was done, put off or refused. The same deferral again is one row that counts.
CREATE TABLE decisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    enrolment_id uuid NOT NULL CONSTRAINT decisions_enrolment_id_fkey REFERENCES enrolments ON DELETE CASCADE,
    step_key text NOT NULL,
    verdict text NOT NULL CONSTRAINT decisions_verdict_check CHECK (verdict IN ('allow', 'defer', 'deny')),
    rule text NOT NULL,
    reason text NOT NULL, -- for people
    until timestamptz, -- of a deferral; NULL: until somebody or something resumes it
    inputs jsonb NOT NULL, -- the facts it was decided by: the same give the same again
    version_id uuid NOT NULL CONSTRAINT decisions_version_id_fkey REFERENCES campaign_versions ON DELETE CASCADE,
    count integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX decisions_deferral_key ON decisions (enrolment_id, step_key, rule) WHERE verdict = 'defer';
CREATE INDEX decisions_enrolment_id_idx ON decisions (enrolment_id, last_at);
CREATE INDEX decisions_version_id_idx ON decisions (version_id);

-- Something that happened, and what it did. The same signal changes nothing the second time.
CREATE TABLE signals (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CONSTRAINT signals_kind_check CHECK (
        kind IN (
            'reply', 'reply_positive', 'reply_question', 'reply_objection', 'reply_not_now', 'reply_refusal', 'referral', 'manual_message',
            'out_of_office', 'hard_bounce', 'soft_bounce', 'policy_bounce', 'unsubscribe', 'complaint', 'meeting_booked', 'meeting_held',
            'meeting_missed', 'deal_opened', 'deal_won', 'deal_lost', 'left_company', 'manual_stop', 'open', 'click'
        )
    ),
    at timestamptz NOT NULL,
    contact_id uuid CONSTRAINT signals_contact_id_fkey REFERENCES contacts ON DELETE SET NULL,
    company_id uuid CONSTRAINT signals_company_id_fkey REFERENCES companies ON DELETE SET NULL,
    intent_id uuid CONSTRAINT signals_intent_id_fkey REFERENCES intents ON DELETE SET NULL,
    touchpoint_id uuid CONSTRAINT signals_touchpoint_id_fkey REFERENCES touchpoints ON DELETE SET NULL,
    source text NOT NULL, -- who told us: a person's name, a mailbox, a provider
    data jsonb NOT NULL DEFAULT '{}', -- text, return date, the person named, channel, scope
    effects jsonb NOT NULL DEFAULT '[]', -- what it did, in words and ids
    dedupe_key text NOT NULL CONSTRAINT signals_dedupe_key UNIQUE CONSTRAINT signals_dedupe_key_check CHECK (length(dedupe_key) BETWEEN 1 AND 500),
    recorded_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX signals_contact_id_idx ON signals (contact_id, at);
CREATE INDEX signals_company_id_idx ON signals (company_id, at);
CREATE INDEX signals_intent_id_idx ON signals (intent_id);
CREATE INDEX signals_touchpoint_id_idx ON signals (touchpoint_id);

-- A message that waits for a person. The decision binds to the hash of the exact content.
CREATE TABLE approvals (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    enrolment_id uuid NOT NULL CONSTRAINT approvals_enrolment_id_fkey REFERENCES enrolments ON DELETE CASCADE,
    step_key text NOT NULL,
    channel text NOT NULL CONSTRAINT approvals_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    address text,
    subject text,
    content text NOT NULL,
    content_hash text NOT NULL,
    variant text,
    mentions_id uuid CONSTRAINT approvals_mentions_id_fkey REFERENCES contacts ON DELETE SET NULL,
    state text NOT NULL DEFAULT 'pending' CONSTRAINT approvals_state_check CHECK (state IN ('pending', 'accepted', 'rejected', 'withdrawn')),
    is_edited boolean NOT NULL DEFAULT false,
    decided_by text,
    decided_at timestamptz,
    note text,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT approvals_decided_at_check CHECK ((state IN ('accepted', 'rejected')) <= (decided_at IS NOT NULL AND decided_by IS NOT NULL))
);
CREATE UNIQUE INDEX approvals_standing_key ON approvals (enrolment_id, step_key) WHERE state IN ('pending', 'accepted');
CREATE INDEX approvals_pending_idx ON approvals (created_at) WHERE state = 'pending';
CREATE INDEX approvals_enrolment_id_idx ON approvals (enrolment_id);
CREATE INDEX approvals_mentions_id_idx ON approvals (mentions_id) WHERE mentions_id IS NOT NULL;

-- Work for a person: a call, a LinkedIn message, a reply to answer, a question that the engine cannot answer.
CREATE TABLE tasks (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CONSTRAINT tasks_kind_check CHECK (
        kind IN ('call', 'linkedin', 'mail', 'sms', 'whatsapp', 'meeting', 'reply', 'proposal', 'meeting_outcome', 'resolve_unknown', 'question')
    ),
    title text NOT NULL,
    body text,
    company_id uuid CONSTRAINT tasks_company_id_fkey REFERENCES companies ON DELETE CASCADE,
    contact_id uuid CONSTRAINT tasks_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    enrolment_id uuid CONSTRAINT tasks_enrolment_id_fkey REFERENCES enrolments ON DELETE CASCADE, -- which waits for it
    intent_id uuid CONSTRAINT tasks_intent_id_fkey REFERENCES intents ON DELETE SET NULL,
    signal_id uuid CONSTRAINT tasks_signal_id_fkey REFERENCES signals ON DELETE SET NULL,
    owner_user_id uuid,
    owner text CONSTRAINT tasks_owner_check CHECK (length(owner) BETWEEN 1 AND 200), -- as people call them, where somebody assigned it
    state text NOT NULL DEFAULT 'open' CONSTRAINT tasks_state_check CHECK (state IN ('open', 'done', 'skipped')),
    due_at timestamptz NOT NULL,
    escalate_at timestamptz,
    escalated_at timestamptz,
    outcome text,
    note text,
    closed_by text,
    closed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT tasks_closed_at_check CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX tasks_open_idx ON tasks (due_at, id) WHERE state = 'open';
CREATE INDEX tasks_escalate_at_idx ON tasks (escalate_at) WHERE state = 'open' AND escalated_at IS NULL;
CREATE INDEX tasks_company_id_idx ON tasks (company_id);
CREATE INDEX tasks_contact_id_idx ON tasks (contact_id);
CREATE UNIQUE INDEX tasks_intent_id_key ON tasks (intent_id, kind) WHERE intent_id IS NOT NULL;
CREATE INDEX tasks_signal_id_idx ON tasks (signal_id);
CREATE INDEX tasks_enrolment_id_idx ON tasks (enrolment_id);

-- An answer that a person of ours wrote, sent for them: claimed before the call, so that it leaves once.
CREATE TABLE manual_messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    task_id uuid CONSTRAINT manual_messages_task_id_fkey REFERENCES tasks ON DELETE SET NULL, -- what it answers
    contact_id uuid CONSTRAINT manual_messages_contact_id_fkey REFERENCES contacts ON DELETE SET NULL,
    company_id uuid CONSTRAINT manual_messages_company_id_fkey REFERENCES companies ON DELETE SET NULL,
    sender_id uuid CONSTRAINT manual_messages_sender_id_fkey REFERENCES senders ON DELETE SET NULL,
    send_id bigint CONSTRAINT manual_messages_send_id_fkey REFERENCES sends ON DELETE SET NULL, -- what counts against the caps
    touchpoint_id uuid CONSTRAINT manual_messages_touchpoint_id_fkey REFERENCES touchpoints ON DELETE SET NULL,
    state text NOT NULL DEFAULT 'calling'
        CONSTRAINT manual_messages_state_check CHECK (state IN ('calling', 'sent', 'refused', 'unknown')),
    address text NOT NULL,
    subject text NOT NULL,
    content text NOT NULL,
    content_hash text NOT NULL,
    message_id text NOT NULL,
    wire_message_id text,
    provider_id text,
    in_reply_to text,
    message_references text,
    written_by text NOT NULL,
    detail text, -- what was refused, or why it is unknown
    called_at timestamptz NOT NULL,
    lease_until timestamptz NOT NULL, -- whoever calls is dead by then, and nobody knows whether it left
    settled_at timestamptz
);
-- A task is answered once; what was refused may be tried again.
CREATE UNIQUE INDEX manual_messages_task_id_key ON manual_messages (task_id) WHERE state <> 'refused';
CREATE INDEX manual_messages_task_id_idx ON manual_messages (task_id);
CREATE INDEX manual_messages_contact_id_idx ON manual_messages (contact_id);
CREATE INDEX manual_messages_company_id_idx ON manual_messages (company_id);
CREATE INDEX manual_messages_sender_id_idx ON manual_messages (sender_id);
CREATE INDEX manual_messages_send_id_idx ON manual_messages (send_id);
CREATE INDEX manual_messages_touchpoint_id_idx ON manual_messages (touchpoint_id);
-- The moves that states may make. Everything else is refused here, whoever asks.

CREATE FUNCTION keep_enrolment_states() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF OLD.state IN ('finished', 'failed')
        OR NOT (CASE OLD.state
            WHEN 'pending' THEN NEW.state IN ('active', 'waiting', 'paused', 'finished', 'failed')
            WHEN 'active' THEN NEW.state IN ('pending', 'waiting', 'paused', 'finished', 'failed')
            WHEN 'waiting' THEN NEW.state IN ('active', 'paused', 'finished', 'failed')
            WHEN 'paused' THEN NEW.state IN ('pending', 'waiting', 'finished', 'failed')
        END)
    THEN
        RAISE check_violation USING
            MESSAGE = format('an enrolment cannot go from %s to %s', OLD.state, NEW.state), CONSTRAINT = 'enrolments_state_moves';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_enrolment_states BEFORE UPDATE OF state ON enrolments FOR EACH ROW
WHEN (OLD.state <> NEW.state)
EXECUTE FUNCTION keep_enrolment_states();

CREATE FUNCTION keep_intent_states() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'planned' THEN NEW.state IN ('calling', 'withdrawn')
        WHEN 'calling' THEN NEW.state IN ('planned', 'sent', 'refused', 'unknown') -- planned: a definite transient failure
        WHEN 'unknown' THEN NEW.state IN ('sent', 'refused', 'planned') -- planned: it is known that nothing went out
        WHEN 'withdrawn' THEN NEW.state = 'planned'
        ELSE false
    END)
    THEN
        RAISE check_violation USING
            MESSAGE = format('an intent cannot go from %s to %s', OLD.state, NEW.state), CONSTRAINT = 'intents_state_moves';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_intent_states BEFORE UPDATE OF state ON intents FOR EACH ROW
WHEN (OLD.state <> NEW.state)
EXECUTE FUNCTION keep_intent_states();

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    RAISE check_violation USING MESSAGE = format('a row of %s is never changed; make a new version', TG_TABLE_NAME);
END
$$;

CREATE TRIGGER refuse_change BEFORE UPDATE ON campaign_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON template_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- What the engine's tables keep in step with the graph.

CREATE TRIGGER touch BEFORE UPDATE ON senders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON campaigns FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON enrolments FOR EACH ROW EXECUTE FUNCTION touch();

-- An enrolment's next due time is its conversation's next touchpoint, and wakes a worker that would sleep longer.
CREATE FUNCTION keep_next_touchpoint() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    dues timestamptz[];
BEGIN
    SELECT array_agg(d.conversation_id), array_agg(d.due) INTO talks, dues
    FROM (
        SELECT n.conversation_id, min(CASE WHEN n.state IN ('pending', 'active', 'waiting') THEN n.next_due_at END) AS due
        FROM changed AS n WHERE n.conversation_id IS NOT NULL AND n.is_live
        GROUP BY n.conversation_id
    ) AS d;
    IF talks IS NOT NULL THEN
        PERFORM FROM conversations AS v WHERE v.id = ANY (talks) ORDER BY v.id FOR NO KEY UPDATE;
        UPDATE conversations AS v SET next_touchpoint_at = d.due
        FROM unnest(talks, dues) AS d (id, due)
        WHERE v.id = d.id AND v.next_touchpoint_at IS DISTINCT FROM d.due;
    END IF;
    PERFORM accountgraph.wake((SELECT min(n.next_due_at) FROM changed AS n WHERE n.state IN ('pending', 'waiting')));
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_next_touchpoint_on_insert AFTER INSERT ON enrolments
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_next_touchpoint();
CREATE TRIGGER keep_next_touchpoint_on_update AFTER UPDATE ON enrolments
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_next_touchpoint();

-- Removing a person cancels what is to come and keeps what was.
CREATE FUNCTION end_enrolments() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = 'contact removed', settled_at = current_moment()
    WHERE i.contact_id = OLD.id AND i.state = 'planned';
    UPDATE approvals AS a SET state = 'withdrawn', note = 'contact removed'
    FROM enrolments AS e WHERE e.id = a.enrolment_id AND e.contact_id = OLD.id AND a.state = 'pending';
    UPDATE enrolments AS e SET state = 'finished', reason = 'contact_removed', finished_at = current_moment()
    WHERE e.contact_id = OLD.id AND e.state NOT IN ('finished', 'failed');
    RETURN OLD;
END
$$;

CREATE TRIGGER end_enrolments BEFORE DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION end_enrolments();

-- What was stopped may be due by now: a hold that is lifted, a sender that is used again.
CREATE FUNCTION wake_now() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM accountgraph.wake(current_moment());
    RETURN NULL;
END
$$;

CREATE TRIGGER wake_now AFTER UPDATE OF lifted_at ON holds FOR EACH ROW
WHEN (old.lifted_at IS NULL AND new.lifted_at IS NOT NULL) EXECUTE FUNCTION wake_now();
CREATE TRIGGER wake_now AFTER UPDATE OF is_active ON senders FOR EACH ROW
WHEN (new.is_active AND NOT old.is_active) EXECUTE FUNCTION wake_now();

-- A message that a person sent by hand counts against the caps of mailbox, domain and account like one of the engine's. Its mailbox is
-- the one that its metadata names as `sender`, else that of the user who sent it. What the product sent for a person counts already.
-- An agent, who may not write the ledger, records such messages too: the count is the owner's.
CREATE FUNCTION count_sends_by_hand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    INSERT INTO sends (touchpoint_id, is_live, sender_id, contact_id, company_id, domain, at)
    SELECT
        n.id, true, s.id, v.contact_id, v.company_id, CASE WHEN n.channel = 'email' THEN split_part(c.email_key, '@', 2) END, n.sent_at
    FROM new_rows AS n
    INNER JOIN conversations AS v ON v.id = n.conversation_id
    INNER JOIN contacts AS c ON c.id = v.contact_id
    LEFT JOIN LATERAL (
        SELECT s.id FROM senders AS s
        WHERE s.channel = n.channel
            AND (s.address = n.metadata ->> 'sender' OR (NOT n.metadata ? 'sender' AND s.owner_user_id = n.created_by_user_id))
        ORDER BY s.created_at, s.id LIMIT 1
    ) AS s ON true
    WHERE n.direction = 'outbound' AND NOT n.created_by_automation AND NOT n.metadata ? 'answer_id'
        AND n.sent_at > current_moment() - interval '7 days' -- the longest that anything counts
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION count_sends_by_hand() FROM PUBLIC;
CREATE TRIGGER count_sends_by_hand AFTER INSERT ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_sends_by_hand();
-- What the law of each country says about cold messages to people at work, as of 1 January 2025. A start for your lawyer, not legal
-- advice: add a row with a later date to change one. Where the law tells companies from persons and does not say which of the two a
-- named person's work address is, and where calls were not looked into, the stricter reading stands here.
INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, 'email', date '2025-01-01', v.rule, v.source, v.note
FROM (VALUES
    ('AT', 'consent', 'TKG 2021 § 174(3)', 'Companies too.'),
    ('BE', 'consent', 'Code de droit économique art. XII.13; A.R. 4 avril 2003 art. 1', 'Impersonal addresses of a legal person (info@) are excepted.'),
    ('BG', 'consent', 'Electronic Communications Act art. 261', NULL),
    ('CY', 'consent', 'Law 112(I)/2004 s. 106', NULL),
    ('CZ', 'consent', 'Act 480/2004 § 7', 'Companies too.'),
    ('DE', 'consent', 'UWG § 7(2) no. 2', 'Companies too; § 7(3) excepts own customers under conditions.'),
    ('DK', 'consent', 'Markedsføringsloven § 10', 'Companies too.'),
    ('EE', 'consent', 'Electronic Communications Act § 103-1', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('ES', 'consent', 'LSSI (Ley 34/2002) art. 21', 'Companies too; earlier customers are excepted under conditions.'),
    ('FI', 'allow', 'Act on Electronic Communications Services 917/2014 §§ 200, 202', 'To a work address about work, until they object.'),
    ('FR', 'allow', 'CPCE art. L34-5; CNIL on prospecting between professionals', 'To a work address about work, until they object.'),
    ('GR', 'consent', 'Law 3471/2006 art. 11', 'Legal persons too.'),
    ('HR', 'consent', 'Electronic Communications Act art. 50', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('HU', 'consent', 'Act XLVIII of 2008 § 6', 'A named person''s address is a natural person''s.'),
    ('IE', 'allow', 'S.I. 336/2011 reg. 13', 'To a work address about work, until they object.'),
    ('IT', 'consent', 'Codice in materia di protezione dei dati personali art. 130', 'Companies too.'),
    ('LT', 'consent', 'Law on Electronic Communications art. 81', NULL),
    ('LU', 'consent', 'Loi du 30 mai 2005 art. 11', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('LV', 'consent', 'Law on Information Society Services s. 9', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('MT', 'consent', 'S.L. 586.01 reg. 9', NULL),
    ('NL', 'consent', 'Telecommunicatiewet art. 11.7', 'Companies too; an address published for this very purpose is excepted.'),
    ('PL', 'consent', 'Prawo komunikacji elektronicznej art. 398', 'Companies too.'),
    ('PT', 'consent', 'Lei 41/2004 art. 13-A', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('RO', 'consent', 'Law 506/2004 art. 12', NULL),
    ('SE', 'allow', 'Marknadsföringslagen (2008:486) §§ 19, 21', 'The ban is on natural persons; a work address about work, until they object.'),
    ('SI', 'consent', 'ZEKom-2 art. 226', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('SK', 'consent', 'Act 452/2021 § 116', NULL),
    ('IS', 'consent', 'Electronic Communications Act 70/2022', NULL),
    ('LI', 'consent', 'UWG (LI) and KomG; Directive 2002/58/EC art. 13', NULL),
    ('NO', 'consent', 'Markedsføringsloven § 15', 'A named person''s work address is a natural person''s.'),
    ('CH', 'consent', 'UWG art. 3(1)(o)', 'Automated mass advertising, to companies too.'),
    ('GB', 'allow', 'PECR 2003 reg. 22, 23', 'Corporate subscribers until they object; sole traders and some partnerships are individuals: consent.'),
    ('US', 'allow', 'CAN-SPAM Act, 15 U.S.C. 7704', 'True sender and subject, postal address, opt-out honoured within 10 business days.'),
    ('CA', 'consent', 'CASL (S.C. 2010, c. 23) s. 6, 10', 'Implied consent, as by a conspicuously published work address, has to be recorded.'),
    ('MX', 'allow', 'LFPDPPP', 'With a privacy notice, until they object.'),
    ('BR', 'allow', 'LGPD (Lei 13.709/2018) art. 7, 10, 18', 'On legitimate interest, until they object.'),
    ('AU', 'consent', 'Spam Act 2003 s. 16, sch. 2', 'Inferred consent, as by a conspicuously published work address, has to be recorded.'),
    ('NZ', 'consent', 'Unsolicited Electronic Messages Act 2007 s. 9', 'Deemed consent, as by a published work address, has to be recorded.'),
    ('SG', 'allow', 'Spam Control Act 2007 s. 11, sch. 2', 'In bulk: <ADV> before the subject.'),
    ('HK', 'allow', 'Unsolicited Electronic Messages Ordinance (Cap. 593)', 'Until they object.'),
    ('IN', 'allow', 'Information Technology Act 2000; DPDP Act 2023 comes into force by 2027', 'Look again when the DPDP Act is in force.'),
    ('JP', 'consent', 'Act on Regulation of Transmission of Specified Electronic Mail art. 3', 'A company''s published address is excepted.'),
    ('KR', 'consent', 'Network Act art. 50', NULL),
    ('CN', 'consent', 'Advertising Law art. 43', NULL),
    ('IL', 'consent', 'Communications Law s. 30A', 'A company may be asked once.'),
    ('ZA', 'consent', 'POPIA s. 69', 'Companies too; consent may be asked for once.')
) AS v (country, rule, source, note);

INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, 'call', date '2025-01-01', v.rule, v.source, v.note
FROM (VALUES
    ('AT', 'consent', 'TKG 2021 § 174(1)', 'Companies too.'),
    ('DE', 'consent', 'UWG § 7(2) no. 1', 'A company''s presumed consent is enough; who relies on it records why, or edits this row.'),
    ('PL', 'consent', 'Prawo komunikacji elektronicznej art. 398', 'Companies too.'),
    ('BE', 'allow', 'Code de droit économique art. XIV.77, VI.112', 'Ask the Do Not Call Me list.'),
    ('DK', 'allow', 'Forbrugeraftaleloven § 4', 'The ban is on consumers.'),
    ('ES', 'allow', 'Ley 11/2022 art. 66; LOPDGDD art. 19', 'At work, about work.'),
    ('FI', 'allow', 'Act on Electronic Communications Services 917/2014 § 200', NULL),
    ('FR', 'allow', 'Code de la consommation art. L223-1', 'The ban is on consumers.'),
    ('GR', 'allow', 'Law 3471/2006 art. 11', 'Ask the operators'' register of objections.'),
    ('IE', 'allow', 'S.I. 336/2011 reg. 13', 'Ask the National Directory Database; mobiles only with consent.'),
    ('IT', 'allow', 'Legge 5/2018', 'Ask the Registro pubblico delle opposizioni.'),
    ('NL', 'allow', 'Telecommunicatiewet art. 11.7', 'Legal persons; sole traders and partnerships only with consent.'),
    ('SE', 'allow', 'Marknadsföringslagen (2008:486) § 21', NULL),
    ('NO', 'allow', 'Markedsføringsloven § 12', 'Companies; the register of reservations protects persons.'),
    ('CH', 'allow', 'UWG art. 3(1)(u)', 'Not who is starred in the directory or not in it.'),
    ('GB', 'allow', 'PECR 2003 reg. 21', 'Ask TPS and CTPS.'),
    ('US', 'allow', '47 CFR 64.1200; 16 CFR 310', 'By hand, at work; mobiles and states have rules of their own.'),
    ('CA', 'allow', 'Unsolicited Telecommunications Rules', 'Companies are exempt from the national list.'),
    ('MX', 'allow', 'LFPDPPP', NULL),
    ('BR', 'allow', 'LGPD art. 7, 10', 'Ask the Procon lists.'),
    ('AU', 'allow', 'Do Not Call Register Act 2006', 'Ask the register.'),
    ('NZ', 'allow', 'Privacy Act 2020; industry Do Not Call list', NULL),
    ('SG', 'allow', 'PDPA 2012 s. 4(5), part 9', 'Business contact information; ask the Do Not Call register.'),
    ('HK', 'allow', 'Unsolicited Electronic Messages Ordinance (Cap. 593)', 'Calls by a person are outside it.'),
    ('IN', 'consent', 'TCCCPR 2018', 'Registered telemarketers only.'),
    ('ZA', 'consent', 'POPIA s. 69', NULL)
) AS v (country, rule, source, note);

INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, 'call', date '2025-01-01', 'consent', 'Directive 2002/58/EC art. 13(3): the country chooses', 'Not looked into; the stricter choice.'
FROM unnest(
    ARRAY[
        'BG', 'CY', 'CZ', 'EE', 'HR', 'HU', 'LT', 'LU', 'LV', 'MT', 'PT', 'RO', 'SI', 'SK', 'IS', 'LI'
    ]
) AS v (country);

-- Text messages ask for consent everywhere; messengers as SMS.
INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, c.channel, date '2025-01-01', 'consent', v.source, v.note
FROM (VALUES ('sms'), ('whatsapp')) AS c (channel)
CROSS JOIN (
    VALUES
        ('CH', 'UWG art. 3(1)(o)', NULL),
        ('GB', 'PECR 2003 reg. 22', NULL),
        ('US', 'TCPA, 47 U.S.C. 227; 47 CFR 64.1200', 'Prior express written consent.'),
        ('CA', 'CASL (S.C. 2010, c. 23) s. 6', NULL),
        ('MX', 'LFPDPPP', NULL),
        ('BR', 'LGPD art. 7', NULL),
        ('AU', 'Spam Act 2003 s. 16', NULL),
        ('NZ', 'Unsolicited Electronic Messages Act 2007 s. 9', NULL),
        ('SG', 'PDPA 2012 part 9 (Do Not Call)', NULL),
        ('HK', 'Unsolicited Electronic Messages Ordinance (Cap. 593)', NULL),
        ('IN', 'TCCCPR 2018', NULL),
        ('JP', 'Act on Regulation of Transmission of Specified Electronic Mail art. 3', NULL),
        ('KR', 'Network Act art. 50', NULL),
        ('CN', 'Advertising Law art. 43', NULL),
        ('IL', 'Communications Law s. 30A', NULL),
        ('ZA', 'POPIA s. 69', NULL)
    UNION ALL
    SELECT e.country, 'Directive 2002/58/EC art. 13(1), as the country has it', NULL
    FROM unnest(
        ARRAY[
            'AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU',
            'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK', 'IS', 'LI', 'NO'
        ]
    ) AS e (country)
) AS v (country, source, note);
-- What the engine asks again and again.

-- What keeps us from writing to these people: themselves, their address or number, its domain or a domain above that.
-- Look-ups of their own, for no index answers an OR over joined values.
CREATE FUNCTION suppressions_among(people uuid[]) RETURNS TABLE (person uuid, suppression_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT
            c.id, address_hash(c.email_key) AS mail, address_hash(c.phone) AS number,
            string_to_array(split_part(c.email_key, '@', -1), '.') AS parts
        FROM contacts AS c WHERE c.id = ANY (people)
    )
    SELECT s.contact_id AS person, s.id FROM suppressions AS s WHERE s.contact_id = ANY (people)
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s WHERE s.address_hash IN (k.mail, k.number) AND s.contact_id IS DISTINCT FROM k.id
    ) AS s
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s
        WHERE s.domain = ANY (ARRAY(
            SELECT array_to_string(k.parts[n.nth :], '.') FROM generate_series(1, cardinality(k.parts) - 1) AS n (nth)
        ))
    ) AS s;
END
$$;

CREATE FUNCTION suppressions_of(person uuid) RETURNS SETOF suppressions
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY SELECT s.* FROM suppressions_among(ARRAY[person]) AS a INNER JOIN suppressions AS s ON s.id = a.suppression_id;
END
$$;

-- Which of these messages, by their number from 1, may not leave now: something suppresses the person on the channel, or holds them,
-- their account, the sender or the workspace.
CREATE FUNCTION kept_back(people uuid[], accounts uuid[], mailboxes uuid[], channels text[], at timestamptz) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT u.person, u.account, u.mailbox, u.channel, u.number
        FROM unnest(people, accounts, mailboxes, channels) WITH ORDINALITY AS u (person, account, mailbox, channel, number)
    ), standing AS MATERIALIZED (
        SELECT h.scope, h.sender_id, h.company_id, h.contact_id FROM holds AS h
        WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at) AND (h.scope = 'workspace' OR h.sender_id = ANY (mailboxes))
        UNION ALL
        SELECT h.scope, h.sender_id, h.company_id, h.contact_id FROM holds AS h
        WHERE h.company_id = ANY (accounts) AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
        UNION ALL
        SELECT h.scope, h.sender_id, h.company_id, h.contact_id FROM holds AS h
        WHERE h.contact_id = ANY (people) AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
    )
    SELECT k.number FROM standing AS h INNER JOIN asked AS k
        ON h.scope = 'workspace' OR h.sender_id = k.mailbox OR h.company_id = k.account OR h.contact_id = k.person
    UNION
    SELECT k.number
    FROM suppressions_among(people) AS a
    INNER JOIN suppressions AS s ON s.id = a.suppression_id
    INNER JOIN asked AS k ON k.person = a.person AND s.channel IN ('all', k.channel);
END
$$;

-- Whether a message to one person may leave now on a channel.
CREATE FUNCTION may_leave(person uuid, account uuid, mailbox uuid, by_channel text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM kept_back(ARRAY[person], ARRAY[account], ARRAY[mailbox], ARRAY[by_channel], at));
END
$$;
-- The engine's tables too are open to the workspace's role and its agent alone. An agent reads them all
-- and proposes: enrolments, approvals and tasks. Ledger, holds and settings are not for it.
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
    END LOOP;
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %I TO %I', current_schema(), agent);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), agent);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), agent);
    EXECUTE format('GRANT INSERT, UPDATE ON tasks TO %I', agent);
END
$$;
