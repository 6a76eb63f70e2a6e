-- What the API keeps of requests.

-- A request that is sent twice is done once; kept for a day. `role_name`: an agent sees its own alone.
CREATE TABLE idempotency_keys (
    principal_id uuid NOT NULL,
    key text NOT NULL CONSTRAINT idempotency_keys_key_check CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    status integer,
    headers jsonb NOT NULL DEFAULT '{}',
    body bytea,
    role_name text NOT NULL DEFAULT current_user,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (principal_id, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
-- What the API keeps is open to the workspace's role; an agent's own requests are open to the agent.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
BEGIN
    ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY workspace ON idempotency_keys TO %I USING (true) WITH CHECK (true)', current_user);
    EXECUTE format(
        'CREATE POLICY agent ON idempotency_keys TO %I USING (role_name = current_user) WITH CHECK (role_name = current_user)', agent
    );
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO %I', agent);
END
$$;
