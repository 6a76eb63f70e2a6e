-- Messages that a model writes.

-- Which model writes, for the whole workspace; no row: none does, and templates do the job.
CREATE TABLE drafting_settings (
    is_only boolean PRIMARY KEY DEFAULT true CONSTRAINT drafting_settings_is_only_check CHECK (is_only),
    model text NOT NULL CONSTRAINT drafting_settings_model_check CHECK (length(model) BETWEEN 1 AND 200), -- provider:model, or a local server's name of it
    base_url text CONSTRAINT drafting_settings_base_url_check CHECK (length(base_url) <= 500), -- of an OpenAI-compatible server; NULL: the provider's own
    key text CONSTRAINT drafting_settings_key_check CHECK (key ~ '^secret:.'), -- names a stored secret, never holds one
    key_env text, -- or the environment variable that has it
    drafts_per_day integer NOT NULL DEFAULT 100 CONSTRAINT drafting_settings_drafts_per_day_check CHECK (drafts_per_day >= 0),
    timeout_seconds integer NOT NULL DEFAULT 60 CONSTRAINT drafting_settings_timeout_seconds_check CHECK (timeout_seconds BETWEEN 1 AND 300),
    refines_meaning boolean NOT NULL DEFAULT false, -- whether it may say what a reply means where the rules do not know
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);

-- A message that a model is to write, or wrote: at most one for each step of an enrolment.
CREATE TABLE drafts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    enrolment_id uuid NOT NULL CONSTRAINT drafts_enrolment_id_fkey REFERENCES enrolments ON DELETE CASCADE,
    step_key text NOT NULL,
    channel text NOT NULL CONSTRAINT drafts_channel_check CHECK (channel IN ('email', 'sms', 'whatsapp')),
    state text NOT NULL DEFAULT 'wanted' CONSTRAINT drafts_state_check CHECK (state IN ('wanted', 'written', 'refused', 'failed')),
    subject text,
    content text,
    content_hash text,
    mentions_id uuid CONSTRAINT drafts_mentions_id_fkey REFERENCES contacts ON DELETE SET NULL, -- the colleague it names
    facts jsonb NOT NULL DEFAULT '[]', -- what it says and the rows that say so
    refusals jsonb NOT NULL DEFAULT '[]', -- what was wrong with each try
    detail text, -- why there is none
    model text,
    tries integer NOT NULL DEFAULT 0, -- how often a worker began with it
    lease uuid, -- who writes it, and until when
    lease_until timestamptz,
    asked_at timestamptz NOT NULL,
    called_at timestamptz, -- when the model was asked: it counts against the day's budget
    settled_at timestamptz,
    CONSTRAINT drafts_step_key UNIQUE (enrolment_id, step_key),
    CONSTRAINT drafts_content_check CHECK (
        (state = 'written') <= (content IS NOT NULL AND content_hash IS NOT NULL AND model IS NOT NULL)
        AND (state = 'wanted') = (settled_at IS NULL) AND (lease IS NULL) = (lease_until IS NULL)
    )
);
CREATE INDEX drafts_wanted_idx ON drafts (asked_at, id) WHERE state = 'wanted';
CREATE INDEX drafts_called_at_idx ON drafts (called_at);
CREATE INDEX drafts_mentions_id_idx ON drafts (mentions_id) WHERE mentions_id IS NOT NULL;

-- What a model wrote is open to the workspace's role; its agent reads it.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY['drafting_settings', 'drafts']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I, %I USING (true) WITH CHECK (true)', relation, current_user, agent);
        EXECUTE format('GRANT SELECT ON %s TO %I', relation, agent);
    END LOOP;
END
$$;
