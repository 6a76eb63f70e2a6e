-- Every function carries its own search_path, so that nobody's session setting can send it elsewhere.
-- Those that query also ask for generic plans: their plans depend on no value, and planning anew for
-- each array of ids was measured to cost ten times the work itself.

-- Time has one source: the transaction's setting `accountgraph.now`, which simulation, replay and
-- tests set; else the start of the transaction.
CREATE FUNCTION current_moment() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN coalesce(nullif(current_setting('accountgraph.now', true), '')::timestamptz, now());
END
$$;
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
-- The event log: the truth behind the touchpoints' `*_at` columns and behind engagement.

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CONSTRAINT events_kind_check CHECK (
        kind IN (
            'sent', 'delivered', 'opened', 'clicked', 'replied', 'received', 'answered',
            'meeting_booked', 'meeting_held', 'meeting_missed', 'bounced', 'failed', 'complained', 'unsubscribed'
        )
    ),
    detail text CONSTRAINT events_detail_check CHECK (
        CASE kind
            WHEN 'replied' THEN detail IN ('positive', 'referral', 'question', 'other', 'not_now', 'refusal')
            WHEN 'bounced' THEN detail IN ('hard', 'soft', 'policy')
            ELSE detail IS NULL
        END
    ),
    at timestamptz NOT NULL,
    touchpoint_id uuid CONSTRAINT events_touchpoint_id_fkey REFERENCES touchpoints ON DELETE CASCADE,
    contact_id uuid CONSTRAINT events_contact_id_fkey REFERENCES contacts ON DELETE SET NULL, -- who acted
    actor text CONSTRAINT events_actor_check CHECK (actor IN ('human', 'prefetch', 'scanner', 'unverified')),
    actor_reason text,
    actor_is_given boolean NOT NULL DEFAULT false, -- said by whoever reported it: never reclassified
    url text,
    user_agent text,
    address inet,
    provider text,
    provider_account text,
    provider_event_id text,
    dedupe_key uuid NOT NULL CONSTRAINT events_dedupe_key UNIQUE,
    raw jsonb NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL DEFAULT current_moment(),
    recorded_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX events_touchpoint_id_idx ON events (touchpoint_id, kind, at);
CREATE INDEX events_contact_id_idx ON events (contact_id, at);
CREATE INDEX events_recorded_in_idx ON events (recorded_in, id);

-- What an act of a person is worth, and how fast it fades. Editable; afterwards call settle_engagement().
CREATE TABLE engagement_weights (
    kind text NOT NULL,
    detail text NOT NULL DEFAULT '',
    points double precision NOT NULL CONSTRAINT engagement_weights_points_check CHECK (points > 0),
    half_life text NOT NULL CONSTRAINT engagement_weights_half_life_check CHECK (half_life IN ('light', 'deep')),
    most_a_message integer CONSTRAINT engagement_weights_most_a_message_check CHECK (most_a_message > 0),
    PRIMARY KEY (kind, detail)
);
INSERT INTO engagement_weights (kind, detail, points, half_life, most_a_message) VALUES
('opened', '', 1, 'light', 3),
('clicked', '', 3, 'light', NULL),
('replied', 'positive', 10, 'deep', NULL),
('replied', 'referral', 8, 'deep', NULL),
('replied', 'question', 6, 'deep', NULL),
('replied', 'other', 6, 'deep', NULL),
('replied', 'not_now', 2, 'deep', NULL),
('received', '', 8, 'deep', NULL),
('answered', '', 8, 'deep', NULL),
('meeting_held', '', 20, 'deep', NULL);

-- Who follows links by machine: a part of the user agent, or a network.
CREATE TABLE known_scanners (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    user_agent_part text,
    network inet,
    CONSTRAINT known_scanners_signature_check CHECK (num_nonnulls(user_agent_part, network) = 1)
);
INSERT INTO known_scanners (name, user_agent_part) VALUES
('Barracuda', 'barracuda'), ('Mimecast', 'mimecast'), ('Proofpoint', 'proofpoint'), ('Bitdefender', 'bitdefender'),
('Trend Micro', 'trendmicro'), ('Symantec', 'symantec'), ('Cisco', 'ironport'), ('headless browser', 'headlesschrome'),
('scripted client', 'python-requests'), ('scripted client', 'curl/');
-- What stands beside the graph: foreign keys of other systems, domains, attributes, participants,
-- consents and suppressions.

CREATE TABLE external_ids (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL CONSTRAINT external_ids_source_check CHECK (length(source) BETWEEN 1 AND 500),
    entity text NOT NULL CONSTRAINT external_ids_entity_check
        CHECK (entity IN ('companies', 'contacts', 'relationships', 'conversations', 'touchpoints')),
    key text NOT NULL CONSTRAINT external_ids_key_check
        CHECK (length(key) BETWEEN 1 AND 500 AND octet_length(source) + octet_length(key) <= 2600), -- what an index entry takes
    company_id uuid CONSTRAINT external_ids_company_id_fkey REFERENCES companies ON DELETE CASCADE,
    contact_id uuid CONSTRAINT external_ids_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    relationship_id uuid CONSTRAINT external_ids_relationship_id_fkey REFERENCES relationships ON DELETE CASCADE,
    conversation_id uuid CONSTRAINT external_ids_conversation_id_fkey REFERENCES conversations ON DELETE CASCADE,
    touchpoint_id uuid CONSTRAINT external_ids_touchpoint_id_fkey REFERENCES touchpoints ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    -- The key comes first: people name a row by it and do not say whose it is.
    CONSTRAINT external_ids_source_entity_key UNIQUE (key, entity, source),
    CONSTRAINT external_ids_target_check CHECK (
        num_nonnulls(company_id, contact_id, relationship_id, conversation_id, touchpoint_id) = 1
        AND CASE entity
            WHEN 'companies' THEN company_id
            WHEN 'contacts' THEN contact_id
            WHEN 'relationships' THEN relationship_id
            WHEN 'conversations' THEN conversation_id
            WHEN 'touchpoints' THEN touchpoint_id
        END IS NOT NULL
    )
);
CREATE INDEX external_ids_company_id_idx ON external_ids (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX external_ids_contact_id_idx ON external_ids (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX external_ids_relationship_id_idx ON external_ids (relationship_id) WHERE relationship_id IS NOT NULL;
CREATE INDEX external_ids_conversation_id_idx ON external_ids (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX external_ids_touchpoint_id_idx ON external_ids (touchpoint_id) WHERE touchpoint_id IS NOT NULL;

CREATE TABLE company_domains (
    domain text PRIMARY KEY CONSTRAINT company_domains_domain_check
        CHECK (domain ~ '^[a-z0-9_-]+([.][a-z0-9_-]+)+$' AND length(domain) <= 253),
    company_id uuid NOT NULL CONSTRAINT company_domains_company_id_fkey REFERENCES companies ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX company_domains_company_id_idx ON company_domains (company_id);

-- A user's own fields, declared with a type; undeclared keys are kept as they come.
CREATE TABLE attribute_definitions (
    entity text NOT NULL CONSTRAINT attribute_definitions_entity_check
        CHECK (entity IN ('companies', 'contacts', 'relationships', 'conversations', 'touchpoints')),
    name text NOT NULL CONSTRAINT attribute_definitions_name_check CHECK (length(name) BETWEEN 1 AND 500),
    type text NOT NULL CONSTRAINT attribute_definitions_type_check CHECK (type IN ('text', 'number', 'boolean', 'date', 'list')),
    description text,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    PRIMARY KEY (entity, name)
);

CREATE TABLE conversation_participants (
    conversation_id uuid NOT NULL CONSTRAINT conversation_participants_conversation_id_fkey REFERENCES conversations ON DELETE CASCADE,
    contact_id uuid NOT NULL CONSTRAINT conversation_participants_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    joined_at timestamptz NOT NULL DEFAULT current_moment(),
    PRIMARY KEY (conversation_id, contact_id)
);
CREATE INDEX conversation_participants_contact_id_idx ON conversation_participants (contact_id);

CREATE TABLE consents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contact_id uuid NOT NULL CONSTRAINT consents_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    channel text NOT NULL CONSTRAINT consents_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    basis text NOT NULL CONSTRAINT consents_basis_check
        CHECK (basis IN ('consent', 'legitimate_interest', 'contract', 'legal_obligation')),
    wording text,
    evidence text,
    captured_at timestamptz NOT NULL DEFAULT current_moment(),
    revoked_at timestamptz,
    CONSTRAINT consents_revoked_at_check CHECK (revoked_at >= captured_at)
);
CREATE INDEX consents_contact_id_idx ON consents (contact_id, channel);

-- Whom not to write to: an address (its hash survives erasure), a domain, or a person; on one channel or all.
CREATE TABLE suppressions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    address text,
    address_hash text CONSTRAINT suppressions_address_hash_check CHECK (address_hash ~ '^[0-9a-f]{64}$'),
    domain text,
    contact_id uuid CONSTRAINT suppressions_contact_id_fkey REFERENCES contacts ON DELETE SET NULL,
    channel text NOT NULL DEFAULT 'all' CONSTRAINT suppressions_channel_check
        CHECK (channel IN ('all', 'email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    reason text NOT NULL CONSTRAINT suppressions_reason_check
        CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'objection', 'do_not_contact', 'manual')),
    note text,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT suppressions_address_check CHECK (address IS NULL OR address_hash IS NOT NULL)
);
CREATE INDEX suppressions_created_at_idx ON suppressions (created_at, id);
CREATE UNIQUE INDEX suppressions_address_key ON suppressions (address_hash, channel) WHERE address_hash IS NOT NULL;
CREATE UNIQUE INDEX suppressions_domain_key ON suppressions (domain, channel) WHERE domain IS NOT NULL;
CREATE UNIQUE INDEX suppressions_contact_key ON suppressions (contact_id, channel) WHERE contact_id IS NOT NULL;
-- Engagement by forward decay. Acts fade with a half-life of 14 days (light) or 90 (deep). For each
-- the contact keeps the logarithm of sum(points * e^(rate * days)), so that one more act is one
-- addition, in any order: Cormode et al., "Forward Decay: A Practical Time Decay Model for
-- Streaming Systems", ICDE 2009.

CREATE FUNCTION decay_rate(half_life text) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN ln(2::double precision) / CASE half_life WHEN 'light' THEN 14 ELSE 90 END;
END
$$;

-- ln(e^a + e^b), where NULL stands for the logarithm of nothing.
CREATE FUNCTION log_add(a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE
        WHEN a IS NULL THEN b
        WHEN b IS NULL THEN a
        ELSE greatest(a, b) + ln(1 + exp(greatest(-abs(a - b), -700)))
    END;
END
$$;

-- The logarithm of an act's undecayed weight: what it adds to its contact's sum.
CREATE FUNCTION log_weight(points double precision, half_life text, at timestamptz) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN ln(points) + decay_rate(half_life) * extract(EPOCH FROM at)::double precision / 86400;
END
$$;

-- The score at a moment, 0-100: 15 points are 63, 45 points 95. The half-lives are those of
-- decay_rate(), written out, since every contact of every answer comes through here. Logarithms are
-- held within what a double can take: an event of another century is a wrong date, not an error.
CREATE FUNCTION engagement_score(light double precision, deep double precision, at timestamptz) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    days constant double precision := extract(EPOCH FROM at) / 86400;
    points double precision := 0;
BEGIN
    IF light IS NOT NULL THEN
        points := exp(least(greatest(light - ln(2::double precision) / 14 * days, -700), 700));
    END IF;
    IF deep IS NOT NULL THEN
        points := points + exp(least(greatest(deep - ln(2::double precision) / 90 * days, -700), 700));
    END IF;
    RETURN round(100 * (1 - exp(greatest(-points / 15, -700))));
END
$$;

-- What people did: one row an act, with the logarithm of its undecayed weight where it scores.
CREATE VIEW scored_acts WITH (security_invoker = true) AS
SELECT
    e.id,
    e.contact_id,
    e.touchpoint_id,
    e.kind,
    e.at,
    w.half_life,
    w.most_a_message,
    log_weight(w.points, w.half_life, e.at) AS log_weight
FROM events AS e
LEFT JOIN engagement_weights AS w ON e.kind = w.kind AND coalesce(e.detail, '') = w.detail
WHERE e.actor = 'human';

-- What acts add up to, per contact: the logarithms of both sums, taken relative to the largest so
-- that nothing overflows, and the time of the last.
CREATE FUNCTION sum_acts(acts bigint[]) RETURNS TABLE (
    contact_id uuid, light double precision, deep double precision, last_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT s.contact_id,
        max(s.peak) FILTER (WHERE s.half_life = 'light') + ln(sum(s.part) FILTER (WHERE s.half_life = 'light')),
        max(s.peak) FILTER (WHERE s.half_life = 'deep') + ln(sum(s.part) FILTER (WHERE s.half_life = 'deep')),
        max(s.at)
    FROM (
        SELECT p.contact_id, p.half_life, p.at, p.peak, exp(greatest(p.log_weight - p.peak, -700)) AS part
        FROM (
            SELECT a.contact_id, a.half_life, a.at, a.log_weight,
                max(a.log_weight) OVER (PARTITION BY a.contact_id, a.half_life) AS peak
            FROM scored_acts AS a
            WHERE a.id = ANY (acts) AND a.contact_id IS NOT NULL
        ) AS p
    ) AS s
    GROUP BY s.contact_id;
END
$$;

-- The engagement state of contacts from their events up to `as_of`: what the columns must be. The
-- parts are put together by grouping, for a join of two functions' rows is quadratic in them.
CREATE FUNCTION engagement_from_events(ids uuid[], as_of timestamptz DEFAULT 'infinity')
RETURNS TABLE (
    contact_id uuid, light double precision, deep double precision, excluded text, last_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH numbered AS (
        SELECT a.id, a.touchpoint_id, a.most_a_message,
            row_number() OVER (PARTITION BY a.contact_id, a.touchpoint_id, a.kind ORDER BY a.at, a.id) AS nth
        FROM scored_acts AS a
        WHERE a.contact_id = ANY (ids) AND a.at <= as_of
    ),
    acts AS (
        SELECT e.contact_id,
            CASE
                WHEN bool_or(e.kind = 'complained') THEN 'complained'
                WHEN bool_or(e.kind = 'unsubscribed' AND e.actor IS DISTINCT FROM 'scanner') THEN 'unsubscribed'
                WHEN bool_or(e.kind = 'bounced' AND e.detail = 'hard') THEN 'bounced'
                WHEN bool_or(e.kind = 'replied' AND e.detail = 'refusal' AND e.actor = 'human') THEN 'refused'
            END AS excluded,
            max(e.at) FILTER (WHERE e.actor = 'human') AS last_at
        FROM events AS e
        WHERE e.contact_id = ANY (ids) AND e.at <= as_of
        GROUP BY e.contact_id
    ),
    parts AS (
        SELECT u.id, NULL::double precision AS light, NULL::double precision AS deep, NULL AS excluded, NULL::timestamptz AS last_at
        FROM unnest(ids) AS u (id)
        UNION ALL
        SELECT a.contact_id, NULL, NULL, a.excluded, a.last_at FROM acts AS a
        UNION ALL
        SELECT s.contact_id, s.light, s.deep, NULL, NULL
        FROM sum_acts(ARRAY(
            SELECT n.id FROM numbered AS n
            WHERE n.most_a_message IS NULL OR n.touchpoint_id IS NULL OR n.nth <= n.most_a_message
        )) AS s
    )
    SELECT p.id, max(p.light), max(p.deep), max(p.excluded), max(p.last_at) FROM parts AS p GROUP BY p.id;
END
$$;

-- Write the engagement state of contacts anew from their events. A newly found exclusion ends an
-- active status; one that a person has lifted by hand stays lifted.
CREATE FUNCTION settle_engagement(ids uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE contacts AS c SET
        engagement_light = f.light,
        engagement_deep = f.deep,
        engagement_score = engagement_score(f.light, f.deep, f.last_at),
        engagement_excluded = f.excluded,
        last_engaged_at = f.last_at,
        status = CASE
            WHEN c.status <> 'active' OR f.excluded IS NOT DISTINCT FROM c.engagement_excluded THEN c.status
            WHEN f.excluded = 'bounced' THEN 'bounced'
            WHEN f.excluded IN ('unsubscribed', 'complained') THEN 'unsubscribed'
            ELSE c.status
        END
    FROM engagement_from_events(ids) AS f
    WHERE c.id = f.contact_id
        AND (c.engagement_light, c.engagement_deep, c.engagement_excluded, c.last_engaged_at)
        IS DISTINCT FROM (f.light, f.deep, f.excluded, f.last_at);
END
$$;

-- Add new acts to the engagement state of their contacts: one addition an act, in any order.
CREATE FUNCTION add_engagement(new_events bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE contacts AS c SET
        engagement_light = log_add(c.engagement_light, a.light),
        engagement_deep = log_add(c.engagement_deep, a.deep),
        engagement_score = engagement_score(
            log_add(c.engagement_light, a.light), log_add(c.engagement_deep, a.deep), greatest(c.last_engaged_at, a.last_at)
        ),
        last_engaged_at = greatest(c.last_engaged_at, a.last_at)
    FROM sum_acts(new_events) AS a
    WHERE c.id = a.contact_id;
END
$$;

-- Add one human act, whose contact is locked, to the engagement state.
CREATE FUNCTION add_act(act events) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    weight record;
    person record;
BEGIN
    SELECT w.half_life, log_weight(w.points, w.half_life, act.at) AS log_weight INTO weight
    FROM engagement_weights AS w WHERE w.kind = act.kind AND w.detail = coalesce(act.detail, '');
    SELECT c.engagement_light AS light, c.engagement_deep AS deep, greatest(c.last_engaged_at, act.at) AS last_at INTO person
    FROM contacts AS c WHERE c.id = act.contact_id;
    IF weight.half_life = 'light' THEN
        person.light := log_add(person.light, weight.log_weight);
    ELSIF weight.half_life = 'deep' THEN
        person.deep := log_add(person.deep, weight.log_weight);
    END IF;
    UPDATE contacts AS c SET
        engagement_light = person.light,
        engagement_deep = person.deep,
        engagement_score = engagement_score(person.light, person.deep, person.last_at),
        last_engaged_at = person.last_at
    WHERE c.id = act.contact_id;
END
$$;
-- What an event does: who acted, the first time of each kind, and the replies of a conversation.

-- Lock what events of these touchpoints and contacts will change, in the lock order: conversation,
-- contact, touchpoint; ascending id within each. An open or a click leaves the conversation alone.
-- `talks` are conversations that change besides. Whoever changes several things locks all of them first.
CREATE FUNCTION lock_for_events(
    touched uuid[], actors uuid[], with_conversations boolean DEFAULT true, talks uuid[] DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    people uuid[] := actors || ARRAY(
        SELECT DISTINCT e.contact_id FROM events AS e WHERE e.touchpoint_id = ANY (touched) AND e.contact_id IS NOT NULL
    );
BEGIN
    IF with_conversations THEN
        talks := talks || ARRAY(SELECT DISTINCT t.conversation_id FROM touchpoints AS t WHERE t.id = ANY (touched));
        people := people || ARRAY(SELECT v.contact_id FROM conversations AS v WHERE v.id = ANY (talks));
        PERFORM FROM conversations AS v WHERE v.id = ANY (talks) ORDER BY v.id FOR NO KEY UPDATE;
    END IF;
    PERFORM FROM contacts AS c WHERE c.id = ANY (people) ORDER BY c.id FOR NO KEY UPDATE;
    PERFORM FROM touchpoints AS t WHERE t.id = ANY (touched) ORDER BY t.id FOR NO KEY UPDATE;
END
$$;

-- The kind of event behind a touchpoint's `sent_at`: what comes in and answers nothing is an act of its own;
-- an answer's act is the `replied` of what it answers.
CREATE FUNCTION sending_kind(direction text, in_reply_to_id uuid) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE WHEN direction = 'inbound' AND in_reply_to_id IS NULL THEN 'received' ELSE 'sent' END;
END
$$;

-- The known tool that a user agent or an address belongs to, or NULL.
CREATE FUNCTION known_scanner(agent text, source inet) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN (
        SELECT k.name FROM known_scanners AS k
        WHERE strpos(lower(agent), k.user_agent_part) > 0 OR source <<= k.network
        ORDER BY k.id LIMIT 1
    );
END
$$;

-- How long after a message left, or arrived where that is known, something was done with it.
CREATE FUNCTION delay_of(at timestamptz, sent_at timestamptz, delivered_at timestamptz) RETURNS interval
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN least(CASE WHEN at >= delivered_at THEN at - delivered_at END, at - sent_at);
END
$$;

-- Who opened or clicked, as far as one event tells:
--   an open up to 2 s after the send or the delivery was prefetched by a mail privacy service;
--   a click up to 60 s after, every link at once, or a known tool is a scanner;
--   a click up to 10 minutes after is unverified until a human act follows.
CREATE FUNCTION judge_act(kind text, delay interval, tool text, is_every_link boolean, OUT actor text, OUT reason text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    actor := 'human';
    IF tool IS NOT NULL THEN
        actor := 'scanner';
        reason := 'known tool: ' || tool;
    ELSIF kind = 'opened' THEN
        IF delay <= interval '2 seconds' THEN
            actor := 'prefetch';
            reason := 'opened within 2 s of sending or delivery';
        END IF;
    ELSIF delay <= interval '60 seconds' THEN
        actor := 'scanner';
        reason := 'clicked within 60 s of sending or delivery';
    ELSIF is_every_link THEN
        actor := 'scanner';
        reason := 'every link at once';
    ELSIF delay <= interval '10 minutes' THEN
        actor := 'unverified';
        reason := 'clicked within 10 minutes, no human act since';
    END IF;
END
$$;

-- Who opened and clicked, judged by all events of a message.
CREATE FUNCTION classify_events(touched uuid[])
RETURNS TABLE (id bigint, contact_id uuid, actor text, actor_reason text, is_changed boolean)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH acts AS (
        SELECT e.id, e.contact_id, e.touchpoint_id, e.kind, e.at, e.actor, e.actor_is_given, e.actor_reason, e.user_agent, e.address,
            delay_of(e.at, t.sent_at, t.delivered_at) AS delay,
            greatest(2, CASE WHEN jsonb_typeof(t.metadata -> 'links') = 'array' THEN jsonb_array_length(t.metadata -> 'links') END)
                AS links
        FROM events AS e
        INNER JOIN touchpoints AS t ON t.id = e.touchpoint_id
        WHERE e.touchpoint_id = ANY (touched) AND e.actor IS NOT NULL
    ),
    judged AS (
        SELECT a.*, coalesce(j.actor, a.actor) AS verdict, CASE WHEN j.actor IS NULL THEN a.actor_reason ELSE j.reason END AS reason
        FROM acts AS a
        LEFT JOIN LATERAL (
            SELECT count(DISTINCT o.url) AS burst FROM events AS o
            WHERE o.touchpoint_id = a.touchpoint_id AND o.kind = 'clicked'
                AND o.at BETWEEN a.at - interval '2 seconds' AND a.at + interval '2 seconds'
        ) AS b ON a.kind = 'clicked'
        LEFT JOIN LATERAL judge_act(
            a.kind, a.delay,
            CASE WHEN a.user_agent IS NOT NULL OR a.address IS NOT NULL THEN known_scanner(a.user_agent, a.address) END,
            b.burst >= a.links
        ) AS j ON NOT a.actor_is_given AND a.kind IN ('opened', 'clicked')
    ),
    followed AS (
        SELECT j.*, j.verdict = 'unverified' AND NOT j.actor_is_given AND j.at < max(j.at) FILTER (WHERE j.verdict = 'human')
            OVER (PARTITION BY j.touchpoint_id) AS is_confirmed
        FROM judged AS j
    )
    SELECT f.id, f.contact_id, v.verdict, v.reason, (f.actor, f.actor_reason) IS DISTINCT FROM (v.verdict, v.reason)
    FROM followed AS f
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN f.is_confirmed THEN 'human' ELSE f.verdict END AS verdict,
            CASE WHEN f.is_confirmed THEN 'a human act followed' ELSE f.reason END AS reason
    ) AS v
    WHERE f.kind IN ('opened', 'clicked');
END
$$;

-- Judge the opens and clicks of these messages again; gives back the contacts whose known events
-- (up to `known`) changed.
CREATE FUNCTION reclassify_events(touched uuid[], known bigint) RETURNS uuid[]
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids bigint[];
    actors text[];
    reasons text[];
    people uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM events AS e WHERE e.touchpoint_id = ANY (touched) AND e.kind IN ('opened', 'clicked')) THEN
        RETURN '{}';
    END IF;
    SELECT array_agg(c.id), array_agg(c.actor), array_agg(c.actor_reason), array_agg(c.contact_id) FILTER (WHERE c.id <= known)
    INTO ids, actors, reasons, people
    FROM classify_events(touched) AS c
    WHERE c.is_changed;
    IF ids IS NOT NULL THEN
        UPDATE events AS e SET actor = c.actor, actor_reason = c.reason
        FROM unnest(ids, actors, reasons) AS c (id, actor, reason)
        WHERE e.id = c.id;
    END IF;
    RETURN coalesce(people, '{}');
END
$$;

-- The messages that have more events of a kind than score, and the kind.
CREATE FUNCTION over_cap(touched uuid[]) RETURNS TABLE (id uuid, kind text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT e.touchpoint_id, e.kind
    FROM events AS e INNER JOIN engagement_weights AS w ON w.kind = e.kind AND w.most_a_message IS NOT NULL
    WHERE e.touchpoint_id = ANY (touched)
    GROUP BY e.touchpoint_id, e.kind, w.most_a_message
    HAVING count(*) > w.most_a_message;
END
$$;

-- Apply one new event where that asks for nothing but itself: an open, a click or a delivery that
-- says nothing new about older events. False, and nothing done, for any other.
CREATE FUNCTION apply_ordinary_event(act events) RETURNS boolean
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    message record;
    verdict record;
BEGIN
    IF act.kind NOT IN ('opened', 'clicked', 'delivered') OR act.touchpoint_id IS NULL OR act.actor_is_given THEN
        RETURN false;
    END IF;
    -- Looked at before anything is locked: what is not ordinary is locked as a whole, in order.
    SELECT t.clicked_at, t.opened_at, coalesce(act.contact_id, v.contact_id) AS person INTO message
    FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
    WHERE t.id = act.touchpoint_id;
    IF message.clicked_at IS NOT NULL OR act.kind = 'delivered' AND message.opened_at IS NOT NULL
        OR EXISTS (SELECT FROM events AS e WHERE e.touchpoint_id = act.touchpoint_id AND e.contact_id <> message.person) THEN
        RETURN false;
    END IF;
    PERFORM FROM contacts AS c WHERE c.id = message.person FOR NO KEY UPDATE;
    SELECT t.sent_at, t.delivered_at, t.opened_at, t.clicked_at INTO message
    FROM touchpoints AS t WHERE t.id = act.touchpoint_id FOR NO KEY UPDATE;
    IF message.clicked_at IS NOT NULL OR act.kind = 'delivered' AND message.opened_at IS NOT NULL THEN
        RETURN false;
    END IF;
    IF act.kind <> 'delivered' THEN
        verdict := judge_act(
            act.kind, delay_of(act.at, message.sent_at, message.delivered_at),
            CASE WHEN act.user_agent IS NOT NULL OR act.address IS NOT NULL THEN known_scanner(act.user_agent, act.address) END, false
        );
        IF verdict.actor = 'unverified' OR message.opened_at IS NOT NULL AND EXISTS (SELECT FROM over_cap(ARRAY[act.touchpoint_id])) THEN
            RETURN false;
        ELSIF verdict.actor = 'human' THEN
            PERFORM add_act(act);
        ELSE
            UPDATE events AS e SET actor = verdict.actor, actor_reason = verdict.reason WHERE e.id = act.id;
        END IF;
    END IF;
    UPDATE touchpoints AS t SET
        delivered_at = CASE WHEN act.kind = 'delivered' THEN least(t.delivered_at, act.at) ELSE t.delivered_at END,
        opened_at = CASE WHEN act.kind = 'opened' THEN least(t.opened_at, act.at) ELSE t.opened_at END,
        clicked_at = CASE WHEN act.kind = 'clicked' THEN act.at ELSE t.clicked_at END
    WHERE t.id = act.touchpoint_id
        AND act.at < coalesce(
            CASE act.kind WHEN 'delivered' THEN t.delivered_at WHEN 'opened' THEN t.opened_at ELSE t.clicked_at END, 'infinity'
        );
    RETURN true;
END
$$;

-- The first time of each kind of event of these messages.
CREATE FUNCTION first_times(touched uuid[]) RETURNS TABLE (
    id uuid, sent_at timestamptz, delivered_at timestamptz, opened_at timestamptz, clicked_at timestamptz,
    replied_at timestamptz, bounced_at timestamptz, failed_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT u.id,
        min(e.at) FILTER (WHERE e.kind IN ('sent', 'received')),
        min(e.at) FILTER (WHERE e.kind = 'delivered'),
        min(e.at) FILTER (WHERE e.kind = 'opened'),
        min(e.at) FILTER (WHERE e.kind = 'clicked'),
        min(e.at) FILTER (WHERE e.kind = 'replied'),
        min(e.at) FILTER (WHERE e.kind = 'bounced' AND e.detail <> 'soft'),
        min(e.at) FILTER (WHERE e.kind = 'failed')
    FROM unnest(touched) AS u (id) LEFT JOIN events AS e ON e.touchpoint_id = u.id
    GROUP BY u.id;
END
$$;

CREATE FUNCTION settle_touchpoints(touched uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE touchpoints AS t SET
        sent_at = f.sent_at,
        delivered_at = f.delivered_at,
        opened_at = f.opened_at,
        clicked_at = f.clicked_at,
        replied_at = f.replied_at,
        bounced_at = f.bounced_at,
        failed_at = f.failed_at
    FROM first_times(touched) AS f
    WHERE t.id = f.id
        AND (t.sent_at, t.delivered_at, t.opened_at, t.clicked_at, t.replied_at, t.bounced_at, t.failed_at)
        IS DISTINCT FROM (f.sent_at, f.delivered_at, f.opened_at, f.clicked_at, f.replied_at, f.bounced_at, f.failed_at);
END
$$;

-- The answered messages of conversations: how many, the last answer, and the mean hours until the first.
CREATE FUNCTION replies_of(talks uuid[]) RETURNS TABLE (id uuid, responses integer, last_at timestamptz, hours numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT u.id, count(t.id)::integer,
        max((SELECT max(e.at) FROM events AS e WHERE e.touchpoint_id = t.id AND e.kind = 'replied')),
        round(avg(greatest(extract(EPOCH FROM t.replied_at - t.sent_at), 0)) FILTER (WHERE t.sent_at IS NOT NULL) / 3600, 2)
    FROM unnest(talks) AS u (id)
    LEFT JOIN touchpoints AS t ON t.conversation_id = u.id AND t.replied_at IS NOT NULL
    GROUP BY u.id;
END
$$;

CREATE FUNCTION settle_replies(talks uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE conversations AS v SET response_count = r.responses, last_response_at = r.last_at, avg_response_time_hours = r.hours
    FROM replies_of(talks) AS r
    WHERE v.id = r.id
        AND (v.response_count, v.last_response_at, v.avg_response_time_hours) IS DISTINCT FROM (r.responses, r.last_at, r.hours);
END
$$;

-- One inbound message is one reply to what it answers, also where somebody had recorded that reply
-- by hand before the message came in.
CREATE FUNCTION pair_replies(inbound uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    parents constant uuid[] := ARRAY(SELECT DISTINCT t.in_reply_to_id FROM touchpoints AS t WHERE t.id = ANY (inbound));
BEGIN
    PERFORM lock_for_events(parents, '{}');
    UPDATE events AS e SET kind = 'sent', actor = NULL WHERE e.touchpoint_id = ANY (inbound) AND e.kind = 'received';
    UPDATE events AS e SET dedupe_key = a.key, at = least(e.at, a.sent_at)
    FROM (
        SELECT DISTINCT ON (t.in_reply_to_id) t.in_reply_to_id, t.sent_at,
            reply_key(t.in_reply_to_id, coalesce(t.email_message_id, t.id::text)) AS key
        FROM touchpoints AS t
        WHERE t.id = ANY (inbound)
        ORDER BY t.in_reply_to_id, t.sent_at, t.id
    ) AS a
    WHERE e.dedupe_key = reply_key(a.in_reply_to_id, NULL) AND NOT EXISTS (SELECT FROM events AS d WHERE d.dedupe_key = a.key);
    INSERT INTO events (kind, detail, at, touchpoint_id, contact_id, dedupe_key, raw)
    SELECT 'replied', 'other', t.sent_at, t.in_reply_to_id, v.contact_id,
        reply_key(t.in_reply_to_id, coalesce(t.email_message_id, t.id::text)), jsonb_build_object('touchpoint_id', t.id)
    FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
    WHERE t.id = ANY (inbound) AND t.sent_at IS NOT NULL
    ON CONFLICT (dedupe_key) DO NOTHING;
    PERFORM settle_events(parents || inbound);
END
$$;

-- What identifies a reply: what it answers and its message id; NULL where it was recorded by hand.
CREATE FUNCTION reply_key(touchpoint_id uuid, message_id text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN md5('reply' || touchpoint_id::text || coalesce(':' || message_id, ''))::uuid;
END
$$;

-- Recompute everything that stands on the events of these messages.
CREATE FUNCTION settle_events(touched uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM settle_touchpoints(touched);
    PERFORM reclassify_events(touched, 0);
    PERFORM settle_replies(ARRAY(SELECT DISTINCT t.conversation_id FROM touchpoints AS t WHERE t.id = ANY (touched)));
    PERFORM settle_engagement(
        ARRAY(
            SELECT DISTINCT e.contact_id FROM events AS e WHERE e.touchpoint_id = ANY (touched) AND e.contact_id IS NOT NULL
        )
    );
END
$$;
-- Record events, in one go; gives how many were new. A reply is the same by its `message_id` (else the
-- provider's id of it): one that was recorded by hand before is that very reply, and one recorded by
-- hand after is none. A reply may bring its text as `response`.
CREATE FUNCTION record_events(happened jsonb) RETURNS bigint
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    answered constant uuid[] := ARRAY(
        SELECT DISTINCT (j.event ->> 'touchpoint_id')::uuid FROM jsonb_array_elements(happened) AS j (event)
        WHERE j.event ->> 'kind' = 'replied'
    );
    added bigint;
BEGIN
    IF cardinality(answered) > 0 THEN
        PERFORM lock_for_events(
            ARRAY(SELECT DISTINCT (j.event ->> 'touchpoint_id')::uuid FROM jsonb_array_elements(happened) AS j (event)),
            ARRAY(
                SELECT DISTINCT (j.event ->> 'contact_id')::uuid FROM jsonb_array_elements(happened) AS j (event)
                WHERE j.event ->> 'contact_id' IS NOT NULL
            )
        );
        PERFORM prepare_replies(happened, answered);
    END IF;
    INSERT INTO events (
        kind, detail, at, touchpoint_id, contact_id, actor, actor_reason, url, user_agent, address,
        provider, provider_account, provider_event_id, dedupe_key, raw
    )
    SELECT g.kind, g.detail, coalesce(g.at, current_moment()), g.touchpoint_id, g.contact_id, g.actor, g.actor_reason, g.url,
        g.user_agent, g.address, g.provider, g.provider_account, g.provider_event_id,
        CASE WHEN g.kind = 'replied' THEN reply_key(g.touchpoint_id, coalesce(g.message_id, g.provider_event_id)) END,
        coalesce(g.raw, '{}')
    FROM jsonb_to_recordset(happened) AS g (
        kind text, detail text, at timestamptz, touchpoint_id uuid, contact_id uuid, actor text, actor_reason text, url text,
        user_agent text, address inet, provider text, provider_account text, provider_event_id text, message_id text, raw jsonb
    )
    -- A reply with an id goes first, so that one by hand in the same batch finds it.
    WHERE g.kind <> 'replied' OR coalesce(g.message_id, g.provider_event_id) IS NOT NULL
    ON CONFLICT (dedupe_key) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF cardinality(answered) > 0 THEN
        added := added + record_replies_by_hand(happened);
    END IF;
    RETURN added;
END
$$;

-- Before replies are recorded, and after what they change was locked: those that were recorded by hand get the id that is known now, and the
-- messages their answers' text.
CREATE FUNCTION prepare_replies(happened jsonb, answered uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF EXISTS (SELECT FROM events AS e WHERE e.dedupe_key IN (SELECT reply_key(u.id, NULL) FROM unnest(answered) AS u (id))) THEN
        UPDATE events AS e SET dedupe_key = n.key
        FROM (
            SELECT DISTINCT ON (k.touchpoint_id) k.touchpoint_id, k.key
            FROM (
                SELECT g.touchpoint_id, g.at, reply_key(g.touchpoint_id, coalesce(g.message_id, g.provider_event_id)) AS key
                FROM jsonb_to_recordset(happened) AS g (
                    kind text, touchpoint_id uuid, at timestamptz, message_id text, provider_event_id text
                )
                WHERE g.kind = 'replied' AND coalesce(g.message_id, g.provider_event_id) IS NOT NULL
            ) AS k
            WHERE NOT EXISTS (SELECT FROM events AS d WHERE d.dedupe_key = k.key)
            ORDER BY k.touchpoint_id, k.at, k.key
        ) AS n
        WHERE e.dedupe_key = reply_key(n.touchpoint_id, NULL);
    END IF;
    IF happened @? '$[*] ? (@.kind == "replied" && @.response != null)' THEN
        UPDATE touchpoints AS t SET response = r.response
        FROM (
            SELECT DISTINCT ON (g.touchpoint_id) g.touchpoint_id, g.response
            FROM jsonb_to_recordset(happened) AS g (kind text, touchpoint_id uuid, at timestamptz, response text)
            WHERE g.kind = 'replied' AND g.response IS NOT NULL
            ORDER BY g.touchpoint_id, g.at
        ) AS r
        WHERE t.id = r.touchpoint_id AND t.response IS NULL;
    END IF;
END
$$;

-- The replies that nobody gave an id: each message that is not answered yet is answered once.
CREATE FUNCTION record_replies_by_hand(happened jsonb) RETURNS bigint
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO events (kind, detail, at, touchpoint_id, contact_id, actor, actor_reason, url, user_agent, address,
        provider, provider_account, dedupe_key, raw)
    SELECT 'replied', g.detail, coalesce(g.at, current_moment()), g.touchpoint_id, g.contact_id, g.actor, g.actor_reason, g.url,
        g.user_agent, g.address, g.provider, g.provider_account, reply_key(g.touchpoint_id, NULL), coalesce(g.raw, '{}')
    FROM jsonb_to_recordset(happened) AS g (
        kind text, detail text, at timestamptz, touchpoint_id uuid, contact_id uuid, actor text, actor_reason text, url text,
        user_agent text, address inet, provider text, provider_account text, provider_event_id text, message_id text, raw jsonb
    )
    WHERE g.kind = 'replied' AND coalesce(g.message_id, g.provider_event_id) IS NULL
        AND NOT EXISTS (SELECT FROM events AS e WHERE e.touchpoint_id = g.touchpoint_id AND e.kind = 'replied')
    ON CONFLICT (dedupe_key) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END
$$;

-- Record one event and give back its touchpoint as it is then; no row where there is no such touchpoint.
CREATE FUNCTION record_event(event jsonb) RETURNS SETOF touchpoints
LANGUAGE plpgsql ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF EXISTS (SELECT FROM touchpoints AS t WHERE t.id = (event ->> 'touchpoint_id')::uuid) THEN
        PERFORM record_events(jsonb_build_array(event));
        RETURN QUERY SELECT t.* FROM touchpoints AS t WHERE t.id = (event ->> 'touchpoint_id')::uuid;
    END IF;
END
$$;
-- What one row needs before it is written.

CREATE FUNCTION touch() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    NEW.updated_at := current_moment();
    RETURN NEW;
END
$$;

CREATE TRIGGER touch BEFORE UPDATE ON companies FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON relationships FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON touchpoints FOR EACH ROW EXECUTE FUNCTION touch();

-- A conversation is closed when its status says so, and open again when it does not.
CREATE FUNCTION keep_closed_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    NEW.closed_at := CASE WHEN NEW.status IN ('closed', 'won', 'lost') THEN coalesce(NEW.closed_at, current_moment()) END;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_closed_at BEFORE INSERT OR UPDATE OF status, closed_at ON conversations
FOR EACH ROW EXECUTE FUNCTION keep_closed_at();

-- An event knows who acted (the conversation's contact, unless it says otherwise) and what makes it
-- the same event when it is reported again: the provider's id, else message, kind, time and URL.
CREATE FUNCTION complete_event() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF NEW.kind = 'replied' THEN
        NEW.detail := coalesce(NEW.detail, 'other');
    ELSIF NEW.kind = 'bounced' THEN
        NEW.detail := coalesce(NEW.detail, 'hard');
    END IF;
    IF NEW.contact_id IS NULL AND NEW.kind NOT IN ('sent', 'delivered', 'failed') THEN
        SELECT v.contact_id INTO NEW.contact_id
        FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
        WHERE t.id = NEW.touchpoint_id;
    END IF;
    NEW.actor_is_given := NEW.actor IS NOT NULL;
    IF NEW.kind IN ('sent', 'delivered', 'bounced', 'failed', 'meeting_missed') THEN
        NEW.actor := NULL;
    ELSE
        NEW.actor := coalesce(NEW.actor, 'human');
    END IF;
    NEW.dedupe_key := coalesce(NEW.dedupe_key, CASE
        WHEN NEW.provider_event_id IS NOT NULL
            THEN md5(format('%L %L %L', NEW.provider, NEW.provider_account, NEW.provider_event_id))::uuid
        ELSE md5(format('%L %L %L %L', coalesce(NEW.touchpoint_id, NEW.contact_id), NEW.kind, extract(EPOCH FROM NEW.at), NEW.url))::uuid
    END);
    RETURN NEW;
END
$$;

CREATE TRIGGER complete_event BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION complete_event();
-- Statement-level triggers of companies, contacts and conversations: counts and domains. Each locks
-- the parents in id order before it changes them. What a statement changed is found by grouping, for a
-- plan that joins old and new rows may be the nested loop made for a connection's first, small one.

CREATE FUNCTION move_contact_counts(ids uuid[], changes bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM companies AS c WHERE c.id = ANY (ids) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE companies AS c SET total_contacts = c.total_contacts + m.change
    FROM unnest(ids, changes) AS m (id, change)
    WHERE c.id = m.id;
END
$$;

CREATE FUNCTION count_contacts() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
    changes bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (SELECT n.company_id AS id, count(*) AS change FROM new_rows AS n WHERE n.company_id IS NOT NULL GROUP BY 1) AS m;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (SELECT o.company_id AS id, -count(*) AS change FROM old_rows AS o WHERE o.company_id IS NOT NULL GROUP BY 1) AS m;
    ELSE
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT d.id, sum(d.change)::bigint AS change
            FROM (
                SELECT n.company_id AS id, 1 AS change FROM new_rows AS n
                UNION ALL
                SELECT o.company_id, -1 FROM old_rows AS o
            ) AS d
            WHERE d.id IS NOT NULL
            GROUP BY d.id HAVING sum(d.change) <> 0
        ) AS m;
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM move_contact_counts(ids, changes);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();
CREATE TRIGGER count_updated AFTER UPDATE ON contacts
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();
CREATE TRIGGER count_deleted AFTER DELETE ON contacts
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();

CREATE FUNCTION move_conversation_counts(ids uuid[], changes bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM companies AS c WHERE c.id = ANY (ids) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE companies AS c SET active_conversations = c.active_conversations + m.change
    FROM unnest(ids, changes) AS m (id, change)
    WHERE c.id = m.id;
END
$$;

-- What a contact's touchpoints add up to, for the rare moves that a difference cannot tell.
CREATE FUNCTION settle_contact_touchpoints(people uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM contacts AS c WHERE c.id = ANY (people) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE contacts AS c SET total_touchpoints = s.total
    FROM (
        SELECT u.id, count(t.id)::integer AS total
        FROM unnest(people) AS u (id)
        LEFT JOIN conversations AS v ON v.contact_id = u.id
        LEFT JOIN touchpoints AS t ON t.conversation_id = v.id AND t.sent_at IS NOT NULL
        GROUP BY u.id
    ) AS s
    WHERE c.id = s.id AND c.total_touchpoints <> s.total;
END
$$;

CREATE FUNCTION count_conversations() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
    changes bigint[];
    people uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT n.company_id AS id, count(*) AS change FROM new_rows AS n
            WHERE n.company_id IS NOT NULL AND n.status = 'active' GROUP BY 1
        ) AS m;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT o.company_id AS id, -count(*) AS change FROM old_rows AS o
            WHERE o.company_id IS NOT NULL AND o.status = 'active' GROUP BY 1
        ) AS m;
        people := ARRAY(SELECT DISTINCT o.contact_id FROM old_rows AS o WHERE o.touchpoint_count > 0);
    ELSE
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT d.id, sum(d.change)::bigint AS change
            FROM (
                SELECT n.company_id AS id, 1 AS change FROM new_rows AS n WHERE n.status = 'active'
                UNION ALL
                SELECT o.company_id, -1 FROM old_rows AS o WHERE o.status = 'active'
            ) AS d
            WHERE d.id IS NOT NULL
            GROUP BY d.id HAVING sum(d.change) <> 0
        ) AS m;
        people := ARRAY(
            SELECT m.contact_id
            FROM (
                SELECT n.id, n.contact_id, 1 AS change FROM new_rows AS n
                UNION ALL
                SELECT o.id, o.contact_id, -1 FROM old_rows AS o
            ) AS m
            GROUP BY m.id, m.contact_id HAVING sum(m.change) <> 0
        );
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM move_conversation_counts(ids, changes);
    END IF;
    IF cardinality(people) > 0 THEN
        PERFORM settle_contact_touchpoints(people);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON conversations
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_conversations();
CREATE TRIGGER count_updated AFTER UPDATE ON conversations
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_conversations();
CREATE TRIGGER count_deleted AFTER DELETE ON conversations
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_conversations();

-- A company's main domain is one of its domains; a domain belongs to one company.
CREATE FUNCTION keep_domains() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    taken text;
BEGIN
    INSERT INTO company_domains (domain, company_id)
    SELECT n.domain, n.id FROM new_rows AS n WHERE n.domain IS NOT NULL ORDER BY n.domain
    ON CONFLICT (domain) DO NOTHING;
    SELECT n.domain INTO taken
    FROM new_rows AS n INNER JOIN company_domains AS d ON d.domain = n.domain AND d.company_id <> n.id
    LIMIT 1;
    IF taken IS NOT NULL THEN
        RAISE unique_violation USING
            MESSAGE = format('domain %s belongs to another company', taken),
            TABLE = 'companies', CONSTRAINT = 'companies_domain_key';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_inserted_domains AFTER INSERT ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_domains();
CREATE TRIGGER keep_updated_domains AFTER UPDATE ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_domains();
-- Statement-level triggers of touchpoints and events. A touchpoint that was sent or received moves
-- its conversation and its contact; an event moves all three. What a statement changed is found by
-- grouping and EXCEPT, for a plan that joins old and new rows may be the nested loop that was made
-- for the first, small statement of a connection.

-- Add to the counts of conversations and their contacts. The last time is looked up, not guessed:
-- the index answers it in one probe, and it stays right when a time moves back.
CREATE FUNCTION move_conversations(talks uuid[], changes bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    people constant uuid[] := ARRAY(SELECT DISTINCT v.contact_id FROM conversations AS v WHERE v.id = ANY (talks));
BEGIN
    PERFORM FROM conversations AS v WHERE v.id = ANY (talks) ORDER BY v.id FOR NO KEY UPDATE;
    PERFORM FROM contacts AS c WHERE c.id = ANY (people) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE conversations AS v SET
        touchpoint_count = v.touchpoint_count + m.change,
        last_touchpoint_at = (SELECT max(t.sent_at) FROM touchpoints AS t WHERE t.conversation_id = v.id)
    FROM unnest(talks, changes) AS m (id, change)
    WHERE v.id = m.id;
    UPDATE contacts AS c SET total_touchpoints = c.total_touchpoints + m.change
    FROM (
        SELECT v.contact_id AS id, sum(u.change) AS change
        FROM unnest(talks, changes) AS u (id, change) INNER JOIN conversations AS v ON v.id = u.id
        GROUP BY v.contact_id HAVING sum(u.change) <> 0
    ) AS m
    WHERE c.id = m.id;
END
$$;

-- A touchpoint that comes with times brings the events behind them.
CREATE FUNCTION apply_inserted_touchpoints() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    changes bigint[];
    answers constant uuid[] := ARRAY(SELECT n.id FROM new_rows AS n WHERE n.in_reply_to_id IS NOT NULL AND n.direction = 'inbound');
BEGIN
    -- What was only sent moves its own conversation, and `move_conversations` locks that.
    IF cardinality(answers) > 0 OR EXISTS (SELECT FROM new_rows AS n WHERE n.replied_at IS NOT NULL) THEN
        PERFORM lock_for_events(
            ARRAY(SELECT DISTINCT n.in_reply_to_id FROM new_rows AS n WHERE n.id = ANY (answers)), '{}', true,
            ARRAY(SELECT DISTINCT n.conversation_id FROM new_rows AS n)
        );
    END IF;
    SELECT array_agg(m.id), array_agg(m.change) INTO talks, changes
    FROM (SELECT n.conversation_id AS id, count(n.sent_at) AS change FROM new_rows AS n GROUP BY 1 HAVING count(n.sent_at) > 0) AS m;
    IF talks IS NOT NULL THEN
        PERFORM move_conversations(talks, changes);
    END IF;
    INSERT INTO events (kind, at, touchpoint_id, contact_id, dedupe_key)
    SELECT k.kind, k.at, n.id, CASE WHEN k.kind NOT IN ('sent', 'delivered', 'failed') THEN v.contact_id END,
        CASE WHEN k.kind = 'replied' THEN reply_key(n.id, NULL) END -- as by hand: the answer itself may follow
    FROM new_rows AS n
    INNER JOIN conversations AS v ON v.id = n.conversation_id
    CROSS JOIN LATERAL (
        VALUES
        (sending_kind(n.direction, n.in_reply_to_id), n.sent_at),
        ('delivered', n.delivered_at), ('opened', n.opened_at), ('clicked', n.clicked_at),
        ('replied', n.replied_at), ('bounced', n.bounced_at), ('failed', n.failed_at)
    ) AS k (kind, at)
    WHERE k.at IS NOT NULL
    ON CONFLICT (dedupe_key) DO NOTHING;
    IF cardinality(answers) > 0 THEN
        PERFORM pair_replies(answers);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_inserted AFTER INSERT ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_inserted_touchpoints();

CREATE FUNCTION apply_updated_touchpoints() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    changes bigint[];
    answered uuid[];
    answers uuid[];
BEGIN
    IF NOT EXISTS (
        SELECT n.id, n.sent_at, n.conversation_id, n.in_reply_to_id FROM new_rows AS n
        EXCEPT
        SELECT o.id, o.sent_at, o.conversation_id, o.in_reply_to_id FROM old_rows AS o
    ) THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(m.id), array_agg(m.change), coalesce(array_agg(m.id) FILTER (WHERE m.is_answered), '{}')
    INTO talks, changes, answered
    FROM (
        SELECT d.conversation_id AS id, sum(d.change * (d.sent_at IS NOT NULL)::integer)::bigint AS change,
            bool_or(d.is_answered) AS is_answered
        FROM (
            SELECT b.id, b.sent_at, b.conversation_id, sum(b.change) AS change, bool_or(b.replied_at IS NOT NULL) AS is_answered
            FROM (
                SELECT n.id, n.sent_at, n.conversation_id, n.replied_at, 1 AS change FROM new_rows AS n
                UNION ALL
                SELECT o.id, o.sent_at, o.conversation_id, o.replied_at, -1 FROM old_rows AS o
            ) AS b
            GROUP BY b.id, b.sent_at, b.conversation_id
        ) AS d
        WHERE d.change <> 0
        GROUP BY d.conversation_id
    ) AS m;
    IF talks IS NOT NULL THEN
        PERFORM move_conversations(talks, changes);
    END IF;
    IF cardinality(answered) > 0 THEN
        PERFORM settle_replies(answered);
    END IF;
    answers := ARRAY(
        SELECT a.id FROM (
            SELECT n.id, n.in_reply_to_id, n.sent_at IS NULL FROM new_rows AS n
            WHERE n.direction = 'inbound' AND n.in_reply_to_id IS NOT NULL
            EXCEPT
            SELECT o.id, o.in_reply_to_id, o.sent_at IS NULL FROM old_rows AS o
        ) AS a
    );
    IF cardinality(answers) > 0 THEN
        PERFORM pair_replies(answers);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_updated AFTER UPDATE ON touchpoints
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_updated_touchpoints();

CREATE FUNCTION apply_deleted_touchpoints() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    changes bigint[];
BEGIN
    SELECT array_agg(m.id), array_agg(m.change) INTO talks, changes
    FROM (SELECT o.conversation_id AS id, -count(o.sent_at) AS change FROM old_rows AS o GROUP BY 1) AS m;
    IF talks IS NOT NULL THEN
        PERFORM move_conversations(talks, changes);
        PERFORM settle_replies(talks);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_deleted AFTER DELETE ON touchpoints
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_deleted_touchpoints();

-- New events: an ordinary act is one addition to the contact's engagement; where an older event
-- changed its actor, a message went over its cap, or somebody is out, it is counted anew.
CREATE FUNCTION apply_inserted_events() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    single events;
    touched uuid[];
    actors uuid[];
    again uuid[];
BEGIN
    SELECT n.* INTO single FROM new_rows AS n WHERE (SELECT count(*) FROM new_rows) = 1;
    IF FOUND AND apply_ordinary_event(single) THEN
        RETURN NULL;
    END IF;
    touched := ARRAY(SELECT DISTINCT n.touchpoint_id FROM new_rows AS n WHERE n.touchpoint_id IS NOT NULL);
    actors := ARRAY(SELECT DISTINCT n.contact_id FROM new_rows AS n WHERE n.contact_id IS NOT NULL);
    IF cardinality(touched) + cardinality(actors) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM lock_for_events(touched, actors, EXISTS (SELECT FROM new_rows AS n WHERE n.kind IN ('sent', 'received', 'replied')));
    PERFORM settle_touchpoints(touched);
    again := reclassify_events(touched, (SELECT min(n.id) - 1 FROM new_rows AS n));
    IF EXISTS (SELECT FROM new_rows AS n WHERE n.kind = 'replied') THEN
        PERFORM settle_replies(
            ARRAY(
                SELECT DISTINCT t.conversation_id
                FROM new_rows AS n INNER JOIN touchpoints AS t ON t.id = n.touchpoint_id
                WHERE n.kind = 'replied'
            )
        );
    END IF;
    IF cardinality(actors) > 0 THEN
        again := again || ARRAY(
            SELECT DISTINCT n.contact_id FROM new_rows AS n
            WHERE n.contact_id IS NOT NULL
                AND (
                    n.kind IN ('bounced', 'complained', 'unsubscribed') OR n.detail = 'refusal'
                    OR (n.touchpoint_id, n.kind) IN (SELECT o.id, o.kind FROM over_cap(touched) AS o)
                )
        );
        PERFORM add_engagement(
            ARRAY(SELECT n.id FROM new_rows AS n WHERE n.contact_id NOT IN (SELECT u.id FROM unnest(again) AS u (id)))
        );
    END IF;
    IF cardinality(again) > 0 THEN
        PERFORM settle_engagement(again);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_inserted AFTER INSERT ON events
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_inserted_events();

-- A correction by hand: everything that stood on the events is counted anew. Inner functions that
-- correct events settle them by themselves.
CREATE FUNCTION apply_changed_events() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    touched uuid[];
    actors uuid[];
BEGIN
    touched := ARRAY(SELECT DISTINCT o.touchpoint_id FROM old_rows AS o WHERE o.touchpoint_id IS NOT NULL);
    actors := ARRAY(SELECT DISTINCT o.contact_id FROM old_rows AS o WHERE o.contact_id IS NOT NULL);
    PERFORM lock_for_events(touched, actors);
    PERFORM settle_events(touched);
    PERFORM settle_engagement(actors);
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_updated AFTER UPDATE ON events
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION apply_changed_events();
CREATE TRIGGER apply_deleted AFTER DELETE ON events
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_changed_events();
-- A declared attribute keeps its type; an undeclared one is kept as it comes. What triggers change
-- are never attributes, so their updates are not looked at.

-- Whether a text is a day of the calendar, with a time of day or not, as ISO 8601 writes it.
CREATE FUNCTION is_date(written text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    parts constant text[] := regexp_match(
        written,
        '^(?!0000)([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        '([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$'
    );
BEGIN
    RETURN parts IS NOT NULL AND parts[3]::integer <= extract(
        DAY FROM make_date(parts[1]::integer, parts[2]::integer, 1) + interval '1 month - 1 day'
    );
END
$$;

-- Whether a value is one of a declared attribute of this type; null is one of any.
CREATE FUNCTION attribute_fits(value jsonb, type text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'null' THEN true
        WHEN 'string' THEN type = 'text' OR type = 'date' AND is_date(value #>> '{}')
        WHEN 'array' THEN type = 'list'
        ELSE type = jsonb_typeof(value)
    END;
END
$$;

CREATE FUNCTION check_attributes() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    IF NOT EXISTS (SELECT FROM attribute_definitions AS d WHERE d.entity = TG_TABLE_NAME) THEN
        RETURN NULL;
    END IF;
    SELECT d.name, d.type INTO wrong
    FROM new_rows AS n
    INNER JOIN attribute_definitions AS d ON d.entity = TG_TABLE_NAME AND n.attributes ? d.name
    WHERE NOT attribute_fits(n.attributes -> d.name, d.type)
    LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING
            MESSAGE = format('must be of type %s%s', wrong.type, CASE wrong.type WHEN 'date' THEN ', such as "2024-01-31"' END),
            TABLE = TG_TABLE_NAME, COLUMN = 'attributes.' || wrong.name, CONSTRAINT = TG_TABLE_NAME || '_attributes_check';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER check_inserted_attributes AFTER INSERT ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON relationships
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON relationships
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON conversations
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON conversations
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
-- What must outlast a person, and what an agent must not lift.

-- Whoever was suppressed stays suppressed after erasure, by the hash of the address.
CREATE FUNCTION keep_suppressions() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF OLD.email_key IS NOT NULL THEN
        INSERT INTO suppressions (address_hash, channel, reason, note)
        SELECT address_hash(OLD.email_key), s.channel, s.reason, s.note FROM suppressions AS s WHERE s.contact_id = OLD.id
        UNION ALL
        SELECT address_hash(OLD.email_key), 'all', 'unsubscribed', NULL WHERE OLD.status = 'unsubscribed'
        ON CONFLICT DO NOTHING;
        DELETE FROM suppressions AS s WHERE s.contact_id = OLD.id AND s.address_hash IS NULL AND s.domain IS NULL;
    END IF;
    RETURN OLD;
END
$$;

CREATE TRIGGER keep_suppressions BEFORE DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION keep_suppressions();

-- Who may not write suppressions may not get round them either: by another address, another status,
-- other wishes, or another history. What triggers change is not the caller's doing.
CREATE FUNCTION refuse_lifting() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT has_table_privilege(format('%I.suppressions', TG_TABLE_SCHEMA), 'INSERT') THEN
        RAISE insufficient_privilege USING MESSAGE = format('an agent may not change this of %s', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER refuse_lifting BEFORE UPDATE ON contacts FOR EACH ROW
WHEN (
    pg_trigger_depth() = 0
    AND (OLD.email_key, OLD.status, OLD.communication_preferences) IS DISTINCT FROM (NEW.email_key, NEW.status, NEW.communication_preferences)
)
EXECUTE FUNCTION refuse_lifting();
CREATE TRIGGER refuse_lifting BEFORE UPDATE ON events FOR EACH ROW
WHEN (
    pg_trigger_depth() = 0
    AND (OLD.kind, OLD.detail, OLD.at, OLD.touchpoint_id, OLD.contact_id, OLD.actor)
    IS DISTINCT FROM (NEW.kind, NEW.detail, NEW.at, NEW.touchpoint_id, NEW.contact_id, NEW.actor)
)
EXECUTE FUNCTION refuse_lifting();
-- One row an account. Each part is aggregated on its own, so that no join multiplies rows and a
-- refresh is linear in the data.
CREATE MATERIALIZED VIEW account_overview AS
WITH people AS (
    SELECT c.company_id,
        count(*) AS contacts,
        count(*) FILTER (WHERE c.is_primary_contact) AS primary_contacts,
        count(*) FILTER (WHERE c.is_decision_maker) AS decision_makers
    FROM contacts AS c
    WHERE c.company_id IS NOT NULL
    GROUP BY c.company_id
),
talks AS (
    SELECT v.company_id,
        count(*) AS conversations,
        count(*) FILTER (WHERE v.status = 'active') AS active_conversations,
        count(*) FILTER (WHERE v.status = 'won') AS won_conversations,
        sum(v.touchpoint_count) AS touchpoints,
        sum(v.response_count) AS replies,
        max(v.last_touchpoint_at) AS last_touchpoint_at,
        max(v.last_response_at) AS last_response_at
    FROM conversations AS v
    WHERE v.company_id IS NOT NULL
    GROUP BY v.company_id
),
ends AS (
    SELECT a.company_id
    FROM relationships AS r INNER JOIN contacts AS a ON a.id = r.contact_id_1
    UNION ALL
    SELECT b.company_id
    FROM relationships AS r
    INNER JOIN contacts AS a ON a.id = r.contact_id_1
    INNER JOIN contacts AS b ON b.id = r.contact_id_2
    WHERE b.company_id IS DISTINCT FROM a.company_id
),
edges AS (
    SELECT e.company_id, count(*) AS relationships FROM ends AS e WHERE e.company_id IS NOT NULL GROUP BY e.company_id
)
SELECT
    o.id AS company_id,
    o.name,
    o.domain,
    o.account_tier,
    o.account_status,
    coalesce(p.contacts, 0) AS total_contacts,
    coalesce(p.primary_contacts, 0) AS primary_contacts,
    coalesce(p.decision_makers, 0) AS decision_makers,
    coalesce(t.conversations, 0) AS total_conversations,
    coalesce(t.active_conversations, 0) AS active_conversations,
    coalesce(t.won_conversations, 0) AS won_conversations,
    coalesce(t.touchpoints, 0) AS total_touchpoints,
    coalesce(t.replies, 0) AS total_replies,
    t.last_touchpoint_at,
    t.last_response_at,
    coalesce(e.relationships, 0) AS total_relationships
FROM companies AS o
LEFT JOIN people AS p ON p.company_id = o.id
LEFT JOIN talks AS t ON t.company_id = o.id
LEFT JOIN edges AS e ON e.company_id = o.id;
CREATE UNIQUE INDEX account_overview_company_id_key ON account_overview (company_id);

-- Whether the view is behind. A sequence counts the statements that wrote: it never makes writers
-- wait for each other. `is_settled` is false where some were still running when it was refreshed.
CREATE SEQUENCE overview_changes;
CREATE TABLE overview_refreshes (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT overview_refreshes_only_row_check CHECK (only_row),
    changes bigint NOT NULL,
    is_settled boolean NOT NULL,
    refreshed_at timestamptz NOT NULL
);
INSERT INTO overview_refreshes (changes, is_settled, refreshed_at) VALUES (0, false, current_moment());

CREATE FUNCTION note_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM nextval('overview_changes');
    RETURN NULL;
END
$$;

CREATE TRIGGER note_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF name, domain, account_tier, account_status ON companies
FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF company_id, is_primary_contact, is_decision_maker ON contacts
FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON relationships
FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON conversations
FOR EACH STATEMENT EXECUTE FUNCTION note_change();

-- Bring account_overview up to date without blocking its readers; false where nothing had changed.
CREATE FUNCTION refresh_account_overview() RETURNS boolean
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    last_refresh overview_refreshes%ROWTYPE;
    change_count bigint;
    snapshot pg_snapshot;
BEGIN
    SELECT * INTO last_refresh FROM overview_refreshes FOR UPDATE;
    SELECT s.last_value INTO change_count FROM overview_changes AS s;
    IF last_refresh.is_settled AND last_refresh.changes = change_count THEN
        RETURN false;
    END IF;
    snapshot := pg_current_snapshot();
    REFRESH MATERIALIZED VIEW CONCURRENTLY account_overview;
    UPDATE overview_refreshes AS o SET
        changes = change_count,
        is_settled = NOT EXISTS (
            SELECT FROM pg_snapshot_xip(snapshot) AS x (id) WHERE x.id <> pg_current_xact_id()
        ),
        refreshed_at = current_moment();
    RETURN true;
END
$$;
-- The questions people ask in SQL; the repositories ask them too.

-- The edges of a contact, either way round.
CREATE FUNCTION get_contact_relationships(for_contact uuid)
RETURNS TABLE (
    relationship_id uuid, other_contact_id uuid, relationship_type text, strength text, confidence_score numeric,
    is_from_contact boolean
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT r.id, r.contact_id_2, r.relationship_type, r.strength, r.confidence_score, true
    FROM relationships AS r WHERE r.contact_id_1 = for_contact
    UNION ALL
    SELECT r.id, r.contact_id_1, r.relationship_type, r.strength, r.confidence_score, false
    FROM relationships AS r WHERE r.contact_id_2 = for_contact;
END
$$;

-- The contacts that are `colleagues` of a contact, strongest first.
CREATE FUNCTION get_colleagues(for_contact uuid)
RETURNS TABLE (contact_id uuid, relationship_id uuid, strength text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT e.other_contact_id, e.relationship_id, e.strength
    FROM get_contact_relationships(for_contact) AS e
    WHERE e.relationship_type = 'colleagues'
    ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], e.strength), e.other_contact_id;
END
$$;

CREATE FUNCTION get_active_conversations(for_company uuid)
RETURNS TABLE (
    conversation_id uuid, contact_id uuid, qualification_tier text, last_touchpoint_at timestamptz,
    next_touchpoint_at timestamptz, touchpoint_count integer
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, v.contact_id, v.qualification_tier, v.last_touchpoint_at, v.next_touchpoint_at, v.touchpoint_count
    FROM conversations AS v
    WHERE v.company_id = for_company AND v.status = 'active'
    ORDER BY v.last_touchpoint_at DESC NULLS LAST, v.id;
END
$$;

-- Active conversations whose next touchpoint is due, most overdue first.
CREATE FUNCTION get_conversations_needing_followup()
RETURNS TABLE (
    conversation_id uuid, contact_id uuid, company_id uuid, next_touchpoint_at timestamptz, days_overdue numeric
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, v.contact_id, v.company_id, v.next_touchpoint_at,
        round(extract(EPOCH FROM current_moment() - v.next_touchpoint_at) / 86400, 2)
    FROM conversations AS v
    WHERE v.status = 'active' AND v.next_touchpoint_at <= current_moment()
    ORDER BY v.next_touchpoint_at, v.id;
END
$$;

CREATE FUNCTION get_touchpoint_history(for_conversation uuid)
RETURNS TABLE (
    touchpoint_id uuid, channel text, direction text, subject text, outcome text, at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT t.id, t.channel, t.direction, t.subject, t.outcome, coalesce(t.sent_at, t.created_at)
    FROM touchpoints AS t
    WHERE t.conversation_id = for_conversation
    ORDER BY coalesce(t.sent_at, t.created_at), t.id;
END
$$;

-- Totals of a conversation, and open, click and reply rates in percent of its outbound e-mails:
-- raw (all that was recorded) and human (what a person did).
CREATE FUNCTION get_conversation_engagement_metrics(for_conversation uuid)
RETURNS TABLE (
    total_touchpoints bigint, emails_sent bigint, emails_delivered bigint, emails_opened bigint, emails_clicked bigint,
    emails_replied bigint, emails_bounced bigint, open_rate double precision, click_rate double precision,
    reply_rate double precision, human_opened bigint, human_clicked bigint, human_replied bigint,
    human_open_rate double precision, human_click_rate double precision, human_reply_rate double precision
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH messages AS (
        SELECT t.*, t.channel = 'email' AND t.direction = 'outbound' AS is_mail, h.opened, h.clicked, h.replied
        FROM touchpoints AS t
        LEFT JOIN LATERAL (
            SELECT bool_or(e.kind = 'opened') AS opened, bool_or(e.kind = 'clicked') AS clicked, bool_or(e.kind = 'replied') AS replied
            FROM events AS e
            WHERE e.touchpoint_id = t.id AND e.actor = 'human'
        ) AS h ON t.opened_at IS NOT NULL OR t.clicked_at IS NOT NULL OR t.replied_at IS NOT NULL
        WHERE t.conversation_id = for_conversation AND t.sent_at IS NOT NULL
    ),
    counts AS (
        SELECT count(*) AS total,
            count(*) FILTER (WHERE m.is_mail) AS sent,
            count(m.delivered_at) FILTER (WHERE m.is_mail) AS delivered,
            count(m.opened_at) FILTER (WHERE m.is_mail) AS opened,
            count(m.clicked_at) FILTER (WHERE m.is_mail) AS clicked,
            count(m.replied_at) FILTER (WHERE m.is_mail) AS replied,
            count(m.bounced_at) FILTER (WHERE m.is_mail) AS bounced,
            count(*) FILTER (WHERE m.is_mail AND m.opened) AS by_people_opened,
            count(*) FILTER (WHERE m.is_mail AND m.clicked) AS by_people_clicked,
            count(*) FILTER (WHERE m.is_mail AND m.replied) AS by_people_replied
        FROM messages AS m
    ),
    shares AS (SELECT c.*, 100.0::double precision / nullif(c.sent, 0) AS share FROM counts AS c)
    SELECT s.total, s.sent, s.delivered, s.opened, s.clicked, s.replied, s.bounced,
        coalesce(s.opened * s.share, 0), coalesce(s.clicked * s.share, 0), coalesce(s.replied * s.share, 0),
        s.by_people_opened, s.by_people_clicked, s.by_people_replied,
        coalesce(s.by_people_opened * s.share, 0), coalesce(s.by_people_clicked * s.share, 0),
        coalesce(s.by_people_replied * s.share, 0)
    FROM shares AS s;
END
$$;

-- Lists are joined without repeats, objects merged key by key, anything else replaced.
CREATE FUNCTION merge_context(known jsonb, learned jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN known || coalesce((
        SELECT jsonb_object_agg(l.key, CASE
            WHEN jsonb_typeof(l.value) = 'array' AND jsonb_typeof(known -> l.key) = 'array' THEN (known -> l.key) || coalesce((
                SELECT jsonb_agg(i.item ORDER BY i.nth) FROM jsonb_array_elements(l.value) WITH ORDINALITY AS i (item, nth)
                WHERE NOT (known -> l.key) @> jsonb_build_array(i.item)
            ), '[]')
            WHEN jsonb_typeof(l.value) = 'object' AND jsonb_typeof(known -> l.key) = 'object' THEN (known -> l.key) || l.value
            ELSE l.value
        END)
        FROM jsonb_each(learned) AS l (key, value)
    ), '{}');
END
$$;

-- The SHA-256 of an address key: how a suppression outlives the address.
CREATE FUNCTION address_hash(address_key text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN encode(sha256(convert_to(address_key, 'UTF8')), 'hex');
END
$$;
-- Chains of relationships: whom to ask for an introduction.

-- A chain from a person back to where the search began: its score, and the people and edges on it.
CREATE TYPE chain AS (person uuid, score double precision, people uuid[], edges uuid[]);

-- The best chains to `target` from people with a human act since `in_touch_since`, one for each of
-- them, read from them to the target. An edge, in either direction, lets its strength's share times
-- its confidence through. The search goes outwards by hop and keeps one chain a person (Bellman and
-- Ford), since the number of chains explodes.
CREATE FUNCTION warm_paths(
    target uuid, in_touch_since timestamptz, weak double precision, medium double precision, strong double precision,
    most_hops integer DEFAULT 4, most integer DEFAULT 10
) RETURNS TABLE (people uuid[], edges uuid[], score double precision, last_engaged_at timestamptz)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    reached chain[] := ARRAY[ROW(target, 1, ARRAY[target], '{}')::chain];
BEGIN
    FOR hop IN 1..most_hops LOOP
        reached := reached || ARRAY(
            SELECT ROW(b.person, b.score, b.person || k.people, b.edge || k.edges)::chain
            FROM (
                SELECT DISTINCT ON (s.person) s.person, s.id AS edge, k.nth,
                    k.score * s.confidence * CASE s.strength WHEN 'weak' THEN weak WHEN 'medium' THEN medium ELSE strong END AS score
                FROM unnest(reached) WITH ORDINALITY AS k (person, score, people, edges, nth)
                CROSS JOIN LATERAL (
                    SELECT r.id, r.contact_id_2 AS person, r.strength, r.confidence_score::double precision AS confidence
                    FROM relationships AS r WHERE r.contact_id_1 = k.person
                    UNION ALL
                    SELECT r.id, r.contact_id_1, r.strength, r.confidence_score::double precision
                    FROM relationships AS r WHERE r.contact_id_2 = k.person
                    OFFSET 0 -- keeps the planner to one index lookup a person
                ) AS s
                WHERE cardinality(k.edges) = hop - 1
                ORDER BY s.person, score DESC, s.id
            ) AS b
            INNER JOIN unnest(reached) WITH ORDINALITY AS k (person, score, people, edges, nth) ON k.nth = b.nth
            WHERE b.score > 0
        );
        reached := ARRAY(
            SELECT DISTINCT ON (k.person) ROW(k.person, k.score, k.people, k.edges)::chain
            FROM unnest(reached) AS k
            ORDER BY k.person, k.score DESC, cardinality(k.edges)
        );
        EXIT WHEN NOT EXISTS (SELECT FROM unnest(reached) AS k WHERE cardinality(k.edges) = hop);
    END LOOP;
    RETURN QUERY
    SELECT k.people, k.edges, k.score, c.last_engaged_at
    FROM unnest(reached) AS k INNER JOIN contacts AS c ON c.id = k.person
    WHERE cardinality(k.edges) > 0
        AND c.last_engaged_at >= in_touch_since AND c.status = 'active' AND c.engagement_excluded IS NULL
    ORDER BY k.score DESC, cardinality(k.edges), k.person
    LIMIT most;
END
$$;

-- Those chains with who is on them, as one JSON text; NULL where there is no such contact.
CREATE FUNCTION answer_paths(
    for_contact uuid, in_touch_since timestamptz, weak double precision, medium double precision, strong double precision,
    most_hops integer, most integer
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        SELECT json_build_object('paths', (
            SELECT coalesce(json_agg(json_build_object(
                'score', w.score,
                'people', (
                    SELECT json_agg(json_build_object(
                        'id', c.id, 'title', c.title, 'company_id', c.company_id, 'company_name', o.name,
                        'name', coalesce(
                            nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)'
                        )
                    ) ORDER BY u.nth)
                    FROM unnest(w.people) WITH ORDINALITY AS u (id, nth)
                    INNER JOIN contacts AS c ON c.id = u.id
                    LEFT JOIN companies AS o ON o.id = c.company_id
                ),
                'edges', (
                    SELECT json_agg(json_build_object(
                        'id', r.id, 'type', r.relationship_type, 'strength', r.strength, 'confidence', r.confidence_score
                    ) ORDER BY u.nth)
                    FROM unnest(w.edges) WITH ORDINALITY AS u (id, nth)
                    INNER JOIN relationships AS r ON r.id = u.id
                ),
                'last_engaged_at', w.last_engaged_at
            ) ORDER BY w.score DESC, cardinality(w.edges), w.people[1]), '[]')
            FROM warm_paths(t.id, in_touch_since, weak, medium, strong, most_hops, most) AS w
        ))::text
        FROM contacts AS t
        WHERE t.id = for_contact
    );
END
$$;
-- The answers about accounts and people: each is one JSON text, put together in one call. A function
-- keeps its plan for as long as the connection lives, also behind a transaction pooler; planning
-- these takes longer than running them. Every part is looked up by key and aggregated on its own.
-- A part that is a node of the plan costs time even where it finds nothing, so rows come flat, each
-- once, and Python sorts them into the shape of the answer.

-- An account as it stands: its people, edges, conversations and latest touchpoints; NULL where there is none. `others` are the
-- ends of edges that `contacts` does not hold.
CREATE FUNCTION answer_overview(
    for_company uuid, at_time timestamptz,
    most_contacts integer DEFAULT 1000, most_relationships integer DEFAULT 5000, most_touchpoints integer DEFAULT 20
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH people AS MATERIALIZED (
            SELECT c.*,
                row_number() OVER (
                    ORDER BY c.is_primary_contact DESC, c.is_decision_maker DESC, c.last_engaged_at DESC NULLS LAST,
                        c.last_name, c.first_name, c.id
                ) AS place
            FROM contacts AS c
            WHERE c.company_id = for_company
        ),
        talks AS MATERIALIZED (
            SELECT v.id, v.contact_id, v.status, v.qualification_tier, v.touchpoint_count, v.last_touchpoint_at, v.next_touchpoint_at,
                v.response_count, v.last_response_at, v.campaign_name, v.started_at
            FROM conversations AS v
            WHERE v.company_id = for_company
            ORDER BY v.last_touchpoint_at DESC NULLS LAST, v.started_at DESC, v.id
        ),
        -- One look-up for all ends: an edge is found once, whichever of them are of this company.
        edges AS MATERIALIZED (
            SELECT r.id, r.contact_id_1, r.contact_id_2, r.relationship_type AS type, r.strength, r.confidence_score AS confidence
            FROM relationships AS r
            WHERE r.contact_id_1 = ANY (ARRAY(SELECT p.id FROM people AS p))
                OR r.contact_id_2 = ANY (ARRAY(SELECT p.id FROM people AS p))
        ),
        drawn AS MATERIALIZED (
            SELECT e.id, e.contact_id_1, e.contact_id_2, e.type, e.strength, e.confidence
            FROM edges AS e
            ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], e.strength), e.confidence DESC, e.id
            LIMIT most_relationships
        ),
        others AS (
            SELECT c.id, c.title, c.role,
                coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)') AS name
            FROM (
                SELECT d.contact_id_1 AS id FROM drawn AS d
                UNION
                SELECT d.contact_id_2 FROM drawn AS d
                EXCEPT
                SELECT p.id FROM people AS p WHERE p.place <= most_contacts
            ) AS n
            INNER JOIN contacts AS c ON c.id = n.id
        ),
        -- The latest touchpoints are among those of the conversations that were touched last.
        touched AS (
            SELECT t.id, t.contact_id FROM talks AS t
            WHERE t.last_touchpoint_at IS NOT NULL
            ORDER BY t.last_touchpoint_at DESC, t.id
            LIMIT most_touchpoints
        ),
        recent AS (
            SELECT m.id, m.conversation_id, t.contact_id, m.channel, m.direction, m.subject, m.outcome,
                m.sent_at, m.opened_at, m.clicked_at, m.replied_at
            FROM touched AS t
            CROSS JOIN LATERAL (
                SELECT o.id, o.conversation_id, o.channel, o.direction, o.subject, o.outcome,
                    o.sent_at, o.opened_at, o.clicked_at, o.replied_at
                FROM touchpoints AS o
                WHERE o.conversation_id = t.id AND o.sent_at IS NOT NULL
                ORDER BY o.sent_at DESC
                LIMIT most_touchpoints
            ) AS m
            ORDER BY m.sent_at DESC, m.id
            LIMIT most_touchpoints
        )
        SELECT json_build_object(
            'company', json_build_object(
                'id', o.id, 'name', o.name, 'domain', o.domain, 'industry', o.industry, 'size', o.size,
                'account_tier', o.account_tier, 'account_status', o.account_status, 'research_data', o.research_data
            ),
            'contacts', a.contacts, 'scores', a.scores,
            'conversations', (SELECT coalesce(json_agg(row_to_json(t)), '[]') FROM talks AS t),
            'relationships', (SELECT coalesce(json_agg(row_to_json(d)), '[]') FROM drawn AS d),
            'others', (SELECT coalesce(json_agg(row_to_json(n)), '[]') FROM others AS n),
            'recent_touchpoints', (SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM recent AS r),
            'total_contacts', a.total, 'decision_makers', a.deciding, 'primary_contacts', a.primaries,
            'total_relationships', (SELECT count(*) FROM edges)
        )::text
        FROM companies AS o
        CROSS JOIN (
            SELECT count(*) AS total,
                count(*) FILTER (WHERE p.is_decision_maker) AS deciding,
                count(*) FILTER (WHERE p.is_primary_contact) AS primaries,
                coalesce(json_agg(row_to_json(p) ORDER BY p.place) FILTER (WHERE p.place <= most_contacts), '[]') AS contacts,
                coalesce(array_agg(CASE
                    WHEN p.engagement_light IS NULL AND p.engagement_deep IS NULL THEN 0
                    ELSE engagement_score(p.engagement_light, p.engagement_deep, at_time)
                END ORDER BY p.place) FILTER (WHERE p.place <= most_contacts), '{}') AS scores
            FROM people AS p
        ) AS a
        WHERE o.id = for_company
    );
END
$$;
-- The primary contact, and all of the same company who may be talked to: related, or implied (no edge of any type); NULL where
-- there is no such contact. Nobody is cut off here: who is best is for the policy to say. Suppressions are looked up one by
-- one, for no index answers an OR over joined values.
CREATE FUNCTION answer_expansion(
    for_contact uuid, at_time timestamptz, edge_types text[], edge_strengths text[], include_implied boolean, on_channel text
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
DECLARE
    implied uuid[];
BEGIN
    IF include_implied THEN
        implied := ARRAY(
            SELECT c.id
            FROM contacts AS f INNER JOIN contacts AS c ON c.company_id = f.company_id
            WHERE f.id = for_contact AND c.id <> for_contact AND NOT EXISTS (
                SELECT FROM relationships AS r
                WHERE least(r.contact_id_1, r.contact_id_2) = least(c.id, for_contact)
                    AND greatest(r.contact_id_1, r.contact_id_2) = greatest(c.id, for_contact)
            )
        );
    END IF;
    RETURN (
        SELECT json_build_object(
            'primary', json_build_object(
                'id', f.id, 'title', f.title,
                'name', coalesce(nullif(concat_ws(' ', nullif(f.first_name, ''), nullif(f.last_name, '')), ''), f.email, '(no name)')
            ),
            'targets', (
                SELECT coalesce(json_agg(json_build_object(
                    'contact', row_to_json(c), 'type', d.relationship_type, 'strength', d.strength,
                    'has_active_conversation', EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = c.id AND v.status = 'active'),
                    'engagement_score', CASE
                        WHEN c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
                        ELSE engagement_score(c.engagement_light, c.engagement_deep, at_time)
                    END
                )), '[]')
                FROM (
                    SELECT r.contact_id_2 AS id, r.relationship_type, r.strength
                    FROM relationships AS r
                    WHERE r.contact_id_1 = for_contact AND r.relationship_type = ANY (edge_types) AND r.strength = ANY (edge_strengths)
                    UNION ALL
                    SELECT r.contact_id_1, r.relationship_type, r.strength
                    FROM relationships AS r
                    WHERE r.contact_id_2 = for_contact AND r.relationship_type = ANY (edge_types) AND r.strength = ANY (edge_strengths)
                    UNION ALL
                    SELECT i.id, NULL, 'weak' FROM unnest(implied) AS i (id)
                ) AS d
                INNER JOIN contacts AS c ON c.id = d.id
                WHERE (c.company_id = f.company_id) IS TRUE -- no condition for an index: that would read the whole company
                    AND c.status = 'active'
                    AND c.engagement_excluded IS NULL
                    AND c.communication_preferences ->> 'do_not_contact' IS DISTINCT FROM 'true'
                    AND NOT EXISTS (SELECT FROM suppressions AS s WHERE s.contact_id = c.id AND s.channel IN ('all', on_channel))
                    AND NOT EXISTS (
                        SELECT FROM suppressions AS s
                        WHERE s.channel IN ('all', on_channel) -- by address_hash(), written out: to call it takes longer than the look-up
                            AND s.address_hash = encode(sha256(convert_to(c.email_key, 'UTF8')), 'hex')
                    )
                    AND NOT EXISTS (
                        SELECT FROM suppressions AS s
                        WHERE s.channel IN ('all', on_channel) AND s.domain = ANY (ARRAY( -- the address's domain, or one above it
                            SELECT array_to_string(p.parts[n.nth :], '.')
                            FROM (SELECT string_to_array(split_part(c.email_key, '@', -1), '.') AS parts) AS p
                            CROSS JOIN LATERAL generate_series(1, cardinality(p.parts) - 1) AS n (nth)
                        ))
                    )
            )
        )::text
        FROM contacts AS f
        WHERE f.id = for_contact
    );
END
$$;

-- Everything a message to a contact needs; NULL where there is no such contact. `conversations` begin with the latest, which alone
-- brings its context.
CREATE FUNCTION answer_context(
    for_contact uuid, at_time timestamptz, with_company boolean, with_relationships boolean,
    most_touchpoints integer DEFAULT 10, most_characters integer DEFAULT 1000
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH talks AS MATERIALIZED (
            SELECT v.id, v.contact_id, v.status, v.qualification_tier, v.touchpoint_count, v.last_touchpoint_at, v.next_touchpoint_at,
                v.response_count, v.last_response_at, v.campaign_name, v.started_at, v.context,
                row_number() OVER (
                    ORDER BY v.status = 'active' DESC, v.last_touchpoint_at DESC NULLS LAST, v.started_at DESC, v.id
                ) AS place
            FROM conversations AS v
            WHERE v.contact_id = for_contact
        ),
        messages AS MATERIALIZED (
            SELECT m.id, m.conversation_id, t.contact_id, m.channel, m.direction, m.subject, m.outcome,
                m.sent_at, m.delivered_at, m.opened_at, m.clicked_at, m.replied_at, m.bounced_at, m.content, m.response,
                m.channel = 'email' AND m.direction = 'outbound' AS is_mail
            FROM talks AS t INNER JOIN touchpoints AS m ON m.conversation_id = t.id
            WHERE m.sent_at IS NOT NULL
        ),
        known AS (
            SELECT p.id, p.title, p.company_id, p.last_engaged_at,
                e.relationship_type AS type, e.strength, e.confidence_score AS confidence, e.is_from_contact,
                coalesce(nullif(concat_ws(' ', nullif(p.first_name, ''), nullif(p.last_name, '')), ''), p.email, '(no name)') AS name,
                p.communication_preferences ->> 'do_not_reference' IS NOT DISTINCT FROM 'true' AS is_withheld,
                EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = p.id AND v.status = 'active') AS has_active_conversation
            FROM (
                SELECT r.contact_id_2 AS id, r.relationship_type, r.strength, r.confidence_score, true AS is_from_contact
                FROM relationships AS r WHERE with_relationships AND r.contact_id_1 = for_contact
                UNION ALL
                SELECT r.contact_id_1, r.relationship_type, r.strength, r.confidence_score, false
                FROM relationships AS r WHERE with_relationships AND r.contact_id_2 = for_contact
            ) AS e
            INNER JOIN contacts AS p ON p.id = e.id
        )
        SELECT json_build_object(
            'contact', row_to_json(c),
            'engagement_score', CASE
                WHEN c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
                ELSE engagement_score(c.engagement_light, c.engagement_deep, at_time)
            END,
            'company', (
                SELECT json_build_object(
                    'id', o.id, 'name', o.name, 'domain', o.domain, 'industry', o.industry, 'size', o.size,
                    'account_tier', o.account_tier, 'account_status', o.account_status, 'research_data', o.research_data
                )
                FROM companies AS o WHERE with_company AND o.id = c.company_id
            ),
            'conversations', (
                SELECT coalesce(json_agg(row_to_json(x) ORDER BY x.place), '[]') FROM (
                    SELECT t.id, t.contact_id, t.status, t.qualification_tier, t.touchpoint_count, t.last_touchpoint_at,
                        t.next_touchpoint_at, t.response_count, t.last_response_at, t.campaign_name, t.started_at, t.place,
                        CASE WHEN t.place = 1 THEN t.context END AS context
                    FROM talks AS t
                ) AS x
            ),
            'recent_touchpoints', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                    SELECT m.id, m.conversation_id, m.contact_id, m.channel, m.direction, m.subject, m.outcome,
                        m.sent_at, m.opened_at, m.clicked_at, m.replied_at,
                        left(m.content, most_characters) AS content, left(m.response, most_characters) AS response
                    FROM messages AS m
                    ORDER BY m.sent_at DESC, m.id
                    LIMIT most_touchpoints
                ) AS x
            ),
            -- As get_conversation_engagement_metrics() counts them; people's acts are looked up for all messages at once.
            'metrics', (
                SELECT json_build_object(
                    'total_touchpoints', count(*),
                    'emails_sent', count(*) FILTER (WHERE m.is_mail),
                    'emails_delivered', count(m.delivered_at) FILTER (WHERE m.is_mail),
                    'emails_opened', count(m.opened_at) FILTER (WHERE m.is_mail),
                    'emails_clicked', count(m.clicked_at) FILTER (WHERE m.is_mail),
                    'emails_replied', count(m.replied_at) FILTER (WHERE m.is_mail),
                    'emails_bounced', count(m.bounced_at) FILTER (WHERE m.is_mail),
                    'human', (
                        SELECT json_build_object(
                            'opened', count(DISTINCT e.touchpoint_id) FILTER (WHERE e.kind = 'opened'),
                            'clicked', count(DISTINCT e.touchpoint_id) FILTER (WHERE e.kind = 'clicked'),
                            'replied', count(DISTINCT e.touchpoint_id) FILTER (WHERE e.kind = 'replied')
                        )
                        FROM events AS e
                        WHERE e.actor = 'human' AND e.touchpoint_id = ANY (
                            array_agg(m.id) FILTER (WHERE m.is_mail AND num_nonnulls(m.opened_at, m.clicked_at, m.replied_at) > 0)
                        )
                    )
                )
                FROM messages AS m
            ),
            'known', (SELECT coalesce(json_agg(row_to_json(k)), '[]') FROM known AS k)
        )::text
        FROM contacts AS c
        WHERE c.id = for_contact
    );
END
$$;
-- What an account's health is judged by: its people, who of them is in an active conversation, and the two ends of every edge;
-- NULL where there is none.
CREATE FUNCTION answer_health(for_company uuid, at_time timestamptz) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'people', coalesce(p.rows, '[]'),
            'talking', (
                SELECT coalesce(array_agg(v.contact_id), '{}')
                FROM conversations AS v WHERE v.company_id = for_company AND v.status = 'active'
            ),
            'edges', (
                SELECT json_build_array(coalesce(array_agg(r.contact_id_1), '{}'), coalesce(array_agg(r.contact_id_2), '{}'))
                FROM relationships AS r WHERE r.contact_id_1 = ANY (p.ids) OR r.contact_id_2 = ANY (p.ids)
            )
        )::text
        FROM companies AS o
        CROSS JOIN (
            SELECT array_agg(x.id) AS ids, json_agg(row_to_json(x)) AS rows
            FROM (
                SELECT c.id, c.title, c.seniority_level, c.is_decision_maker, c.is_champion, c.last_engaged_at,
                    c.total_touchpoints > 0 AS is_touched,
                    c.status = 'active' AS is_active,
                    c.engagement_excluded IS NOT NULL AS is_excluded,
                    c.communication_preferences ->> 'do_not_contact' IS NOT DISTINCT FROM 'true' AS is_off_limits,
                    coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)') AS name,
                    CASE
                        WHEN c.engagement_excluded IS NOT NULL OR c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
                        ELSE engagement_score(c.engagement_light, c.engagement_deep, at_time)
                    END AS score
                FROM contacts AS c
                WHERE c.company_id = for_company
            ) AS x
        ) AS p
        WHERE o.id = for_company
    );
END
$$;

-- The same as it was at a time: engagement is counted anew from the events until then.
CREATE FUNCTION answer_past_health(for_company uuid, at_time timestamptz) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
DECLARE
    ids constant uuid[] := ARRAY(SELECT c.id FROM contacts AS c WHERE c.company_id = for_company);
BEGIN
    RETURN (
        SELECT json_build_object(
            'people', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]')
                FROM (
                    SELECT c.id, c.title, c.seniority_level, c.is_decision_maker, c.is_champion, f.last_at AS last_engaged_at,
                        c.total_touchpoints > 0 AS is_touched,
                        c.status = 'active' AS is_active,
                        f.excluded IS NOT NULL AS is_excluded,
                        c.communication_preferences ->> 'do_not_contact' IS NOT DISTINCT FROM 'true' AS is_off_limits,
                        coalesce(
                            nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)'
                        ) AS name,
                        CASE WHEN f.excluded IS NULL THEN engagement_score(f.light, f.deep, at_time) ELSE 0 END AS score
                    FROM engagement_from_events(ids, at_time) AS f INNER JOIN contacts AS c ON c.id = f.contact_id
                ) AS x
            ),
            'talking', (
                SELECT coalesce(array_agg(v.contact_id), '{}')
                FROM conversations AS v
                WHERE v.company_id = for_company AND v.started_at <= at_time AND (v.status = 'active' OR v.closed_at > at_time)
            ),
            'edges', (
                SELECT json_build_array(coalesce(array_agg(r.contact_id_1), '{}'), coalesce(array_agg(r.contact_id_2), '{}'))
                FROM relationships AS r
                WHERE (r.contact_id_1 = ANY (ids) OR r.contact_id_2 = ANY (ids)) AND r.discovered_at <= at_time
            )
        )::text
        FROM companies AS o
        WHERE o.id = for_company
    );
END
$$;

-- What the health of conversations is judged by, a text each: those given, or the active ones of a company.
CREATE FUNCTION answer_conversations_health(
    for_conversations uuid[], for_company uuid, most_conversations integer
) RETURNS SETOF text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN QUERY
    WITH talks AS MATERIALIZED (
        SELECT v.id, v.contact_id, v.status, v.closed_at, v.last_response_at, v.touchpoint_count
        FROM conversations AS v WHERE v.id = ANY (for_conversations)
        UNION ALL
        (
            SELECT v.id, v.contact_id, v.status, v.closed_at, v.last_response_at, v.touchpoint_count
            FROM conversations AS v WHERE v.company_id = for_company AND v.status = 'active'
            ORDER BY v.last_touchpoint_at DESC NULLS LAST, v.id LIMIT most_conversations
        )
    ),
    usual AS (
        SELECT p.contact_id, percentile_cont(0.5) WITHIN GROUP (
            ORDER BY greatest(extract(EPOCH FROM m.replied_at - m.sent_at), 0) / 3600
        ) AS hours
        FROM (SELECT DISTINCT t.contact_id FROM talks AS t) AS p
        INNER JOIN conversations AS v ON v.contact_id = p.contact_id
        INNER JOIN touchpoints AS m ON m.conversation_id = v.id AND m.replied_at IS NOT NULL AND m.sent_at IS NOT NULL
        GROUP BY p.contact_id
    )
    SELECT json_build_object(
        'conversation_id', t.id, 'contact_id', t.contact_id, 'status', t.status, 'closed_at', t.closed_at,
        'contact_name', (
            SELECT coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email, '(no name)')
            FROM contacts AS c WHERE c.id = t.contact_id
        ),
        'we_wrote_at', ours.last_at,
        'they_wrote_at', greatest(theirs.last_at, t.last_response_at),
        'they_acted_at', acted.last_at,
        'unanswered_since', (
            SELECT min(m.sent_at) FROM touchpoints AS m
            WHERE m.conversation_id = t.id AND m.direction = 'outbound'
                AND m.sent_at > coalesce(greatest(theirs.last_at, t.last_response_at, acted.last_at), '-infinity')
        ),
        'usual_reply_hours', u.hours
    )::text
    FROM talks AS t
    LEFT JOIN usual AS u ON u.contact_id = t.contact_id
    CROSS JOIN LATERAL (
        SELECT max(m.sent_at) AS last_at FROM touchpoints AS m WHERE m.conversation_id = t.id AND m.direction = 'outbound'
    ) AS ours
    CROSS JOIN LATERAL (
        SELECT max(m.sent_at) AS last_at FROM touchpoints AS m WHERE m.conversation_id = t.id AND m.direction = 'inbound'
    ) AS theirs
    CROSS JOIN LATERAL (
        SELECT max(e.at) AS last_at
        FROM touchpoints AS m INNER JOIN events AS e ON e.touchpoint_id = m.id AND e.actor = 'human'
        WHERE m.conversation_id = t.id
            AND num_nonnulls(m.opened_at, m.clicked_at, m.replied_at) > 0 OR m.conversation_id = t.id AND m.channel IN ('call', 'meeting')
    ) AS acted
    ORDER BY t.id;
END
$$;
-- Row level security is on for every table. Only the workspace's own role and its agent pass: no
-- policy lets Supabase's `anon` or `authenticated` in.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
BEGIN
    FOR relation IN
        SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I, %I USING (true) WITH CHECK (true)', relation, current_user, agent);
    END LOOP;
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %I TO %I', current_schema(), agent);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), agent);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), agent);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), agent);
    -- An agent reads and proposes; consents, suppressions and settings are for people.
    EXECUTE format(
        'GRANT INSERT, UPDATE ON companies, contacts, relationships, conversations, touchpoints, events,'
        ' external_ids, company_domains, conversation_participants TO %I', agent
    );
END
$$;
-- Search by any part of a name, address or domain. The operator class is looked up, since the
-- extension lives outside the workspace's schema.
DO $$
DECLARE
    trigrams constant text := (
        SELECT format('%I.gin_trgm_ops', n.nspname) FROM pg_extension AS e
        INNER JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'
    );
BEGIN
    EXECUTE format($index$CREATE INDEX companies_search_idx ON companies USING gin ((name || ' ' || coalesce(domain, '')) %s)$index$, trigrams);
    EXECUTE format(
        $index$CREATE INDEX contacts_search_idx ON contacts
        USING gin ((coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, '')) %s)$index$, trigrams
    );
END
$$;
