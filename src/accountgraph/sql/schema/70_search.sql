-- Search by any part of a name, address or domain. The operator class is looked up, since the
-- extension lives outside the workspace's schema.
DO $$
DECLARE
    trigrams constant text := (
        SELECT format('%I.gin_trgm_ops', n.nspname) FROM pg_extension AS e
        INNER JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'
    );
BEGIN
    EXECUTE format($index$CREATE INDEX companies_search_idx ON companies USING gin ((name || ' ' || coalesce(domain, '')) %s)$index$, trigrams);
    EXECUTE format(
        $index$CREATE INDEX contacts_search_idx ON contacts
        USING gin ((coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, '')) %s)$index$, trigrams
    );
END
$$;
