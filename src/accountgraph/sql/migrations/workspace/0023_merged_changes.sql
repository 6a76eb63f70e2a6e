-- A change of an object changes what it names of it.

-- What is to be changed of a row, with the objects in it merged into those that are there, key by key (RFC 7396, one level deep): what is
-- not named stays, and null takes a key away.
CREATE FUNCTION merged_changes(before jsonb, changes jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT jsonb_path_exists(changes, '$.* ? (@.type() == "object")') THEN
        RETURN changes;
    END IF;
    RETURN (
        SELECT jsonb_object_agg(c.key, CASE
            WHEN jsonb_typeof(c.value) <> 'object' THEN c.value
            ELSE (coalesce(nullif(before -> c.key, 'null'), '{}') || c.value)
                - ARRAY(SELECT k.key FROM jsonb_each(c.value) AS k WHERE k.value = 'null')
        END)
        FROM jsonb_each(changes) AS c
    );
END
$$;

DO $$
BEGIN
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %I.merged_changes(jsonb, jsonb) FROM PUBLIC', current_schema());
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I.merged_changes(jsonb, jsonb) TO %I', current_schema(), current_setting('accountgraph.agent_role'));
END
$$;
