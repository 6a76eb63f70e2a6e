-- A declared attribute keeps its type; an undeclared one is kept as it comes. What triggers change
-- are never attributes, so their updates are not looked at.

-- Whether a text is a day of the calendar, with a time of day or not, as ISO 8601 writes it.
CREATE FUNCTION is_date(written text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    parts constant text[] := regexp_match(
        written,
        '^(?!0000)([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        '([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$'
    );
BEGIN
    RETURN parts IS NOT NULL AND parts[3]::integer <= extract(
        DAY FROM make_date(parts[1]::integer, parts[2]::integer, 1) + interval '1 month - 1 day'
    );
END
$$;

-- Whether a value is one of a declared attribute of this type; null is one of any.
CREATE FUNCTION attribute_fits(value jsonb, type text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'null' THEN true
        WHEN 'string' THEN type = 'text' OR type = 'date' AND is_date(value #>> '{}')
        WHEN 'array' THEN type = 'list'
        ELSE type = jsonb_typeof(value)
    END;
END
$$;

CREATE FUNCTION check_attributes() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    IF NOT EXISTS (SELECT FROM attribute_definitions AS d WHERE d.entity = TG_TABLE_NAME) THEN
        RETURN NULL;
    END IF;
    SELECT d.name, d.type INTO wrong
    FROM new_rows AS n
    INNER JOIN attribute_definitions AS d ON d.entity = TG_TABLE_NAME AND n.attributes ? d.name
    WHERE NOT attribute_fits(n.attributes -> d.name, d.type)
    LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING
            MESSAGE = format('must be of type %s%s', wrong.type, CASE wrong.type WHEN 'date' THEN ', such as "2024-01-31"' END),
            TABLE = TG_TABLE_NAME, COLUMN = 'attributes.' || wrong.name, CONSTRAINT = TG_TABLE_NAME || '_attributes_check';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER check_inserted_attributes AFTER INSERT ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON relationships
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON relationships
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON conversations
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON conversations
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_inserted_attributes AFTER INSERT ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_attributes();
CREATE TRIGGER check_updated_attributes AFTER UPDATE ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION check_attributes();
