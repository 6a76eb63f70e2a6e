-- Merges are open to the workspace's role. Its agent sees that there was one, not the images of what was; it may neither merge nor undo.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
    routine regprocedure;
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
    EXECUTE format('REVOKE ALL ON merge_rows, erasures FROM %I', agent);
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
    FOREACH routine IN ARRAY ARRAY[
        'account_key(text)', 'contact_of(text)', 'references_to(regclass)', 'count_references(regclass, uuid)'
    ]::regprocedure[] LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', routine, agent);
    END LOOP;
END
$$;
