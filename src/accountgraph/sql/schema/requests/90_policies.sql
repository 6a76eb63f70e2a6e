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
