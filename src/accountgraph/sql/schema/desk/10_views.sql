-- What people keep of how they look at the workspace.

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
