-- The log is for the workspace's own role: an agent neither reads nor writes it, though what it does is logged. It may search.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY['audit_log', 'audit_exemptions', 'audit_columns']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I USING (true) WITH CHECK (true)', relation, current_user);
    END LOOP;
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('GRANT EXECUTE ON FUNCTION search_fit(text, text, text), search_everything(text, text [], integer) TO %I', agent);
END
$$;
-- Last of all, so that every table is there.
SELECT audit_tables();
