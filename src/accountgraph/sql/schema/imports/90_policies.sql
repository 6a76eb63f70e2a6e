-- Uploaded files are for people: an agent sees none of them.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY['imports', 'import_chunks', 'import_rejects', 'import_erasures']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I USING (true) WITH CHECK (true)', relation, current_user);
    END LOOP;
END
$$;
