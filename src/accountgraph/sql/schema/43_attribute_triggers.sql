-- A declared attribute keeps its type; an undeclared one is kept as it comes. What triggers change
-- are never attributes, so their updates are not looked at.

CREATE FUNCTION check_attributes() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    IF NOT EXISTS (SELECT FROM attribute_definitions AS d WHERE d.entity = TG_TABLE_NAME AND d.type <> 'text') THEN
        RETURN NULL;
    END IF;
    SELECT d.name, d.type INTO wrong
    FROM new_rows AS n
    INNER JOIN attribute_definitions AS d ON d.entity = TG_TABLE_NAME AND n.attributes ? d.name
    WHERE CASE d.type
        WHEN 'number' THEN jsonb_typeof(n.attributes -> d.name) NOT IN ('number', 'null')
        WHEN 'boolean' THEN jsonb_typeof(n.attributes -> d.name) NOT IN ('boolean', 'null')
        WHEN 'list' THEN jsonb_typeof(n.attributes -> d.name) NOT IN ('array', 'null')
        WHEN 'date' THEN n.attributes ->> d.name !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
        ELSE false
    END
    LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING
            MESSAGE = format('attributes.%s must be of type %s', wrong.name, wrong.type),
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
