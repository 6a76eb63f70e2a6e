-- The table of accounts as people save it, and the indexes of its filters.

-- The table of accounts as somebody saved it: for themselves, or for everybody.
CREATE TABLE account_views (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_id text NOT NULL CONSTRAINT account_views_owner_id_check CHECK (length(owner_id) BETWEEN 1 AND 200), -- of a user, or of a key
    name text NOT NULL CONSTRAINT account_views_name_check CHECK (length(name) BETWEEN 1 AND 200),
    wanted jsonb NOT NULL CONSTRAINT account_views_wanted_check CHECK (jsonb_typeof(wanted) = 'object'), -- filters, order, columns
    is_shared boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0, -- in the list of views
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
-- Nobody has two of a name.
CREATE UNIQUE INDEX account_views_name_key ON account_views (owner_id, lower(name));
CREATE INDEX account_views_shared_idx ON account_views (position, id) WHERE is_shared;
-- Views are for people: an agent neither reads nor writes them.
DO $$
BEGIN
    ALTER TABLE account_views ENABLE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY workspace ON account_views TO %I USING (true) WITH CHECK (true)', current_user);
END
$$;

INSERT INTO audit_columns (table_name, column_name, treatment, reason)
VALUES ('account_views', 'updated_at', 'bookkeeping', 'kept with each change');
SELECT audit_tables();

-- Each filter of the table has an index that holds its rows in the order of their names.
CREATE INDEX companies_industry_idx ON companies (lower(industry), name, id) WHERE industry IS NOT NULL;
CREATE INDEX companies_country_idx ON companies (country, name, id) WHERE country IS NOT NULL;
CREATE INDEX companies_owner_user_id_idx ON companies (owner_user_id, name, id) WHERE owner_user_id IS NOT NULL;
CREATE INDEX tasks_open_company_idx ON tasks (company_id, due_at, id) WHERE state = 'open';
