-- What is made up is told by one function.

-- Whether a company or a person is made up, to show what the program does: an attribute says so, and the domain or the address is one of
-- the demo's. The attribute alone may be somebody's own.
CREATE FUNCTION is_made_up(attributes jsonb, address text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN attributes @> '{"demo": true}' AND address ~ '([.]example|(^|@)acmemedical[.]com)$';
END
$$;

DO $$
BEGIN
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %I.is_made_up(jsonb, text) FROM PUBLIC', current_schema());
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I.is_made_up(jsonb, text) TO %I', current_schema(), current_setting('accountgraph.agent_role'));
END
$$;
