-- What the workspaces share: who they are, who may enter, and what is due.

CREATE TABLE workspaces (
    name text PRIMARY KEY CONSTRAINT workspaces_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    schema_name text NOT NULL CONSTRAINT workspaces_schema_name_key UNIQUE,
    role_name text NOT NULL CONSTRAINT workspaces_role_name_key UNIQUE,
    agent_role_name text NOT NULL CONSTRAINT workspaces_agent_role_name_key UNIQUE,
    schema_version text,
    is_ephemeral boolean NOT NULL DEFAULT false, -- of a simulation: no worker looks into it
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL CONSTRAINT users_email_key UNIQUE,
    name text,
    created_at timestamptz NOT NULL DEFAULT now(),
    password_hash text, -- Argon2id, with its parameters and salt; NULL: enters by single sign-on alone, or not yet
    password_set_at timestamptz,
    disabled_at timestamptz
);

CREATE TABLE memberships (
    user_id uuid NOT NULL CONSTRAINT memberships_user_id_fkey REFERENCES users ON DELETE CASCADE,
    workspace text NOT NULL CONSTRAINT memberships_workspace_fkey REFERENCES workspaces ON DELETE CASCADE,
    role text NOT NULL CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, workspace)
);
CREATE INDEX memberships_workspace_idx ON memberships (workspace);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace text NOT NULL CONSTRAINT api_keys_workspace_fkey REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid CONSTRAINT api_keys_user_id_fkey REFERENCES users ON DELETE CASCADE,
    key_hash text NOT NULL CONSTRAINT api_keys_key_hash_key UNIQUE CONSTRAINT api_keys_key_hash_check CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    label text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    prefix text CONSTRAINT api_keys_prefix_key UNIQUE CONSTRAINT api_keys_prefix_check CHECK (prefix ~ '^[0-9a-z]{12}$'),
    role text NOT NULL DEFAULT 'viewer' CONSTRAINT api_keys_role_check CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'agent')),
    scopes text [], -- names of permissions that narrow the role; NULL: all of it
    agent text, -- the agent that uses it, by name
    expires_at timestamptz,
    last_used_at timestamptz,
    created_by text, -- by what name people know who made it
    created_by_id uuid CONSTRAINT api_keys_created_by_id_fkey REFERENCES users ON DELETE SET NULL
);
CREATE INDEX api_keys_created_by_id_idx ON api_keys (created_by_id);
CREATE INDEX api_keys_workspace_idx ON api_keys (workspace);
CREATE INDEX api_keys_user_id_idx ON api_keys (user_id);

-- One table for workers to poll, instead of every workspace.
CREATE TABLE wakeups (
    workspace text PRIMARY KEY CONSTRAINT wakeups_workspace_fkey REFERENCES workspaces ON DELETE CASCADE,
    due_at timestamptz NOT NULL
);
CREATE INDEX wakeups_due_at_idx ON wakeups (due_at);

-- On Supabase nothing here is open to the Data API either.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY registry ON %s TO %I USING (true) WITH CHECK (true)', relation, current_user);
    END LOOP;
END
$$;

-- Who has a workspace's role, as a login of its own may, sees the row of that workspace.
CREATE POLICY own ON workspaces FOR SELECT USING (
    EXISTS (
        SELECT FROM pg_roles AS r
        WHERE r.rolname IN (workspaces.role_name, workspaces.agent_role_name) AND pg_has_role(r.oid, 'MEMBER')
    )
);
