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
CREATE INDEX enrolments_version_id_idx ON enrolments (version_id);
CREATE INDEX enrolments_contact_id_idx ON enrolments (contact_id);
CREATE INDEX enrolments_company_id_idx ON enrolments (company_id, state);
CREATE INDEX enrolments_conversation_id_idx ON enrolments (conversation_id);
CREATE INDEX enrolments_sender_id_idx ON enrolments (sender_id);
CREATE INDEX enrolments_referred_by_id_idx ON enrolments (referred_by_id) WHERE referred_by_id IS NOT NULL;
