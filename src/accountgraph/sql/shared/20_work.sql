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
