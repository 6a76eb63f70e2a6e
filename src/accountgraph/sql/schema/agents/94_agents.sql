-- AI agents: what each may do in a day, and the messages they ask for.

-- An agent as people let it work. Its row is locked while it reserves, so that two processes cannot overrun its budget.
CREATE TABLE agents (
    name text PRIMARY KEY CONSTRAINT agents_name_check CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,79}$'),
    may_send boolean NOT NULL DEFAULT false, -- false: every message of its waits for a person
    touches_a_day integer NOT NULL DEFAULT 0
        CONSTRAINT agents_touches_a_day_check CHECK (touches_a_day BETWEEN 0 AND 10000), -- that leave without a person
    proposals_a_day integer NOT NULL DEFAULT 100
        CONSTRAINT agents_proposals_a_day_check CHECK (proposals_a_day BETWEEN 0 AND 10000), -- that people are asked about
    timezone text NOT NULL DEFAULT 'UTC', -- whose days they are
    is_paused boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE TRIGGER touch BEFORE UPDATE ON agents FOR EACH ROW EXECUTE FUNCTION touch();

-- On which channels agents ask for messages: each is a campaign of one step, so that arbiter, approvals and ledger are those of all.
CREATE TABLE agent_channels (
    channel text PRIMARY KEY CONSTRAINT agent_channels_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    campaign_id uuid NOT NULL CONSTRAINT agent_channels_campaign_id_fkey REFERENCES campaigns ON DELETE CASCADE,
    queue_id bigint NOT NULL CONSTRAINT agent_channels_queue_id_fkey REFERENCES queues, -- of those whose message waits for a person
    CONSTRAINT agent_channels_campaign_id_key UNIQUE (campaign_id)
);
CREATE INDEX agent_channels_queue_id_idx ON agent_channels (queue_id);

-- A message that an agent asked for. The words are the approval's; an agent that was removed is still named.
CREATE TABLE agent_messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agent text NOT NULL,
    enrolment_id uuid NOT NULL CONSTRAINT agent_messages_enrolment_id_fkey REFERENCES enrolments ON DELETE CASCADE,
    approval_id uuid NOT NULL CONSTRAINT agent_messages_approval_id_fkey REFERENCES approvals ON DELETE CASCADE,
    continues_id uuid CONSTRAINT agent_messages_continues_id_fkey REFERENCES enrolments ON DELETE SET NULL, -- whose thread it goes on in
    why text CONSTRAINT agent_messages_why_check CHECK (length(why) <= 2000), -- what the agent says for it
    day date NOT NULL, -- of the agent's zone: the one whose budget it uses
    asked_at timestamptz NOT NULL DEFAULT current_moment(),
    released_at timestamptz, -- when its budget let it go without a person; NULL: a person decides
    withdrawn_at timestamptz,
    CONSTRAINT agent_messages_approval_id_key UNIQUE (approval_id)
);
CREATE INDEX agent_messages_agent_idx ON agent_messages (agent, day);
CREATE INDEX agent_messages_asked_at_idx ON agent_messages (asked_at, id); -- of their list, a page at a time
CREATE INDEX agent_messages_agent_asked_at_idx ON agent_messages (agent, asked_at, id);
CREATE INDEX agent_messages_enrolment_id_idx ON agent_messages (enrolment_id);
CREATE INDEX agent_messages_continues_id_idx ON agent_messages (continues_id) WHERE continues_id IS NOT NULL;
