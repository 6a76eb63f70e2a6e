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
