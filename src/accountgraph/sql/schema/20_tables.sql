-- The five tables of the graph. Enumerated columns are text with a named CHECK; every foreign key
-- is indexed; columns kept by triggers say so.

CREATE TABLE companies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT companies_name_check CHECK (length(name) BETWEEN 1 AND 500),
    domain text CONSTRAINT companies_domain_key UNIQUE
        CONSTRAINT companies_domain_check CHECK (domain ~ '^[a-z0-9_-]+([.][a-z0-9_-]+)+$' AND length(domain) <= 253),
    industry text,
    size text CONSTRAINT companies_size_check CHECK (size IN ('small', 'medium', 'large', 'enterprise')),
    description text,
    headquarters_location text,
    country text,
    research_data jsonb NOT NULL DEFAULT '{}',
    account_tier text CONSTRAINT companies_account_tier_check CHECK (account_tier IN ('strategic', 'tier1', 'tier2', 'tier3')),
    account_status text NOT NULL DEFAULT 'prospecting'
        CONSTRAINT companies_account_status_check CHECK (account_status IN ('prospecting', 'engaged', 'customer', 'churned')),
    owner_user_id uuid,
    parent_company_id uuid CONSTRAINT companies_parent_company_id_fkey REFERENCES companies ON DELETE SET NULL
        CONSTRAINT companies_parent_company_id_check CHECK (parent_company_id <> id),
    attributes jsonb NOT NULL DEFAULT '{}',
    total_contacts integer NOT NULL DEFAULT 0, -- kept by count_contacts()
    active_conversations integer NOT NULL DEFAULT 0, -- kept by count_conversations()
    last_researched_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX companies_name_idx ON companies (name, id);
CREATE INDEX companies_parent_company_id_idx ON companies (parent_company_id) WHERE parent_company_id IS NOT NULL;

CREATE TABLE contacts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    company_id uuid CONSTRAINT contacts_company_id_fkey REFERENCES companies,
    first_name text,
    last_name text,
    email text,
    email_key text CONSTRAINT contacts_email_key UNIQUE
        CONSTRAINT contacts_email_key_check CHECK (email_key ~ '^[^@[:space:]]+@[a-z0-9_.-]+$' AND length(email_key) <= 254),
    phone text,
    title text,
    role text CONSTRAINT contacts_role_check CHECK (length(role) <= 500),
    department text,
    seniority_level text CONSTRAINT contacts_seniority_level_check
        CHECK (seniority_level IN ('c-level', 'vp', 'director', 'manager', 'individual_contributor')),
    buying_role text,
    linkedin_url text,
    twitter_url text,
    personal_website text,
    country text,
    interests text[] NOT NULL DEFAULT '{}',
    communication_preferences jsonb NOT NULL DEFAULT '{}',
    research_data jsonb NOT NULL DEFAULT '{}',
    engagement_score integer NOT NULL DEFAULT 0 -- kept by settle_engagement(), like the next four
        CONSTRAINT contacts_engagement_score_check CHECK (engagement_score BETWEEN 0 AND 100),
    engagement_light double precision,
    engagement_deep double precision,
    engagement_excluded text CONSTRAINT contacts_engagement_excluded_check
        CHECK (engagement_excluded IN ('refused', 'unsubscribed', 'bounced', 'complained')),
    last_engaged_at timestamptz,
    total_touchpoints integer NOT NULL DEFAULT 0, -- kept by move_conversations()
    status text NOT NULL DEFAULT 'active'
        CONSTRAINT contacts_status_check CHECK (status IN ('active', 'unsubscribed', 'bounced', 'invalid')),
    is_primary_contact boolean NOT NULL DEFAULT false,
    is_decision_maker boolean NOT NULL DEFAULT false,
    is_champion boolean NOT NULL DEFAULT false,
    owner_user_id uuid,
    source text,
    collected_at timestamptz,
    attributes jsonb NOT NULL DEFAULT '{}',
    last_researched_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT contacts_email_check CHECK ((email IS NULL) = (email_key IS NULL))
);
CREATE INDEX contacts_company_id_idx ON contacts (company_id);
CREATE INDEX contacts_role_idx ON contacts (role) WHERE role IS NOT NULL;

CREATE TABLE relationships (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contact_id_1 uuid NOT NULL CONSTRAINT relationships_contact_id_1_fkey REFERENCES contacts ON DELETE CASCADE,
    contact_id_2 uuid NOT NULL CONSTRAINT relationships_contact_id_2_fkey REFERENCES contacts ON DELETE CASCADE,
    relationship_type text NOT NULL CONSTRAINT relationships_relationship_type_check CHECK (
        relationship_type IN (
            'colleagues', 'reports_to', 'manager_of', 'mentor_mentee', 'collaborators', 'referral', 'introduced_by'
        )
    ),
    strength text NOT NULL DEFAULT 'medium' CONSTRAINT relationships_strength_check CHECK (strength IN ('weak', 'medium', 'strong')),
    context text,
    metadata jsonb NOT NULL DEFAULT '{}',
    is_verified boolean NOT NULL DEFAULT false,
    confidence_score numeric(3, 2) NOT NULL DEFAULT 1.00
        CONSTRAINT relationships_confidence_score_check CHECK (confidence_score BETWEEN 0 AND 1),
    attributes jsonb NOT NULL DEFAULT '{}',
    discovered_at timestamptz NOT NULL DEFAULT current_moment(),
    last_verified_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT relationships_contact_id_2_check CHECK (contact_id_1 <> contact_id_2)
);
-- One edge a pair, whichever way round it was said.
CREATE UNIQUE INDEX relationships_pair_key ON relationships (least(contact_id_1, contact_id_2), greatest(contact_id_1, contact_id_2));
CREATE INDEX relationships_contact_id_1_idx ON relationships (contact_id_1);
CREATE INDEX relationships_contact_id_2_idx ON relationships (contact_id_2);

CREATE TABLE conversations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contact_id uuid NOT NULL CONSTRAINT conversations_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    company_id uuid CONSTRAINT conversations_company_id_fkey REFERENCES companies,
    status text NOT NULL DEFAULT 'active'
        CONSTRAINT conversations_status_check CHECK (status IN ('active', 'paused', 'nurturing', 'closed', 'won', 'lost')),
    qualification_tier text CONSTRAINT conversations_qualification_tier_check
        CHECK (qualification_tier IN ('scorching', 'hot', 'warm', 'cool', 'cold')),
    last_touchpoint_at timestamptz, -- kept by move_conversations() and settle_replies(), like the next four but next_touchpoint_at
    next_touchpoint_at timestamptz,
    touchpoint_count integer NOT NULL DEFAULT 0,
    last_response_at timestamptz,
    response_count integer NOT NULL DEFAULT 0,
    avg_response_time_hours numeric(12, 2),
    context jsonb NOT NULL DEFAULT '{}',
    campaign_id uuid,
    campaign_name text,
    sequence_step integer,
    outcome text,
    outcome_date timestamptz,
    outcome_notes text,
    estimated_value numeric,
    actual_value numeric,
    metadata jsonb NOT NULL DEFAULT '{}',
    attributes jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT current_moment(),
    closed_at timestamptz, -- kept by keep_closed_at()
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX conversations_contact_id_idx ON conversations (contact_id);
CREATE INDEX conversations_company_id_idx ON conversations (company_id);
CREATE INDEX conversations_followup_idx ON conversations (next_touchpoint_at) WHERE status = 'active';

CREATE TABLE touchpoints (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id uuid NOT NULL CONSTRAINT touchpoints_conversation_id_fkey REFERENCES conversations ON DELETE CASCADE,
    channel text NOT NULL DEFAULT 'email' CONSTRAINT touchpoints_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    direction text NOT NULL DEFAULT 'outbound' CONSTRAINT touchpoints_direction_check CHECK (direction IN ('outbound', 'inbound')),
    subject text,
    content text,
    response text,
    sent_at timestamptz, -- the first event of each kind, like the next six; kept by settle_touchpoints()
    delivered_at timestamptz,
    opened_at timestamptz,
    clicked_at timestamptz,
    replied_at timestamptz,
    bounced_at timestamptz,
    failed_at timestamptz,
    outcome text NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN bounced_at IS NOT NULL THEN 'bounced'
            WHEN failed_at IS NOT NULL THEN 'failed'
            WHEN replied_at IS NOT NULL THEN 'replied'
            WHEN clicked_at IS NOT NULL THEN 'clicked'
            WHEN opened_at IS NOT NULL THEN 'opened'
            WHEN delivered_at IS NOT NULL THEN 'delivered'
            WHEN sent_at IS NOT NULL THEN 'sent'
            ELSE 'scheduled'
        END
    ) STORED,
    outcome_details text,
    call_duration_seconds integer CONSTRAINT touchpoints_call_duration_seconds_check CHECK (call_duration_seconds >= 0),
    call_recording_url text,
    call_transcript text,
    call_sentiment text,
    email_thread_id text CONSTRAINT touchpoints_email_thread_id_check CHECK (octet_length(email_thread_id) <= 998),
    email_message_id text CONSTRAINT touchpoints_email_message_id_check CHECK (octet_length(email_message_id) <= 998),
    in_reply_to_id uuid CONSTRAINT touchpoints_in_reply_to_id_fkey REFERENCES touchpoints ON DELETE SET NULL
        CONSTRAINT touchpoints_in_reply_to_id_check CHECK (in_reply_to_id <> id),
    provider_id text CONSTRAINT touchpoints_provider_id_check CHECK (octet_length(provider_id) <= 998),
    metadata jsonb NOT NULL DEFAULT '{}',
    attributes jsonb NOT NULL DEFAULT '{}',
    created_by_user_id uuid,
    created_by_automation boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX touchpoints_conversation_id_idx ON touchpoints (conversation_id, sent_at);
CREATE INDEX touchpoints_replied_idx ON touchpoints (conversation_id, replied_at) WHERE replied_at IS NOT NULL;
CREATE INDEX touchpoints_in_reply_to_id_idx ON touchpoints (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX touchpoints_email_message_id_idx ON touchpoints (email_message_id) WHERE email_message_id IS NOT NULL;
CREATE INDEX touchpoints_provider_id_idx ON touchpoints (provider_id) WHERE provider_id IS NOT NULL;
