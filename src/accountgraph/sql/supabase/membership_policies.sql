-- Let the members of workspace {workspace} in through Supabase's Data API: whoever stands in
-- accountgraph.memberships with the id that Supabase Auth knows (auth.uid()). Viewers read, members,
-- admins and owners write too; nobody else sees a row. Can be run again.
-- Then expose the schema: Project settings, Data API, exposed schemas: {workspace}.
BEGIN;

-- Runs as its owner, because members may not read the registry themselves.
CREATE OR REPLACE FUNCTION accountgraph.is_member(in_workspace text, may_write boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM accountgraph.memberships AS m
        WHERE m.workspace = in_workspace AND m.user_id = auth.uid() AND (m.role IN ('owner', 'admin', 'member') OR NOT may_write)
    );
END
$$;
REVOKE EXECUTE ON FUNCTION accountgraph.is_member(text, boolean) FROM PUBLIC;
GRANT USAGE ON SCHEMA accountgraph TO authenticated;
GRANT EXECUTE ON FUNCTION accountgraph.is_member(text, boolean) TO authenticated;

DO $$
DECLARE
    owner constant text := (SELECT w.role_name FROM accountgraph.workspaces AS w WHERE w.name = '{workspace}');
    -- In a subquery, so that it is asked once a statement and not once a row.
    is_member constant text := '(SELECT accountgraph.is_member(''{workspace}'', %s))';
    relation regclass;
    verb text;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA accountgraph TO %I', owner);
    EXECUTE format('SET LOCAL ROLE %I', owner);
    FOR relation IN
        SELECT c.oid FROM pg_class AS c
        WHERE c.relnamespace = '{workspace}'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS "members read" ON %s', relation);
        EXECUTE format('CREATE POLICY "members read" ON %s FOR SELECT TO authenticated USING (%s)', relation, format(is_member, 'false'));
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO authenticated', relation);
        FOREACH verb IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
            EXECUTE format('DROP POLICY IF EXISTS "members %s" ON %s', lower(verb), relation);
            EXECUTE format(
                'CREATE POLICY "members %s" ON %s FOR %s TO authenticated %s (%s)',
                lower(verb), relation, verb, CASE verb WHEN 'INSERT' THEN 'WITH CHECK' ELSE 'USING' END, format(is_member, 'true')
            );
        END LOOP;
    END LOOP;
    -- The materialized view knows no row level security: it stays closed.
    GRANT USAGE ON SCHEMA {workspace} TO authenticated;
    GRANT SELECT ON {workspace}.scored_acts TO authenticated;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA {workspace} TO authenticated;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {workspace} TO authenticated;
    RESET ROLE;
END
$$;

COMMIT;
