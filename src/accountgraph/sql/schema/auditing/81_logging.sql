-- How changes get into the log: a trigger a table and action, which does nothing where nobody is said to act.

-- A row's key as the log writes it.
CREATE FUNCTION audit_key(image jsonb, keys text []) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
    SELECT CASE cardinality(keys)
        WHEN 1 THEN image ->> keys[1]
        ELSE (SELECT jsonb_agg(image -> k.key ORDER BY k.nth)::text FROM unnest(keys) WITH ORDINALITY AS k (key, nth))
    END
$$;

-- Whom a row is about, as far as it or what it hangs on says so.
CREATE FUNCTION audit_subject(relation text, image jsonb, OUT company_id uuid, OUT contact_id uuid)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    company_id := CASE relation WHEN 'companies' THEN image ->> 'id' ELSE image ->> 'company_id' END;
    contact_id := CASE relation WHEN 'contacts' THEN image ->> 'id' WHEN 'relationships' THEN image ->> 'contact_id_1' ELSE image ->> 'contact_id' END;
    IF contact_id IS NULL AND company_id IS NULL AND image ->> 'conversation_id' IS NOT NULL THEN
        SELECT v.company_id, v.contact_id INTO company_id, contact_id FROM conversations AS v WHERE v.id = (image ->> 'conversation_id')::uuid;
    ELSIF contact_id IS NULL AND company_id IS NULL AND image ->> 'enrolment_id' IS NOT NULL THEN
        SELECT e.company_id, e.contact_id INTO company_id, contact_id FROM enrolments AS e WHERE e.id = (image ->> 'enrolment_id')::uuid;
    ELSIF company_id IS NULL AND contact_id IS NOT NULL THEN
        SELECT c.company_id INTO company_id FROM contacts AS c WHERE c.id = audit_subject.contact_id;
    END IF;
END
$$;

-- Who acts, as the log has it. A connection with the agent's rights is an agent's, whatever it says of itself.
CREATE FUNCTION audit_actor(OUT kind text, OUT id text, OUT name text, OUT request_id text, OUT undoes bigint)
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

-- Logs what a statement changed. Its arguments: the key's columns, those left out, those that are bookkeeping, whether the
-- worker's changes are logged too, and whether of an update only that is logged by which a row loses something: a reference to
-- what was deleted. A statement that changes more than 200 rows is one row that counts.
CREATE FUNCTION log_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    at_once constant integer := 200;
    keys constant text[] := TG_ARGV[0];
    left_out constant text[] := TG_ARGV[1];
    bookkeeping constant text[] := TG_ARGV[2];
    actor record;
    changed integer;
BEGIN
    SELECT * INTO actor FROM audit_actor();
    IF actor.kind IS NULL OR (actor.kind = 'worker' AND NOT TG_ARGV[3]::boolean) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        changed := (SELECT count(*) FROM (SELECT FROM old_rows LIMIT at_once + 1) AS o);
    ELSE
        changed := (SELECT count(*) FROM (SELECT FROM new_rows LIMIT at_once + 1) AS n);
    END IF;
    IF changed > at_once THEN
        IF TG_OP = 'DELETE' THEN
            changed := (SELECT count(*) FROM old_rows);
        ELSE
            changed := (SELECT count(*) FROM new_rows);
        END IF;
        INSERT INTO audit_log (actor_kind, actor_id, actor_name, request_id, table_name, row_count, action)
        VALUES (actor.kind, actor.id, actor.name, actor.request_id, TG_TABLE_NAME, changed, lower(TG_OP));
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_log (
            actor_kind, actor_id, actor_name, request_id, table_name, row_id, action, after, company_id, contact_id, undoes_id
        )
        SELECT
            actor.kind, actor.id, actor.name, actor.request_id, TG_TABLE_NAME, audit_key(n.image, keys), 'insert',
            n.image - left_out, s.company_id, s.contact_id, actor.undoes
        FROM (SELECT to_jsonb(n) AS image FROM new_rows AS n) AS n
        CROSS JOIN LATERAL audit_subject(TG_TABLE_NAME, n.image) AS s;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_log (
            actor_kind, actor_id, actor_name, request_id, table_name, row_id, action, before, company_id, contact_id, undoes_id
        )
        SELECT
            actor.kind, actor.id, actor.name, actor.request_id, TG_TABLE_NAME, audit_key(o.image, keys), 'delete',
            o.image - left_out, s.company_id, s.contact_id, actor.undoes
        FROM (SELECT to_jsonb(o) AS image FROM old_rows AS o) AS o
        CROSS JOIN LATERAL audit_subject(TG_TABLE_NAME, o.image) AS s;
    ELSE
        INSERT INTO audit_log (
            actor_kind, actor_id, actor_name, request_id, table_name, row_id, action, before, after, company_id, contact_id, undoes_id
        )
        SELECT
            actor.kind, actor.id, actor.name, actor.request_id, TG_TABLE_NAME, audit_key(n.image, keys), 'update',
            d.before - left_out, d.after - left_out, s.company_id, s.contact_id,
            actor.undoes
        FROM (SELECT to_jsonb(o) AS image FROM old_rows AS o) AS o
        INNER JOIN (SELECT to_jsonb(n) AS image FROM new_rows AS n) AS n ON audit_key(n.image, keys) = audit_key(o.image, keys)
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(e.key, e.value) AS before, jsonb_object_agg(e.key, n.image -> e.key) AS after
            FROM jsonb_each(o.image) AS e
            WHERE n.image -> e.key IS DISTINCT FROM e.value AND e.key <> ALL (bookkeeping)
        ) AS d
        CROSS JOIN LATERAL audit_subject(TG_TABLE_NAME, n.image) AS s
        WHERE d.before IS NOT NULL AND (NOT TG_ARGV[4]::boolean OR d.after @? '$.* ? (@ == null)');
    END IF;
    RETURN NULL;
END
$$;

-- The log only grows. What is old, or tells of a person who was erased, goes by the two functions below and no other way.
CREATE FUNCTION keep_audit_log() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    callers text;
BEGIN
    GET DIAGNOSTICS callers = PG_CONTEXT;
    IF callers !~ '\m(forget_audit|redact_audit|erase_traces)\(' THEN
        RAISE insufficient_privilege USING MESSAGE = 'the audit log is never changed';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_audit_log BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();

-- Forgets what is older than a moment; gives how many rows that were.
CREATE FUNCTION forget_audit(older_than timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM audit_log AS a WHERE a.at < older_than;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- Forgets these changes; gives how many they were.
CREATE FUNCTION forget_audit(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM audit_log AS a WHERE a.id = ANY (ids);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- Takes out what the log says of a person who is being erased, with what was there before of all that this transaction changed, and all
-- that is known of what it deleted; who did it, and when, stays.
CREATE FUNCTION redact_audit(person uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    redacted bigint;
BEGIN
    UPDATE audit_log AS a SET before = NULL, after = NULL, is_redacted = true
    WHERE NOT a.is_redacted AND (
        a.contact_id = person
        OR a.transaction_id = pg_current_xact_id_if_assigned()
        OR (a.table_name = 'relationships' AND person::text IN (
            a.before ->> 'contact_id_1', a.before ->> 'contact_id_2', a.after ->> 'contact_id_1', a.after ->> 'contact_id_2'
        ))
        OR (a.table_name, a.row_id) IN (
            SELECT g.table_name, g.row_id FROM audit_log AS g
            WHERE g.transaction_id = pg_current_xact_id_if_assigned() AND g.action = 'delete'
        )
    );
    GET DIAGNOSTICS redacted = ROW_COUNT;
    RETURN redacted;
END
$$;

-- Puts the triggers on every table that is to have them. A migration that makes a table calls it once the table is there.
CREATE FUNCTION audit_tables() RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    -- A connection that may not write suppressions is an agent's, and logged even where it does not say who acts.
    condition constant text := format(
        $when$coalesce(current_setting('accountgraph.acting', true), '') <> '' OR NOT has_table_privilege(%L::regclass, 'INSERT')$when$,
        'suppressions'::regclass
    );
    relation record;
BEGIN
    FOR relation IN
        SELECT
            c.relname AS name, x.table_name IS NOT NULL AS only_deletes,
            ARRAY(
                SELECT a.attname FROM pg_index AS i
                CROSS JOIN LATERAL unnest(i.indkey::int2 []) WITH ORDINALITY AS k (number, nth)
                INNER JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
                WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.nth
            )::text AS keys,
            ARRAY(
                SELECT u.column_name FROM audit_columns AS u WHERE u.table_name = c.relname AND u.treatment = 'left_out' ORDER BY 1
            )::text AS left_out,
            ARRAY(
                SELECT u.column_name FROM audit_columns AS u WHERE u.table_name = c.relname AND u.treatment = 'bookkeeping' ORDER BY 1
            )::text AS bookkeeping,
            -- What the worker does to these stands in its ledger, or is a token that it renews.
            (c.relname NOT IN ('enrolments', 'conversations', 'touchpoints', 'mails', 'secrets'))::text AS logs_worker
        FROM pg_class AS c
        LEFT JOIN audit_exemptions AS x ON x.table_name = c.relname
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND (x.table_name IS NULL OR x.logs_deletes)
        ORDER BY c.relname
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER audit_deleted AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT'
            ' WHEN (%s) EXECUTE FUNCTION log_changes(%L, %L, %L, %L, %L)',
            relation.name, condition, relation.keys, relation.left_out, relation.bookkeeping, 'true', 'false'
        );
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER audit_updated AFTER UPDATE ON %I'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT'
            ' WHEN (%s) EXECUTE FUNCTION log_changes(%L, %L, %L, %L, %L)',
            relation.name, CASE WHEN relation.only_deletes THEN format('pg_trigger_depth() > 0 AND (%s)', condition) ELSE condition END,
            relation.keys, relation.left_out, relation.bookkeeping, relation.logs_worker, relation.only_deletes
        );
        CONTINUE WHEN relation.only_deletes;
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER audit_inserted AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT'
            ' WHEN (%s) EXECUTE FUNCTION log_changes(%L, %L, %L, %L, %L)',
            relation.name, condition, relation.keys, relation.left_out, relation.bookkeeping, relation.logs_worker, 'false'
        );
    END LOOP;
END
$$;
