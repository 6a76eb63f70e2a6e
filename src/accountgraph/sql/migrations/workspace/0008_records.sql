-- Two contacts or companies become one, and can become two again; a person is exported, erased, and what came in is kept for a time.

-- Two rows that are the same person or company become one, and can become two again.

-- A merge: `dropped_id` went into `kept_id`. It refers to neither by a key, for the one is gone and the other may go.
CREATE TABLE merge_records (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    entity text NOT NULL CONSTRAINT merge_records_entity_check CHECK (entity IN ('companies', 'contacts')),
    kept_id uuid NOT NULL,
    dropped_id uuid NOT NULL CONSTRAINT merge_records_dropped_id_check CHECK (dropped_id <> kept_id),
    merged_by text CONSTRAINT merge_records_merged_by_check CHECK (length(merged_by) BETWEEN 1 AND 200),
    merged_at timestamptz NOT NULL DEFAULT current_moment(),
    undone_by text CONSTRAINT merge_records_undone_by_check CHECK (length(undone_by) BETWEEN 1 AND 200),
    undone_at timestamptz
);
CREATE UNIQUE INDEX merge_records_standing_key ON merge_records (dropped_id) WHERE undone_at IS NULL;
CREATE INDEX merge_records_kept_id_idx ON merge_records (kept_id);
CREATE INDEX merge_records_merged_at_idx ON merge_records (merged_at, id);

-- What a merge changed: the columns of a row before and after. Without `before` it added the row, without `after` it removed it.
CREATE TABLE merge_rows (
    merge_id uuid CONSTRAINT merge_rows_merge_id_fkey REFERENCES merge_records ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    table_name text NOT NULL,
    row_key jsonb NOT NULL, -- its primary key, by column
    before jsonb,
    after jsonb,
    PRIMARY KEY (merge_id, number),
    CONSTRAINT merge_rows_after_check CHECK (num_nonnulls(before, after) > 0)
);

-- What is left of a contact that was merged into another: its id, and the address and number by which it is still found.
CREATE TABLE merged_contacts (
    id uuid PRIMARY KEY,
    contact_id uuid NOT NULL CONSTRAINT merged_contacts_contact_id_fkey REFERENCES contacts ON DELETE CASCADE, -- merged into
    email text,
    email_key text CONSTRAINT merged_contacts_email_key UNIQUE,
    phone text,
    merged_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT merged_contacts_email_check CHECK ((email IS NULL) = (email_key IS NULL))
);
CREATE INDEX merged_contacts_contact_id_idx ON merged_contacts (contact_id);
CREATE INDEX merged_contacts_phone_digits_idx ON merged_contacts (ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0')) WHERE phone IS NOT NULL;

-- The same of a company; its domains go on as domains of the other.
CREATE TABLE merged_companies (
    id uuid PRIMARY KEY,
    company_id uuid NOT NULL CONSTRAINT merged_companies_company_id_fkey REFERENCES companies ON DELETE CASCADE, -- merged into
    merged_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX merged_companies_company_id_idx ON merged_companies (company_id);

-- Who may be the same: their profile, their name at a company, and the account's name without what kind of company it is.
CREATE FUNCTION account_key(name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    words constant text := btrim(regexp_replace(lower(replace(name, '.', '')), '[^[:alnum:]]+', ' ', 'g'));
BEGIN
    RETURN nullif(regexp_replace(
        words,
        '( (inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|plc|gmbh|ag|se|kg|ug|sa|sas|sarl|srl|spa|bv|nv|ab|oy|aps|pty|holdings?|group))+$',
        ''
    ), '');
END
$$;

CREATE INDEX companies_account_key_idx ON companies (account_key(name));
CREATE INDEX contacts_name_key_idx ON contacts (company_id, lower(btrim(first_name) || ' ' || btrim(last_name)))
WHERE company_id IS NOT NULL AND first_name <> '' AND last_name <> '';
CREATE INDEX contacts_profile_key_idx ON contacts (
    lower(rtrim(regexp_replace(linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ '))
) WHERE linkedin_url IS NOT NULL;
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
-- What two rows that become one have both: one of the two stays, made as strict and as strong as either, and the other is written down.

-- Edges of both to the same person, and the one between them. Of the same type, the stronger of each is kept.
CREATE FUNCTION collapse_edges(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    own constant uuid := (
        SELECT r.id FROM relationships AS r
        WHERE least(r.contact_id_1, r.contact_id_2) = least(dropped, kept) AND greatest(r.contact_id_1, r.contact_id_2) = greatest(dropped, kept)
    );
    twins jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(jsonb_build_object('gone', d.id, 'stays', k.id)), '[]') INTO twins
    FROM relationships AS d INNER JOIN relationships AS k
        ON least(k.contact_id_1, k.contact_id_2) = least(kept, CASE dropped WHEN d.contact_id_1 THEN d.contact_id_2 ELSE d.contact_id_1 END)
        AND greatest(k.contact_id_1, k.contact_id_2) = greatest(kept, CASE dropped WHEN d.contact_id_1 THEN d.contact_id_2 ELSE d.contact_id_1 END)
    WHERE dropped IN (d.contact_id_1, d.contact_id_2) AND d.id IS DISTINCT FROM own;
    WITH moved AS (
        UPDATE external_ids AS x SET relationship_id = p.stays
        FROM jsonb_to_recordset(twins) AS p (gone uuid, stays uuid) WHERE x.relationship_id = p.gone
        RETURNING x.id, p.gone, p.stays
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'external_ids', jsonb_build_object('id', m.id), jsonb_build_object('relationship_id', m.gone),
        jsonb_build_object('relationship_id', m.stays)
    FROM moved AS m;
    WITH better AS (
        SELECT k.id, jsonb_build_object(
            'strength', k.strength, 'confidence_score', k.confidence_score, 'is_verified', k.is_verified, 'context', k.context,
            'metadata', k.metadata, 'attributes', k.attributes, 'discovered_at', k.discovered_at, 'last_verified_at', k.last_verified_at
        ) AS before, CASE WHEN 'strong' IN (k.strength, d.strength) THEN 'strong' WHEN 'medium' IN (k.strength, d.strength) THEN 'medium' ELSE 'weak' END AS strength,
            greatest(k.confidence_score, d.confidence_score) AS confidence_score, k.is_verified OR d.is_verified AS is_verified,
            coalesce(k.context, d.context) AS context, d.metadata || k.metadata AS metadata, d.attributes || k.attributes AS attributes,
            least(k.discovered_at, d.discovered_at) AS discovered_at, greatest(k.last_verified_at, d.last_verified_at) AS last_verified_at
        FROM jsonb_to_recordset(twins) AS p (gone uuid, stays uuid)
        INNER JOIN relationships AS k ON k.id = p.stays
        INNER JOIN relationships AS d ON d.id = p.gone
        WHERE (k.relationship_type, k.contact_id_1 = kept) = (d.relationship_type, d.contact_id_1 = dropped)
            OR k.relationship_type = d.relationship_type AND k.relationship_type IN ('colleagues', 'collaborators')
    ), changed AS (
        UPDATE relationships AS r SET
            strength = b.strength, confidence_score = b.confidence_score, is_verified = b.is_verified, context = b.context,
            metadata = b.metadata, attributes = b.attributes, discovered_at = b.discovered_at, last_verified_at = b.last_verified_at
        FROM better AS b WHERE r.id = b.id
        RETURNING r.id, b.before, jsonb_build_object(
            'strength', r.strength, 'confidence_score', r.confidence_score, 'is_verified', r.is_verified, 'context', r.context,
            'metadata', r.metadata, 'attributes', r.attributes, 'discovered_at', r.discovered_at, 'last_verified_at', r.last_verified_at
        ) AS after
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'relationships', jsonb_build_object('id', c.id), c.before, c.after FROM changed AS c WHERE c.before <> c.after;
    WITH gone AS (DELETE FROM external_ids AS x WHERE x.relationship_id = own RETURNING x.id, to_jsonb(x) AS image)
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'external_ids', jsonb_build_object('id', g.id), g.image FROM gone AS g;
    WITH gone AS (
        DELETE FROM relationships AS r WHERE r.id = own OR r.id IN (SELECT (p.pair ->> 'gone')::uuid FROM jsonb_array_elements(twins) AS p (pair))
        RETURNING r.id, to_jsonb(r) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'relationships', jsonb_build_object('id', g.id), g.image FROM gone AS g;
END
$$;

-- What a person can be only once: in a conversation, without a topic, suppressed on a channel.
CREATE FUNCTION collapse_memberships(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    WITH gone AS (
        DELETE FROM conversation_participants AS m
        WHERE m.contact_id = dropped AND EXISTS (
            SELECT FROM conversation_participants AS k WHERE k.conversation_id = m.conversation_id AND k.contact_id = kept
        ) OR m.contact_id IN (dropped, kept) AND EXISTS (
            SELECT FROM conversations AS v WHERE v.id = m.conversation_id AND v.contact_id IN (dropped, kept)
        )
        RETURNING m.conversation_id, m.contact_id, to_jsonb(m) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'conversation_participants', jsonb_build_object('conversation_id', g.conversation_id, 'contact_id', g.contact_id), g.image
    FROM gone AS g;
    WITH gone AS (
        DELETE FROM topic_refusals AS f
        WHERE f.contact_id = dropped AND EXISTS (SELECT FROM topic_refusals AS k WHERE k.contact_id = kept AND k.topic = f.topic)
        RETURNING f.contact_id, f.topic, to_jsonb(f) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'topic_refusals', jsonb_build_object('contact_id', g.contact_id, 'topic', g.topic), g.image FROM gone AS g;
    WITH gone AS (
        DELETE FROM suppressions AS s
        WHERE s.contact_id = dropped AND s.address_hash IS NULL AND s.domain IS NULL
            AND EXISTS (SELECT FROM suppressions AS k WHERE k.contact_id = kept AND k.channel = s.channel)
        RETURNING s.id, to_jsonb(s) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'suppressions', jsonb_build_object('id', g.id), g.image FROM gone AS g;
END
$$;

-- Whoever revoked a consent on a channel, and gave none since, has not consented: what the other one gave there ends.
CREATE FUNCTION collapse_consents(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH refused AS (
        SELECT DISTINCT c.channel FROM consents AS c
        WHERE c.contact_id IN (dropped, kept) AND c.basis = 'consent'
        GROUP BY c.contact_id, c.channel HAVING bool_and(c.revoked_at IS NOT NULL)
    ), ended AS (
        UPDATE consents AS c SET revoked_at = greatest(current_moment(), c.captured_at)
        WHERE c.contact_id IN (dropped, kept) AND c.basis = 'consent' AND c.revoked_at IS NULL
            AND c.channel IN (SELECT r.channel FROM refused AS r)
        RETURNING c.id, c.revoked_at
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'consents', jsonb_build_object('id', e.id), jsonb_build_object('revoked_at', NULL), jsonb_build_object('revoked_at', e.revoked_at)
    FROM ended AS e;
END
$$;

-- Holds that stand on both for the same reason: the kept one's lasts as long as either, the other ends.
CREATE FUNCTION collapse_holds(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    twins jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(jsonb_build_object('gone', d.id, 'stays', k.id, 'was', k.until, 'until', CASE
        WHEN k.until IS NOT NULL AND d.until IS NOT NULL THEN greatest(k.until, d.until)
    END)), '[]') INTO twins
    FROM holds AS d INNER JOIN holds AS k ON k.reason = d.reason AND k.scope = d.scope
    WHERE dropped IN (d.contact_id, d.company_id) AND kept IN (k.contact_id, k.company_id) AND d.lifted_at IS NULL AND k.lifted_at IS NULL;
    WITH moved AS (
        UPDATE tasks AS t SET hold_id = p.stays FROM jsonb_to_recordset(twins) AS p (gone uuid, stays uuid) WHERE t.hold_id = p.gone
        RETURNING t.id, p.gone, p.stays
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'tasks', jsonb_build_object('id', m.id), jsonb_build_object('hold_id', m.gone), jsonb_build_object('hold_id', m.stays)
    FROM moved AS m;
    WITH longer AS (
        UPDATE holds AS h SET until = p.until FROM jsonb_to_recordset(twins) AS p (stays uuid, was timestamptz, until timestamptz)
        WHERE h.id = p.stays AND p.was IS DISTINCT FROM p.until
        RETURNING h.id, p.was, h.until
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'holds', jsonb_build_object('id', n.id), jsonb_build_object('until', n.was), jsonb_build_object('until', n.until) FROM longer AS n;
    WITH ended AS (
        UPDATE holds AS h SET lifted_at = current_moment() FROM jsonb_to_recordset(twins) AS p (gone uuid) WHERE h.id = p.gone
        RETURNING h.id, h.lifted_at
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'holds', jsonb_build_object('id', e.id), jsonb_build_object('lifted_at', NULL), jsonb_build_object('lifted_at', e.lifted_at)
    FROM ended AS e;
END
$$;

-- Exclusions that stand on both accounts for the same reason: one of them ends.
CREATE FUNCTION collapse_exclusions(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH ended AS (
        UPDATE account_exclusions AS x SET ended_at = current_moment()
        WHERE x.company_id = dropped AND x.ended_at IS NULL AND EXISTS (
            SELECT FROM account_exclusions AS k WHERE k.company_id = kept AND k.reason = x.reason AND k.ended_at IS NULL
        )
        RETURNING x.id, x.ended_at
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'account_exclusions', jsonb_build_object('id', e.id), jsonb_build_object('ended_at', NULL), jsonb_build_object('ended_at', e.ended_at)
    FROM ended AS e;
END
$$;

-- What kept us from writing to either by an address, a number or a domain that the kept one does not have is from now on about the person.
CREATE FUNCTION keep_suppressed(of_merge uuid, kept uuid, standing uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH added AS (
        INSERT INTO suppressions AS n (contact_id, channel, reason, note)
        SELECT DISTINCT ON (s.channel) kept, s.channel, s.reason, 'kept by a merge'
        FROM suppressions AS s CROSS JOIN contacts AS c
        WHERE s.id = ANY (standing) AND c.id = kept AND NOT coalesce(
            s.contact_id = kept OR s.address_hash IN (address_hash(c.email_key), address_hash(phone_key(c.phone)))
            OR ('.' || split_part(c.email_key, '@', -1)) LIKE '%.' || s.domain, false
        )
        ORDER BY s.channel, s.created_at
        ON CONFLICT DO NOTHING
        RETURNING n.id, to_jsonb(n) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, after)
    SELECT of_merge, 'suppressions', jsonb_build_object('id', a.id), a.image FROM added AS a;
END
$$;

-- Whoever recommended or was named to the other one is the same person now: nobody refers to themselves.
CREATE FUNCTION forget_own_mentions(of_merge uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH alone AS (
        UPDATE enrolments AS e SET referred_by_id = NULL WHERE e.contact_id = kept AND e.referred_by_id = kept RETURNING e.id
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'enrolments', jsonb_build_object('id', a.id), jsonb_build_object('referred_by_id', kept), '{"referred_by_id": null}' FROM alone AS a;
    WITH alone AS (
        UPDATE intents AS i SET mentions_id = NULL WHERE i.contact_id = kept AND i.mentions_id = kept RETURNING i.id
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'intents', jsonb_build_object('id', a.id), jsonb_build_object('mentions_id', kept), '{"mentions_id": null}' FROM alone AS a;
END
$$;
-- One of two rows goes into the other. Who calls locks first, in the lock order, and has looked for what stands in the way.

-- What a merge made of the kept row: of each column but those that are counted, as it was and as it is.
CREATE FUNCTION record_difference(of_merge uuid, entity text, kept uuid, was jsonb, present jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, entity, jsonb_build_object('id', kept), jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, present -> b.key)
    FROM jsonb_each(was) AS b (key, value)
    WHERE b.value IS DISTINCT FROM present -> b.key
        AND b.key NOT IN ('updated_at', 'total_touchpoints', 'total_contacts', 'active_conversations')
    HAVING count(*) > 0;
END
$$;

CREATE FUNCTION merge_contacts(kept uuid, dropped uuid, changes jsonb, by_whom text) RETURNS uuid
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    of_merge uuid;
    was constant jsonb := (SELECT to_jsonb(c) FROM contacts AS c WHERE c.id = kept);
    other constant jsonb := (SELECT to_jsonb(c) FROM contacts AS c WHERE c.id = dropped);
    standing constant uuid[] := ARRAY(SELECT s.suppression_id FROM suppressions_among(ARRAY[kept, dropped]) AS s);
BEGIN
    INSERT INTO merge_records (entity, kept_id, dropped_id, merged_by) VALUES ('contacts', kept, dropped, by_whom) RETURNING id INTO of_merge;
    INSERT INTO merge_rows (merge_id, table_name, row_key, before) VALUES (of_merge, 'contacts', jsonb_build_object('id', dropped), other);
    PERFORM collapse_edges(of_merge, dropped, kept);
    PERFORM collapse_memberships(of_merge, dropped, kept);
    PERFORM collapse_consents(of_merge, dropped, kept);
    PERFORM collapse_holds(of_merge, dropped, kept);
    -- It goes without an address, so that nothing is suppressed in its name and the other may have it.
    UPDATE contacts AS c SET email = NULL, email_key = NULL, phone = NULL, status = 'active' WHERE c.id = dropped;
    PERFORM move_references(of_merge, 'contacts'::regclass, dropped, kept);
    PERFORM forget_own_mentions(of_merge, kept);
    UPDATE contacts AS t SET (
        company_id, first_name, last_name, email, email_key, phone, title, role, department, seniority_level, buying_role,
        linkedin_url, twitter_url, personal_website, country, interests, communication_preferences, research_data, status,
        is_primary_contact, is_decision_maker, is_champion, owner_user_id, source, collected_at, attributes, last_researched_at
    ) = (
        SELECT
            r.company_id, r.first_name, r.last_name, r.email, r.email_key, r.phone, r.title, r.role, r.department, r.seniority_level,
            r.buying_role, r.linkedin_url, r.twitter_url, r.personal_website, r.country, r.interests, r.communication_preferences,
            r.research_data, r.status, r.is_primary_contact, r.is_decision_maker, r.is_champion, r.owner_user_id, r.source,
            r.collected_at, r.attributes, r.last_researched_at
        FROM jsonb_populate_record(t, changes) AS r
    )
    WHERE t.id = kept;
    DELETE FROM contacts AS c WHERE c.id = dropped;
    INSERT INTO merged_contacts (id, contact_id, email, email_key, phone)
    SELECT dropped, kept, l.email ->> 'email', l.email ->> 'email_key', other ->> 'phone'
    FROM contacts AS c CROSS JOIN LATERAL (
        SELECT CASE WHEN c.email_key IS DISTINCT FROM other ->> 'email_key' THEN other ELSE was END AS email
    ) AS l
    WHERE c.id = kept;
    UPDATE merged_contacts AS m SET email = NULL, email_key = NULL
    FROM contacts AS c WHERE m.id = dropped AND c.id = kept AND c.email_key = m.email_key;
    PERFORM keep_suppressed(of_merge, kept, standing);
    PERFORM settle_engagement(ARRAY[kept]);
    PERFORM record_difference(of_merge, 'contacts', kept, was, (SELECT to_jsonb(c) FROM contacts AS c WHERE c.id = kept));
    RETURN of_merge;
END
$$;

CREATE FUNCTION merge_companies(kept uuid, dropped uuid, changes jsonb, by_whom text) RETURNS uuid
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    of_merge uuid;
    was constant jsonb := (SELECT to_jsonb(c) FROM companies AS c WHERE c.id = kept);
BEGIN
    INSERT INTO merge_records (entity, kept_id, dropped_id, merged_by) VALUES ('companies', kept, dropped, by_whom) RETURNING id INTO of_merge;
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'companies', jsonb_build_object('id', dropped), to_jsonb(c) FROM companies AS c WHERE c.id = dropped;
    PERFORM collapse_holds(of_merge, dropped, kept);
    PERFORM collapse_exclusions(of_merge, dropped, kept);
    UPDATE companies AS c SET domain = NULL, parent_company_id = NULL WHERE c.id = dropped;
    UPDATE companies AS c SET parent_company_id = NULL WHERE c.id = kept AND c.parent_company_id = dropped; -- nobody is their own parent
    PERFORM move_references(of_merge, 'companies'::regclass, dropped, kept);
    UPDATE companies AS t SET (
        name, domain, industry, size, description, headquarters_location, country, research_data, account_tier, account_status,
        owner_user_id, parent_company_id, attributes, last_researched_at
    ) = (
        SELECT
            r.name, r.domain, r.industry, r.size, r.description, r.headquarters_location, r.country, r.research_data, r.account_tier,
            r.account_status, r.owner_user_id, r.parent_company_id, r.attributes, r.last_researched_at
        FROM jsonb_populate_record(t, changes) AS r
    )
    WHERE t.id = kept;
    DELETE FROM companies AS c WHERE c.id = dropped;
    INSERT INTO merged_companies (id, company_id) VALUES (dropped, kept);
    PERFORM record_difference(of_merge, 'companies', kept, was, (SELECT to_jsonb(c) FROM companies AS c WHERE c.id = kept));
    RETURN of_merge;
END
$$;

-- Two become two again. What was changed since stays with the kept one; gives, by table, what was put back and what was not.
CREATE FUNCTION unmerge(of_merge uuid, by_whom text) RETURNS TABLE (table_name text, put_back bigint, kept bigint)
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    done merge_records;
    image jsonb;
BEGIN
    SELECT m.* INTO done FROM merge_records AS m WHERE m.id = of_merge;
    image := (SELECT r.before FROM merge_rows AS r WHERE r.merge_id = of_merge AND r.table_name = done.entity AND r.after IS NULL);
    IF done.entity = 'contacts' THEN
        DELETE FROM merged_contacts AS m WHERE m.id = done.dropped_id;
        INSERT INTO contacts SELECT n.* FROM jsonb_populate_record(
            NULL::contacts, image || '{"email": null, "email_key": null, "total_touchpoints": 0}'
        ) AS n;
    ELSE
        DELETE FROM merged_companies AS m WHERE m.id = done.dropped_id;
        INSERT INTO companies SELECT n.* FROM jsonb_populate_record(
            NULL::companies, image || '{"domain": null, "parent_company_id": null, "total_contacts": 0, "active_conversations": 0}'
        ) AS n;
    END IF;
    RETURN QUERY SELECT p.table_name, p.put_back, p.kept FROM put_back_rows(of_merge, done.entity) AS p;
    RETURN QUERY SELECT p.table_name, p.put_back, p.kept FROM put_back_changes(of_merge) AS p;
    IF done.entity = 'contacts' THEN
        UPDATE contacts AS c SET email = image ->> 'email', email_key = image ->> 'email_key' WHERE c.id = done.dropped_id;
        PERFORM settle_engagement(ARRAY[done.kept_id, done.dropped_id]);
    ELSE
        UPDATE companies AS c SET domain = image ->> 'domain', parent_company_id = (
            SELECT p.id FROM companies AS p WHERE p.id = (image ->> 'parent_company_id')::uuid
        ) WHERE c.id = done.dropped_id;
    END IF;
    UPDATE merge_records AS m SET undone_at = current_moment(), undone_by = by_whom WHERE m.id = of_merge;
END
$$;

-- A merged address is still somebody's: nobody else may have it.
CREATE FUNCTION refuse_merged_address() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    taken text;
BEGIN
    SELECT n.email_key INTO taken
    FROM new_rows AS n INNER JOIN merged_contacts AS m ON m.email_key = n.email_key AND m.contact_id <> n.id
    LIMIT 1;
    IF taken IS NOT NULL THEN
        RAISE unique_violation USING
            MESSAGE = format('address %s belongs to a contact that others were merged into', taken),
            TABLE = 'contacts', CONSTRAINT = 'contacts_email_key';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER refuse_merged_address AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged_address();
CREATE TRIGGER refuse_changed_address AFTER UPDATE ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_merged_address();

-- Who has an address: a contact, or the one that it was merged into.
CREATE FUNCTION contact_of(address_key text) RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN coalesce(
        (SELECT c.id FROM contacts AS c WHERE c.email_key = address_key),
        (SELECT m.contact_id FROM merged_contacts AS m WHERE m.email_key = address_key)
    );
END
$$;
-- What is known of a person, how it goes, and how long what came in is kept.

-- How long each kind is kept, in days; NULL: for ever.
CREATE TABLE retention_rules (
    kind text PRIMARY KEY CONSTRAINT retention_rules_kind_check CHECK (
        kind IN (
            'webhook_payloads', 'mails', 'mail_headers', 'message_bodies', 'raw_events', 'addresses', 'attempts', 'drafts', 'decisions', 'merges'
        )
    ),
    days integer CONSTRAINT retention_rules_days_check CHECK (days > 0),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
INSERT INTO retention_rules (kind, days) VALUES
('webhook_payloads', 90), ('mails', 365), ('mail_headers', 365), ('message_bodies', 1095), ('raw_events', 180), ('addresses', 90),
('attempts', 90), ('drafts', 365), ('decisions', 365), ('merges', 365);

-- That somebody was erased, and how much of them there was; not who.
CREATE TABLE erasures (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    erased_by text CONSTRAINT erasures_erased_by_check CHECK (length(erased_by) BETWEEN 1 AND 200),
    erased_at timestamptz NOT NULL DEFAULT current_moment(),
    counts jsonb NOT NULL -- rows by table
);

-- The contacts that a person is and was, and the addresses and numbers by which they are known; no contact where none has the address.
CREATE FUNCTION person_of(asked_id uuid, address_key text) RETURNS TABLE (contact_id uuid, former_ids uuid[], addresses text[], numbers text[])
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    contact_id := coalesce(
        (SELECT c.id FROM contacts AS c WHERE c.id = asked_id), (SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = asked_id),
        contact_of(address_key)
    );
    former_ids := ARRAY(SELECT m.id FROM merged_contacts AS m WHERE m.contact_id = person_of.contact_id);
    SELECT array_agg(DISTINCT k.address) FILTER (WHERE k.address IS NOT NULL), array_agg(DISTINCT k.number) FILTER (WHERE k.number IS NOT NULL)
    INTO addresses, numbers
    FROM (
        SELECT address_key AS address, NULL AS number
        UNION ALL
        SELECT c.email_key, phone_key(c.phone) FROM contacts AS c WHERE c.id = person_of.contact_id
        UNION ALL
        SELECT m.email_key, phone_key(m.phone) FROM merged_contacts AS m WHERE m.contact_id = person_of.contact_id
    ) AS k;
    addresses := coalesce(addresses, '{}');
    numbers := coalesce(numbers, '{}');
    RETURN NEXT;
END
$$;

-- Every row that hangs on a person, by table: what refers to them, what refers to that, and so on; without what is somebody else's.
CREATE FUNCTION rows_of_person(person uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    found jsonb := jsonb_build_object('contacts', (SELECT jsonb_agg(c) FROM contacts AS c WHERE c.id = person));
    waiting text[] := ARRAY['contacts'];
    parent text;
    place record;
    more jsonb;
    others text;
BEGIN
    WHILE cardinality(waiting) > 0 LOOP
        parent := waiting[1];
        waiting := waiting[2 :];
        FOR place IN
            SELECT r.relation, r.referring, c.relname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
                EXISTS (SELECT FROM pg_constraint AS f WHERE f.contype = 'f' AND f.confrelid = r.relation) AS is_parent
            FROM references_to(format('%I', parent)::regclass) AS r
            INNER JOIN pg_class AS c ON c.oid = r.relation
            INNER JOIN pg_attribute AS a ON a.attrelid = r.relation AND a.attname = r.referring
        LOOP
            -- A row that says whose it is, is theirs alone: a colleague's answer in the same thread is the colleague's.
            others := (
                SELECT format(' AND (t.contact_id IS NULL OR t.contact_id = %L OR t.%I = %L::%s)', person, place.referring, person, place.type)
                FROM pg_attribute AS a WHERE a.attrelid = place.relation AND a.attname = 'contact_id' AND place.type = 'uuid'
            );
            EXECUTE format(
                'SELECT coalesce(jsonb_agg(to_jsonb(t)), ''[]'') FROM %s AS t WHERE t.%I = ANY ($1::%s[])%s AND NOT $2 @> jsonb_build_array(to_jsonb(t))',
                place.relation, place.referring, place.type, coalesce(others, '')
            ) INTO more USING
                ARRAY(SELECT e.value ->> 'id' FROM jsonb_array_elements(found -> parent) AS e (value)), coalesce(found -> place.name, '[]');
            IF more <> '[]' THEN
                found := found || jsonb_build_object(place.name, coalesce(found -> place.name, '[]') || more);
                IF place.is_parent AND place.name <> ALL (waiting) THEN
                    waiting := waiting || place.name;
                END IF;
            END IF;
        END LOOP;
    END LOOP;
    RETURN found;
END
$$;

-- A literal as a part of a regular expression.
CREATE FUNCTION literally(said text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN regexp_replace(said, '([^[:alnum:][:space:]@])', '\\\1', 'g');
END
$$;

-- A regular expression for whatever names somebody: as a whole, so that jo@x.com is not found in banjo@x.com.
CREATE FUNCTION pattern_of(names text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN (
        SELECT '(' || string_agg(
            CASE WHEN strpos(s.said, '@') > 0 OR strpos(s.said, '%40') > 0 THEN '((?<![[:alnum:]._+-])|(?<=%[[:xdigit:]]{2}))' ELSE '(?<![[:alnum:]])' END
            || literally(s.said) || '(?![[:alnum:]]|[.-][[:alnum:]])', '|'
        ) || ')'
        FROM (
            SELECT n.said FROM unnest(names) AS n (said)
            UNION
            SELECT replace(n.said, '@', '%40') FROM unnest(names) AS n (said)
        ) AS s
    );
END
$$;

-- Replace whatever names somebody in any text of the workspace, wherever it stands. Tables about ourselves are left alone.
CREATE FUNCTION erase_traces(names text[]) RETURNS TABLE (table_name text, total bigint)
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    pattern constant text := pattern_of(names);
    place record;
BEGIN
    IF pattern IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('accountgraph.erasing', 'on', true);
    FOR place IN
        SELECT
            c.oid::regclass AS relation, c.relname::text AS name,
            string_agg(format('%1$I = regexp_replace(t.%1$I::text, $1, ''[erased]'', ''gi'')::%2$s', a.attname, format_type(a.atttypid, NULL)), ', ')
                AS changes,
            string_agg(format('t.%I::text ~* $1', a.attname), ' OR ') AS condition
        FROM pg_class AS c INNER JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attgenerated = '' AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
            AND c.relname NOT IN (
                'alembic_version', 'senders', 'legal_identities', 'workspace_settings', 'mailboxes', 'mailbox_folders', 'secrets',
                'drafting_settings', 'jurisdictions', 'free_days', 'topics', 'known_scanners', 'engagement_weights', 'retention_rules'
            )
        GROUP BY c.oid, c.relname ORDER BY c.relname
    LOOP
        EXECUTE format('UPDATE %s AS t SET %s WHERE %s', place.relation, place.changes, place.condition) USING pattern;
        GET DIAGNOSTICS total = ROW_COUNT;
        IF total > 0 THEN
            table_name := place.name;
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM set_config('accountgraph.erasing', '', true);
END
$$;
-- How a person goes: their words and names, what says who they were; what was done stays as a count of nobody.

-- Their way through campaigns ends, and nothing of it says what was written to them or why.
CREATE FUNCTION erase_ledger(person uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    ways constant uuid[] := ARRAY(SELECT e.id FROM enrolments AS e WHERE e.contact_id = person ORDER BY e.id);
    acts constant uuid[] := ARRAY(SELECT i.id FROM intents AS i WHERE i.contact_id = person OR i.enrolment_id = ANY (ways));
    told constant uuid[] := ARRAY(SELECT g.id FROM signals AS g WHERE g.contact_id = person OR g.intent_id = ANY (acts));
BEGIN
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, settled_at = current_moment()
    WHERE i.id = ANY (acts) AND i.state = 'planned';
    UPDATE intents AS i SET
        contact_id = NULL, touchpoint_id = NULL, mentions_id = NULL, address = NULL, subject = NULL, content = NULL, content_hash = NULL,
        wire_message_id = NULL, provider_id = NULL, in_reply_to = NULL, message_references = NULL, links = NULL, detail = NULL
    WHERE i.id = ANY (acts);
    UPDATE attempts AS a SET detail = NULL, raw = '{}' WHERE a.intent_id = ANY (acts);
    UPDATE sends AS s SET contact_id = NULL, touchpoint_id = NULL WHERE s.contact_id = person OR s.intent_id = ANY (acts);
    UPDATE decisions AS d SET reason = '[erased]', inputs = '{}' WHERE d.enrolment_id = ANY (ways);
    UPDATE approvals AS a SET
        address = NULL, subject = NULL, content = '', content_hash = '', note = NULL, mentions_id = NULL,
        state = CASE WHEN a.state IN ('pending', 'accepted') THEN 'withdrawn' ELSE a.state END
    WHERE a.enrolment_id = ANY (ways);
    DELETE FROM drafts AS d WHERE d.enrolment_id = ANY (ways);
    UPDATE manual_messages AS m SET
        contact_id = NULL, touchpoint_id = NULL, address = '', subject = '', content = '', content_hash = '', message_id = '',
        wire_message_id = NULL, provider_id = NULL, in_reply_to = NULL, message_references = NULL, detail = NULL
    WHERE m.contact_id = person;
    DELETE FROM tasks AS t WHERE t.state = 'open' AND (t.contact_id = person OR t.enrolment_id = ANY (ways) OR t.signal_id = ANY (told));
    UPDATE tasks AS t SET title = '[erased]', body = NULL, note = NULL, contact_id = NULL
    WHERE t.contact_id = person OR t.enrolment_id = ANY (ways) OR t.signal_id = ANY (told);
    UPDATE signals AS g SET
        contact_id = NULL, touchpoint_id = NULL, source = '[erased]', data = '{}', effects = '[]', dedupe_key = 'erased:' || g.id
    WHERE g.id = ANY (told);
    UPDATE enrolments AS e SET state = 'finished', reason = 'contact_removed', finished_at = current_moment()
    WHERE e.id = ANY (ways) AND e.state NOT IN ('finished', 'failed');
    UPDATE enrolments AS e SET contact_id = NULL, conversation_id = NULL, referred_by_id = NULL WHERE e.id = ANY (ways);
    UPDATE enrolments AS e SET referred_by_id = NULL WHERE e.referred_by_id = person;
END
$$;

-- What came in from them, or says so: mails, deliveries of providers, who wrote to whom.
CREATE FUNCTION erase_intake(person uuid, addresses text[], names text[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    pattern constant text := pattern_of(names);
BEGIN
    -- The hash of what identified a mail stays, so that the same mail does not come in again.
    UPDATE mails AS m SET
        contact_id = NULL, touchpoint_id = NULL, from_email = NULL, subject = NULL, message_id = NULL, understood = '{}', effects = '[]',
        raw = '', dedupe_key = 'erased:' || encode(sha256(convert_to(m.dedupe_key, 'UTF8')), 'hex')
    WHERE m.contact_id = person OR lower(m.from_email) = ANY (addresses);
    -- What is about others too keeps what is theirs.
    UPDATE mails AS m SET raw = decode(regexp_replace(encode(m.raw, 'escape'), pattern, '[erased]', 'gi'), 'escape')
    WHERE encode(m.raw, 'escape') ~* pattern;
    UPDATE webhook_payloads AS p SET
        body = CASE p.state WHEN 'new' THEN decode(regexp_replace(encode(p.body, 'escape'), pattern, '[erased]', 'gi'), 'escape') ELSE '' END,
        effects = '[]', error = NULL
    WHERE encode(p.body, 'escape') ~* pattern;
    DELETE FROM mail_headers AS h WHERE h.email_key = ANY (addresses);
END
$$;

-- Nobody may write to them again, whoever brings their address: only its hash is kept.
CREATE FUNCTION keep_hashes(person uuid, addresses text[], numbers text[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    hashes constant text[] := ARRAY(SELECT address_hash(k.key) FROM unnest(addresses || numbers) AS k (key));
BEGIN
    UPDATE suppressions AS s SET note = NULL, address = NULL WHERE s.contact_id = person OR s.address_hash = ANY (hashes);
    INSERT INTO suppressions (address_hash, channel, reason)
    SELECT address_hash(k.key), 'all', 'objection' FROM unnest(addresses) AS k (key)
    UNION ALL
    SELECT address_hash(k.key), c.channel, 'objection' FROM unnest(numbers) AS k (key) CROSS JOIN (VALUES ('sms'), ('call'), ('whatsapp')) AS c (channel)
    WHERE NOT EXISTS ( -- a switchboard is others' too
        SELECT FROM contacts AS o
        WHERE o.id IS DISTINCT FROM person AND o.phone IS NOT NULL
            AND ltrim(regexp_replace(o.phone, '[^0-9]', '', 'g'), '0') = ltrim(k.key, '+')
    )
    ON CONFLICT DO NOTHING;
    DELETE FROM suppressions AS s WHERE s.contact_id = person AND s.address_hash IS NULL AND s.domain IS NULL;
END
$$;

-- Erase a person; gives how many rows of each table were about them, or named them. `person` is NULL where only an address is known.
CREATE FUNCTION erase_person(person uuid, former uuid[], addresses text[], numbers text[], by_whom text) RETURNS jsonb
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    is_namesake constant boolean := EXISTS (
        SELECT FROM contacts AS c INNER JOIN contacts AS o
            ON lower(btrim(o.first_name)) = lower(btrim(c.first_name)) AND lower(btrim(o.last_name)) = lower(btrim(c.last_name)) AND o.id <> c.id
        WHERE c.id = person
    );
    names constant text[] := addresses || ARRAY(
        SELECT c.email FROM contacts AS c WHERE c.id = person AND c.email IS NOT NULL
        UNION
        SELECT n.name FROM contacts AS c LEFT JOIN companies AS a ON a.id = c.company_id CROSS JOIN LATERAL unnest(ARRAY[
            c.phone, c.linkedin_url, c.twitter_url, c.personal_website,
            CASE WHEN c.first_name <> '' AND c.last_name <> '' AND NOT is_namesake THEN btrim(c.first_name) || ' ' || btrim(c.last_name) END
        ]) AS n (name)
        WHERE c.id = person AND length(n.name) > 4 AND coalesce(strpos(n.name, a.domain), 0) = 0
            AND NOT EXISTS ( -- a switchboard, a page of the firm: what others have too does not name them
                SELECT FROM contacts AS o
                WHERE o.id <> person AND n.name IN (o.phone, o.linkedin_url, o.twitter_url, o.personal_website)
            )
        UNION
        SELECT n.name FROM merged_contacts AS m CROSS JOIN LATERAL unnest(ARRAY[m.email, m.phone]) AS n (name)
        WHERE m.contact_id = person AND n.name IS NOT NULL AND NOT EXISTS (SELECT FROM contacts AS o WHERE o.id <> person AND o.phone = n.name)
        UNION
        SELECT format('%s', n.name) FROM merge_records AS m
        INNER JOIN merge_rows AS r ON r.merge_id = m.id AND r.table_name = 'contacts' AND r.after IS NULL
        CROSS JOIN LATERAL unnest(ARRAY[
            r.before ->> 'linkedin_url', r.before ->> 'twitter_url', r.before ->> 'personal_website',
            CASE WHEN NOT is_namesake THEN btrim(r.before ->> 'first_name') || ' ' || btrim(r.before ->> 'last_name') END
        ]) AS n (name)
        WHERE m.dropped_id = ANY (former) AND length(n.name) > 4
    );
    counts jsonb;
    given text[];
BEGIN
    SELECT coalesce(jsonb_object_agg(r.key, jsonb_array_length(r.value)), '{}') INTO counts
    FROM jsonb_each(CASE WHEN EXISTS (SELECT FROM contacts AS c WHERE c.id = person) THEN rows_of_person(person) ELSE '{}' END) AS r (key, value);
    given := ARRAY(
        SELECT '\m' || literally(n.name) || '\M' FROM contacts AS c CROSS JOIN LATERAL unnest(ARRAY[c.first_name, c.last_name]) AS n (name)
        WHERE c.id = person AND n.name <> ''
    );
    -- Messages to others that name them, by their first name perhaps.
    UPDATE intents AS i SET
        subject = regexp_replace(i.subject, array_to_string(given, '|'), '[erased]', 'g'),
        content = regexp_replace(i.content, array_to_string(given, '|'), '[erased]', 'g')
    WHERE i.mentions_id = person AND cardinality(given) > 0;
    UPDATE touchpoints AS t SET
        subject = regexp_replace(t.subject, array_to_string(given, '|'), '[erased]', 'g'),
        content = regexp_replace(t.content, array_to_string(given, '|'), '[erased]', 'g')
    FROM intents AS i WHERE i.touchpoint_id = t.id AND i.mentions_id = person AND cardinality(given) > 0;
    UPDATE approvals AS a SET
        subject = regexp_replace(a.subject, array_to_string(given, '|'), '[erased]', 'g'),
        content = regexp_replace(a.content, array_to_string(given, '|'), '[erased]', 'g'),
        state = CASE a.state WHEN 'pending' THEN 'withdrawn' ELSE a.state END
    WHERE a.mentions_id = person AND cardinality(given) > 0;
    DELETE FROM drafts AS d WHERE d.mentions_id = person;
    UPDATE intents AS i SET mentions_id = NULL WHERE i.mentions_id = person;
    -- What they did and said in the conversations of others.
    UPDATE touchpoints AS t SET content = CASE t.direction WHEN 'inbound' THEN NULL ELSE t.content END, response = NULL, call_transcript = NULL
    WHERE t.id IN (SELECT e.touchpoint_id FROM events AS e WHERE e.contact_id = person AND e.kind IN ('received', 'replied', 'answered'));
    UPDATE events AS e SET contact_id = NULL, url = NULL, user_agent = NULL, address = NULL, provider_event_id = NULL, raw = '{}', actor_is_given = true
    WHERE e.contact_id = person;
    PERFORM erase_ledger(person);
    PERFORM erase_intake(person, addresses, names);
    PERFORM keep_hashes(person, addresses, numbers);
    DELETE FROM merge_rows AS r USING merge_records AS m WHERE m.id = r.merge_id AND (person IN (m.kept_id, m.dropped_id) OR m.dropped_id = ANY (former));
    DELETE FROM contacts AS c WHERE c.id = person;
    SELECT counts || coalesce(jsonb_object_agg(t.table_name, coalesce((counts ->> t.table_name)::bigint, 0) + t.total), '{}') INTO counts
    FROM erase_traces(names) AS t;
    INSERT INTO erasures (erased_by, counts) VALUES (by_whom, counts);
    RETURN counts;
END
$$;
CREATE OR REPLACE FUNCTION suppressions_among(people uuid[]) RETURNS TABLE (person uuid, suppression_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT
            c.id, address_hash(c.email_key) AS mail, address_hash(phone_key(c.phone)) AS number,
            string_to_array(split_part(c.email_key, '@', -1), '.') AS parts
        FROM contacts AS c WHERE c.id = ANY (people)
        UNION ALL -- what they had before they were merged
        SELECT
            m.contact_id, address_hash(m.email_key), address_hash(phone_key(m.phone)), string_to_array(split_part(m.email_key, '@', -1), '.')
        FROM merged_contacts AS m WHERE m.contact_id = ANY (people)
    )
    SELECT s.contact_id AS person, s.id FROM suppressions AS s WHERE s.contact_id = ANY (people)
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s WHERE s.address_hash IN (k.mail, k.number) AND s.contact_id IS DISTINCT FROM k.id
    ) AS s
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s
        WHERE s.domain = ANY (ARRAY(
            SELECT array_to_string(k.parts[n.nth :], '.') FROM generate_series(1, cardinality(k.parts) - 1) AS n (nth)
        ))
    ) AS s;
END
$$;
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF current_setting('accountgraph.erasing', true) = 'on' THEN -- somebody's data goes, also where a list names them
        RETURN NEW;
    END IF;
    RAISE check_violation USING MESSAGE = format('a row of %s is never changed; make a new version', TG_TABLE_NAME);
END
$$;


-- Merges are open to the workspace's role. Its agent sees that there was one, not the images of what was; it may neither merge nor undo.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
    routine regprocedure;
BEGIN
    FOREACH relation IN ARRAY ARRAY['merge_records', 'merge_rows', 'merged_contacts', 'merged_companies', 'retention_rules', 'erasures']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I, %I USING (true) WITH CHECK (true)', relation, current_user, agent);
        EXECUTE format('GRANT SELECT ON %s TO %I', relation, agent);
    END LOOP;
    EXECUTE format('REVOKE ALL ON merge_rows, erasures FROM %I', agent);
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
    FOREACH routine IN ARRAY ARRAY[
        'account_key(text)', 'contact_of(text)', 'references_to(regclass)', 'count_references(regclass, uuid)'
    ]::regprocedure[] LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', routine, agent);
    END LOOP;
END
$$;
