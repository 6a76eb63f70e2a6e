-- Taking changes back: each table's rows by the images in the log, where they still are as the change left them.
-- Names of tables and columns come from the catalogue and from what the triggers wrote, never from whoever asks.

-- How a row is found by the key that the log has of it: `t` is the table, $1 the key.
CREATE FUNCTION audit_condition(relation regclass) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
    SELECT string_agg(
        format(
            't.%I = (%s)::%s', a.attname, CASE WHEN i.indnkeyatts = 1 THEN '$1' ELSE format('$1::jsonb ->> %s', k.nth - 1) END,
            format_type(a.atttypid, a.atttypmod)
        ), ' AND ' ORDER BY k.nth
    )
    FROM pg_index AS i
    CROSS JOIN LATERAL unnest(i.indkey::int2 []) WITH ORDINALITY AS k (number, nth)
    INNER JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indrelid = relation AND i.indisprimary
$$;

-- Which columns of a table an image restores: those it has, but for what is generated or kept by triggers.
CREATE FUNCTION audit_restorable(relation regclass, image jsonb) RETURNS text []
LANGUAGE sql STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}')
    FROM pg_attribute AS a INNER JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND image ? a.attname::text
        AND NOT EXISTS (
            SELECT FROM audit_columns AS u
            WHERE u.table_name = c.relname AND u.column_name = a.attname::text AND u.treatment IN ('bookkeeping', 'left_out')
        )
$$;

-- Whether a message has left since a change, which it let go: then the change is not taken back.
CREATE FUNCTION audit_sent(change audit_log, image jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN CASE
        WHEN change.action = 'delete' THEN false
        WHEN change.table_name = 'approvals' THEN EXISTS (
            SELECT FROM intents AS i
            WHERE i.enrolment_id = (image ->> 'enrolment_id')::uuid AND i.step_key = image ->> 'step_key'
                AND i.state IN ('calling', 'sent', 'unknown') AND i.called_at >= change.at
        )
        WHEN change.table_name = 'enrolments' THEN EXISTS (
            SELECT FROM intents AS i
            WHERE i.enrolment_id = (image ->> 'id')::uuid AND i.state IN ('calling', 'sent', 'unknown') AND i.called_at >= change.at
        )
        WHEN change.table_name = 'tasks' THEN EXISTS (
            SELECT FROM manual_messages AS m
            WHERE m.task_id = (image ->> 'id')::uuid AND m.state <> 'refused' AND m.called_at >= change.at
        ) OR EXISTS (
            SELECT FROM intents AS i
            WHERE i.id = (image ->> 'intent_id')::uuid AND i.state IN ('calling', 'sent', 'unknown') AND i.called_at >= change.at
        )
        WHEN change.table_name = 'touchpoints' AND change.action = 'insert' THEN EXISTS (
            SELECT FROM events AS e WHERE e.touchpoint_id = (image ->> 'id')::uuid
        )
        ELSE false
    END;
END
$$;

-- What hangs on a row that is about to go, but for what is taken back together with it: a table's name, or NULL.
CREATE FUNCTION audit_hanging_on(relation regclass, key text, together bigint []) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
    reference record;
    is_held boolean;
BEGIN
    FOR reference IN
        SELECT
            c.conrelid::regclass AS child, a.attname AS name, r.relname AS label, format_type(a.atttypid, a.atttypmod) AS type,
            ARRAY(
                SELECT k.attname::text FROM pg_index AS i CROSS JOIN LATERAL unnest(i.indkey::int2 []) WITH ORDINALITY AS n (number, nth)
                INNER JOIN pg_attribute AS k ON k.attrelid = i.indrelid AND k.attnum = n.number
                WHERE i.indrelid = c.conrelid AND i.indisprimary ORDER BY n.nth
            ) AS keys
        FROM pg_constraint AS c
        INNER JOIN pg_class AS r ON r.oid = c.conrelid
        INNER JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.confrelid = relation AND c.contype = 'f' AND cardinality(c.conkey) = 1
        ORDER BY r.relname, a.attname
    LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %s AS t WHERE t.%I = $1::%s AND NOT EXISTS ('
            ' SELECT FROM audit_log AS l WHERE l.id = ANY ($2) AND l.action = ''insert'' AND l.table_name = %L'
            ' AND l.row_id = audit_key(to_jsonb(t), $3)))', reference.child, reference.name, reference.type, reference.label
        ) INTO is_held USING key, together, reference.keys;
        IF is_held THEN
            RETURN reference.label;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- Why a change cannot be taken back as things are: a word, the change that stands in the way, and more; NULL: it can.
CREATE FUNCTION undo_obstacle(
    change audit_log, relation regclass, current jsonb, together bigint [], OUT obstacle text, OUT later_id bigint, OUT detail text
)
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    differing text[];
BEGIN
    obstacle := CASE
        WHEN change.is_redacted THEN 'erased'
        WHEN change.row_id IS NULL THEN 'counted'
        WHEN relation IS NULL THEN 'not_kept'
        WHEN audit_sent(change, coalesce(current, change.after)) THEN 'sent'
        WHEN change.action <> 'delete' AND current IS NULL THEN 'gone'
        WHEN change.action = 'delete' AND EXISTS (
            SELECT FROM pg_attribute AS a
            INNER JOIN audit_columns AS u ON u.table_name = change.table_name AND u.column_name = a.attname AND u.treatment = 'left_out'
            WHERE a.attrelid = relation AND a.attnotnull AND NOT a.atthasdef
        ) THEN 'not_kept'
        WHEN change.action = 'update' AND audit_restorable(relation, change.before - 'updated_at'::text) = '{}' THEN 'not_kept'
    END;
    SELECT u.id INTO later_id FROM audit_log AS u
    WHERE u.undoes_id = change.id AND u.id <> ALL (together) AND NOT EXISTS (SELECT FROM audit_log AS r WHERE r.undoes_id = u.id)
    ORDER BY u.id LIMIT 1;
    IF later_id IS NOT NULL THEN
        obstacle := 'undone';
    ELSIF obstacle IS NULL AND change.action <> 'delete' THEN
        SELECT array_agg(n.name) INTO differing FROM unnest(audit_restorable(relation, change.after)) AS n (name)
        WHERE current -> n.name IS DISTINCT FROM change.after -> n.name;
        obstacle := CASE WHEN differing IS NOT NULL THEN 'changed' END;
        detail := array_to_string(differing, ', ');
        IF obstacle IS NULL AND change.action = 'insert' THEN
            detail := audit_hanging_on(relation, change.row_id, together);
            obstacle := CASE WHEN detail IS NOT NULL THEN 'in_use' END;
        END IF;
    END IF;
    IF obstacle IN ('changed', 'gone') THEN
        SELECT l.id INTO later_id FROM audit_log AS l
        WHERE l.row_id = change.row_id AND l.table_name = change.table_name AND l.id > change.id
            AND (l.action = 'delete' OR differing IS NULL OR l.after ?| differing)
        ORDER BY l.id LIMIT 1;
    END IF;
END
$$;

-- Takes one change back. What its own triggers do besides is logged as part of it.
CREATE FUNCTION undo_one(change audit_log, together bigint [], OUT obstacle text, OUT later_id bigint, OUT detail text)
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    relation constant regclass := (
        SELECT t.tgrelid FROM pg_trigger AS t INNER JOIN pg_class AS c ON c.oid = t.tgrelid
        WHERE t.tgname = 'audit_deleted' AND c.relname = change.table_name AND c.relnamespace = current_schema()::regnamespace
    );
    condition constant text := audit_condition(relation);
    columns constant text[] := audit_restorable(relation, change.before);
    listed constant text := (SELECT string_agg(quote_ident(n.name), ', ') FROM unnest(columns) AS n (name));
    picked constant text := (SELECT string_agg('r.' || quote_ident(n.name), ', ') FROM unnest(columns) AS n (name));
    settable constant text[] := ARRAY(
        SELECT n.name FROM unnest(columns) AS n (name) INNER JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = n.name
        WHERE a.attidentity <> 'a'
    );
    current jsonb;
BEGIN
    IF relation IS NOT NULL AND change.row_id IS NOT NULL THEN
        EXECUTE format('SELECT to_jsonb(t) FROM %s AS t WHERE %s FOR UPDATE', relation, condition) INTO current USING change.row_id;
    END IF;
    SELECT o.obstacle, o.later_id, o.detail INTO obstacle, later_id, detail FROM undo_obstacle(change, relation, current, together) AS o;
    IF obstacle IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('accountgraph.undoes', change.id::text, true);
    IF change.action = 'insert' THEN
        EXECUTE format('DELETE FROM %s AS t WHERE %s', relation, condition) USING change.row_id;
    ELSE
        IF change.action = 'delete' AND current IS NULL THEN
            EXECUTE format(
                'INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM jsonb_populate_record(NULL::%s, $1) AS r %s',
                relation, listed, picked, relation,
                CASE WHEN EXISTS (SELECT FROM audit_exemptions AS x WHERE x.table_name = change.table_name) THEN 'ON CONFLICT DO NOTHING' END
            ) USING change.before;
        END IF;
        -- An update; a row that a trigger made again when its parent came back; a value that a trigger gave the row that was put in.
        EXECUTE format(
            'UPDATE %s AS t SET (%s) = (SELECT %s FROM jsonb_populate_record(t, $2) AS r) WHERE %s AND to_jsonb(t) <> to_jsonb(t) || $3',
            relation, (SELECT string_agg(quote_ident(n.name), ', ') FROM unnest(settable) AS n (name)),
            (SELECT string_agg('r.' || quote_ident(n.name), ', ') FROM unnest(settable) AS n (name)), condition
        ) USING change.row_id, change.before, (SELECT jsonb_object_agg(n.name, change.before -> n.name) FROM unnest(settable) AS n (name));
    END IF;
    PERFORM set_config('accountgraph.undoes', '', true);
EXCEPTION
    WHEN integrity_constraint_violation OR data_exception OR insufficient_privilege OR raise_exception THEN
        PERFORM set_config('accountgraph.undoes', '', true);
        obstacle := 'refused';
        detail := SQLERRM;
END
$$;

-- Takes changes back, the latest first; what waits for another one, a child for its parent say, comes after it. Gives each with
-- what stood in its way: whoever calls takes all back where one could not be.
CREATE FUNCTION undo_changes(ids bigint []) RETURNS TABLE (change_id bigint, obstacle text, later_id bigint, detail text)
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    pending bigint[] := ids;
    begun bigint := (SELECT coalesce(max(a.id), 0) FROM audit_log AS a);
    before_pass integer;
    change audit_log;
BEGIN
    LOOP
        before_pass := cardinality(pending);
        FOR change IN SELECT a.* FROM audit_log AS a WHERE a.id = ANY (pending) ORDER BY a.id DESC LOOP
            CONTINUE WHEN EXISTS (
                SELECT FROM audit_log AS l
                WHERE l.id = ANY (pending) AND l.id > change.id AND l.row_id = change.row_id AND l.table_name = change.table_name
            );
            SELECT o.obstacle, o.later_id, o.detail INTO obstacle, later_id, detail FROM undo_one(change, ids) AS o;
            -- It went with its parent just now.
            IF obstacle IS NULL OR (obstacle = 'gone' AND change.action = 'insert' AND later_id > begun) THEN
                pending := array_remove(pending, change.id);
                change_id := change.id;
                obstacle := NULL;
                later_id := NULL;
                detail := NULL;
                RETURN NEXT;
            END IF;
        END LOOP;
        EXIT WHEN pending = '{}' OR cardinality(pending) = before_pass;
    END LOOP;
    FOR change IN SELECT a.* FROM audit_log AS a WHERE a.id = ANY (pending) ORDER BY a.id DESC LOOP
        change_id := change.id;
        SELECT o.obstacle, o.later_id, o.detail INTO obstacle, later_id, detail FROM undo_one(change, ids) AS o;
        RETURN NEXT;
    END LOOP;
END
$$;
