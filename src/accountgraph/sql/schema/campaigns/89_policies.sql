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
