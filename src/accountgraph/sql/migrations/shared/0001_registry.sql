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
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
    user_id uuid NOT NULL CONSTRAINT memberships_user_id_fkey REFERENCES users ON DELETE CASCADE,
    workspace text NOT NULL CONSTRAINT memberships_workspace_fkey REFERENCES workspaces ON DELETE CASCADE,
    role text NOT NULL CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'member', 'viewer')),
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
    revoked_at timestamptz
);
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
-- How a workspace's transactions call for work. They run as the workspace's role, which sees neither wake-ups nor jobs: these
-- functions are the owner's, and know the workspace by the role that asks.

-- The workspace of the role that acts.
CREATE FUNCTION acting_workspace() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN (
        SELECT w.name FROM workspaces AS w
        WHERE coalesce(nullif(current_setting('role', true), 'none'), session_user) IN (w.role_name, w.agent_role_name) AND NOT w.is_ephemeral
    );
END
$$;

-- Something is due at a time: whoever waits longer is woken.
CREATE FUNCTION wake(at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    acting constant text := acting_workspace();
BEGIN
    IF at IS NULL OR acting IS NULL OR EXISTS (SELECT FROM wakeups AS w WHERE w.workspace = acting AND w.due_at <= at) THEN
        RETURN;
    END IF;
    INSERT INTO wakeups AS w (workspace, due_at) VALUES (acting, at)
    ON CONFLICT (workspace) DO UPDATE SET due_at = excluded.due_at WHERE w.due_at > excluded.due_at;
    PERFORM pg_notify('accountgraph_work', acting);
END
$$;

-- A short job for a worker, part of the caller's transaction: it is there if that commits. The same job waits once.
CREATE FUNCTION enqueue(task text, arguments jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = procrastinate, accountgraph, pg_temp
AS $$
DECLARE
    acting constant text := acting_workspace();
    job constant jsonb := arguments || jsonb_build_object('workspace', acting);
BEGIN
    IF acting IS NOT NULL THEN
        PERFORM procrastinate_defer_jobs_v1(ARRAY[
            ROW('accountgraph', task, 0, NULL, task || ' ' || job, job, NULL)::procrastinate_job_to_defer_v1
        ]);
    END IF;
EXCEPTION WHEN unique_violation THEN
    NULL; -- it waits already
END
$$;

REVOKE EXECUTE ON FUNCTION acting_workspace(), wake(timestamptz), enqueue(text, jsonb) FROM PUBLIC;
