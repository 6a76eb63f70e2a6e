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
