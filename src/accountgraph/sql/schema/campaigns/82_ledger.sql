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
    links text[], -- web addresses of its words that lead through us; NULL: none does
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
    held_by text CONSTRAINT approvals_held_by_check CHECK (length(held_by) BETWEEN 1 AND 200), -- who is at it, and until when, as of tasks
    held_until timestamptz,
    CONSTRAINT approvals_decided_at_check CHECK ((state IN ('accepted', 'rejected')) <= (decided_at IS NOT NULL AND decided_by IS NOT NULL)),
    CONSTRAINT approvals_held_until_check CHECK ((held_by IS NULL) = (held_until IS NULL))
);
CREATE UNIQUE INDEX approvals_standing_key ON approvals (enrolment_id, step_key) WHERE state IN ('pending', 'accepted');
CREATE INDEX approvals_pending_idx ON approvals (created_at) WHERE state = 'pending';
CREATE INDEX approvals_enrolment_id_idx ON approvals (enrolment_id);
CREATE INDEX approvals_mentions_id_idx ON approvals (mentions_id) WHERE mentions_id IS NOT NULL;

-- Work for a person: a call, a LinkedIn message, a reply to answer, a question that the engine cannot answer.
CREATE TABLE tasks (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CONSTRAINT tasks_kind_check CHECK (
        kind IN (
            'call', 'linkedin', 'mail', 'sms', 'whatsapp', 'meeting', 'reply', 'proposal', 'meeting_outcome', 'resolve_unknown', 'question', 'to_do'
        )
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
    held_by text CONSTRAINT tasks_held_by_check CHECK (length(held_by) BETWEEN 1 AND 200), -- who is at it, and until when that keeps others away
    held_until timestamptz,
    waits_until timestamptz, -- not handed out before: snoozed, or of something that is yet to come
    hold_id uuid CONSTRAINT tasks_hold_id_fkey REFERENCES holds ON DELETE SET NULL, -- which it asks about, until it is lifted
    snoozed_by text CONSTRAINT tasks_snoozed_by_check CHECK (length(snoozed_by) BETWEEN 1 AND 200), -- who put it off until `waits_until`
    CONSTRAINT tasks_closed_at_check CHECK ((state = 'open') = (closed_at IS NULL)),
    CONSTRAINT tasks_held_until_check CHECK ((held_by IS NULL) = (held_until IS NULL))
);
CREATE INDEX tasks_held_by_idx ON tasks (lower(held_by), held_until) WHERE held_by IS NOT NULL;
CREATE INDEX tasks_open_idx ON tasks (due_at, id) WHERE state = 'open';
CREATE INDEX tasks_escalate_at_idx ON tasks (escalate_at) WHERE state = 'open' AND escalated_at IS NULL;
CREATE INDEX tasks_company_id_idx ON tasks (company_id);
CREATE INDEX tasks_contact_id_idx ON tasks (contact_id);
CREATE UNIQUE INDEX tasks_intent_id_key ON tasks (intent_id, kind) WHERE intent_id IS NOT NULL;
CREATE INDEX tasks_signal_id_idx ON tasks (signal_id);
CREATE INDEX tasks_hold_id_idx ON tasks (hold_id);
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
