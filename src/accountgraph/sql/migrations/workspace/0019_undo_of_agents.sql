-- What is taken back for an agent, with the rights of the workspace, is logged as taken back: asked again, the change before it follows.

-- Who acts, as the log has it. A connection with the agent's rights is an agent's, whatever it says of itself.
CREATE OR REPLACE FUNCTION audit_actor(OUT kind text, OUT id text, OUT name text, OUT request_id text, OUT undoes bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    said constant jsonb := nullif(current_setting('accountgraph.acting', true), '');
    login constant text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    is_trusted constant boolean := pg_has_role(login, current_user, 'MEMBER');
BEGIN
    kind := CASE WHEN is_trusted THEN said ->> 'kind' ELSE 'agent' END;
    id := said ->> 'id';
    name := coalesce(said ->> 'name', session_user);
    request_id := said ->> 'request_id';
    undoes := CASE WHEN is_trusted THEN nullif(current_setting('accountgraph.undoes', true), '') END;
END
$$;
