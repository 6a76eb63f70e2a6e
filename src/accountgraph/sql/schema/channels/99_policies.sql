-- What came in, mailboxes and preferences are open to the workspace's role; its agent reads them, but for secrets.
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
        EXECUTE format('GRANT SELECT ON %s TO %I', relation, agent);
    END LOOP;
    EXECUTE format('REVOKE ALL ON secrets FROM %I', agent);
END
$$;
