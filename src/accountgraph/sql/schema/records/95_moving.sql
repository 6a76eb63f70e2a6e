-- How a merge moves what refers to a row, and how it is put back.

-- The columns that refer to the rows of a table: new tables are found by themselves.
CREATE FUNCTION references_to(target regclass) RETURNS TABLE (relation regclass, referring name, key_columns name[])
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN QUERY
    SELECT f.conrelid::regclass, a.attname, (
        SELECT array_agg(k.attname ORDER BY k.attnum)
        FROM pg_constraint AS p INNER JOIN pg_attribute AS k ON k.attrelid = p.conrelid AND k.attnum = ANY (p.conkey)
        WHERE p.conrelid = f.conrelid AND p.contype = 'p'
    )
    FROM pg_constraint AS f INNER JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
    WHERE f.contype = 'f' AND f.confrelid = target AND f.conparentid = 0
    ORDER BY f.conrelid::regclass::text, a.attname;
END
$$;

-- The name of a table without its schema, and an expression that gives a row's key as JSON.
CREATE FUNCTION key_expression(key_columns name[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN (SELECT format('jsonb_build_object(%s)', string_agg(format('%L, t.%I', k.name, k.name), ', ')) FROM unnest(key_columns) AS k (name));
END
$$;

-- Let everything that refers to one row refer to another, and write down what that changed.
CREATE FUNCTION move_references(of_merge uuid, target regclass, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    place record;
BEGIN
    FOR place IN SELECT r.relation, r.referring, r.key_columns FROM references_to(target) AS r LOOP
        EXECUTE format(
            'WITH moved AS (UPDATE %1$s AS t SET %2$I = $3 WHERE t.%2$I = $2 RETURNING %3$s AS row_key)'
            ' INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)'
            ' SELECT $1, %4$L, m.row_key, jsonb_build_object(%5$L, $2), jsonb_build_object(%5$L, $3) FROM moved AS m',
            place.relation, place.referring, key_expression(place.key_columns),
            (SELECT c.relname FROM pg_class AS c WHERE c.oid = place.relation), place.referring
        ) USING of_merge, dropped, kept;
    END LOOP;
END
$$;

-- How many rows of each table refer to a row.
CREATE FUNCTION count_references(target regclass, target_id uuid) RETURNS TABLE (table_name text, column_name text, total bigint)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
    place record;
BEGIN
    FOR place IN SELECT r.relation, r.referring FROM references_to(target) AS r LOOP
        table_name := (SELECT c.relname FROM pg_class AS c WHERE c.oid = place.relation);
        column_name := place.referring;
        EXECUTE format('SELECT count(*) FROM %s AS t WHERE t.%I = $1', place.relation, place.referring) INTO total USING target_id;
        IF total > 0 THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;

-- The columns that a merge changed, a row each: as they were at first, and as the merge left them.
CREATE FUNCTION changes_of_merge(of_merge uuid) RETURNS TABLE (table_name text, row_key jsonb, before jsonb, after jsonb)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN QUERY
    SELECT r.table_name, r.row_key, jsonb_object_agg(b.key, b.value ORDER BY r.number DESC), jsonb_object_agg(b.key, r.after -> b.key ORDER BY r.number)
    FROM merge_rows AS r CROSS JOIN LATERAL jsonb_each(r.before) AS b (key, value)
    WHERE r.merge_id = of_merge AND r.before IS NOT NULL AND r.after IS NOT NULL
    GROUP BY r.table_name, r.row_key;
END
$$;

-- The condition that a row `t` of a table is the one that `p.row_key` names.
CREATE FUNCTION key_condition(relation regclass, row_key jsonb) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN (
        SELECT string_agg(format('t.%1$I = (p.row_key ->> %1$L)::%2$s', k.key, format_type(a.atttypid, a.atttypmod)), ' AND ')
        FROM jsonb_object_keys(row_key) AS k (key) INNER JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = k.key
    );
END
$$;

-- Columns that a merge changed, as they were: each where nobody changed it since. Gives, by table, the rows that were put back and those
-- where something stays as it is now.
CREATE FUNCTION put_back_changes(of_merge uuid) RETURNS TABLE (table_name text, put_back bigint, kept bigint)
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT c.table_name, array_agg(DISTINCT k.key) AS columns, (array_agg(c.row_key))[1] AS row_key
        FROM changes_of_merge(of_merge) AS c CROSS JOIN LATERAL jsonb_object_keys(c.before) AS k (key)
        GROUP BY c.table_name ORDER BY c.table_name
    LOOP
        table_name := place.table_name;
        EXECUTE format(
            'WITH wanted AS MATERIALIZED ('
            ' SELECT p.row_key, p.before, ('
            ' SELECT jsonb_object_agg(b.key, b.value) FROM jsonb_each(p.before) AS b (key, value)'
            ' WHERE to_jsonb(t) -> b.key IS NOT DISTINCT FROM p.after -> b.key) AS back'
            ' FROM changes_of_merge($1) AS p LEFT JOIN %1$I AS t ON %2$s WHERE p.table_name = %1$L'
            '), done AS (UPDATE %1$I AS t SET %3$s FROM wanted AS p WHERE p.back IS NOT NULL AND %2$s RETURNING 1)'
            ' SELECT (SELECT count(*) FROM done), (SELECT count(*) FROM wanted AS p WHERE p.back IS DISTINCT FROM p.before)',
            place.table_name, key_condition(format('%I', place.table_name)::regclass, place.row_key), (
                SELECT string_agg(format(
                    '%1$I = CASE WHEN p.back ? %1$L THEN (jsonb_populate_record(NULL::%2$I, p.back)).%1$I ELSE t.%1$I END', c.name, place.table_name
                ), ', ')
                FROM unnest(place.columns) AS c (name)
            )
        ) INTO put_back, kept USING of_merge;
        RETURN NEXT;
    END LOOP;
END
$$;

-- Rows that a merge removed come back, where what they refer to is still there and no other has their place; those that it added go.
-- Gives, by table, how many came back and how many did not.
CREATE FUNCTION put_back_rows(of_merge uuid, but_not text) RETURNS TABLE (table_name text, put_back bigint, kept bigint)
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    place record;
    target regclass;
    total bigint;
BEGIN
    FOR place IN
        SELECT r.table_name, count(*) FILTER (WHERE r.after IS NULL) AS removed, count(*) FILTER (WHERE r.before IS NULL) AS added
        FROM merge_rows AS r WHERE r.merge_id = of_merge AND r.table_name <> but_not AND (r.before IS NULL OR r.after IS NULL)
        GROUP BY r.table_name ORDER BY max(r.number) DESC -- what was removed last was referred to by what was removed before
    LOOP
        table_name := place.table_name;
        target := format('%I', place.table_name)::regclass;
        EXECUTE format(
            'DELETE FROM %1$I AS t USING merge_rows AS r'
            ' WHERE r.merge_id = $1 AND r.table_name = %1$L AND r.before IS NULL AND to_jsonb(t) = r.after', place.table_name
        ) USING of_merge;
        GET DIAGNOSTICS total = ROW_COUNT;
        kept := place.added - total;
        EXECUTE format(
            'INSERT INTO %1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM merge_rows AS r CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$I, r.before) AS n'
            ' WHERE r.merge_id = $1 AND r.table_name = %1$L AND r.after IS NULL%4$s ON CONFLICT DO NOTHING',
            place.table_name,
            (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped),
            (SELECT string_agg('n.' || quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped),
            (
                SELECT coalesce(string_agg(format(
                    ' AND (n.%1$I IS NULL OR EXISTS (SELECT FROM %2$s AS x WHERE x.%3$I = n.%1$I))', a.attname, f.confrelid::regclass, b.attname
                ), ''), '')
                FROM pg_constraint AS f
                INNER JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
                INNER JOIN pg_attribute AS b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1]
                WHERE f.contype = 'f' AND f.conrelid = target
            )
        ) USING of_merge;
        GET DIAGNOSTICS put_back = ROW_COUNT;
        kept := kept + place.removed - put_back;
        RETURN NEXT;
    END LOOP;
END
$$;
