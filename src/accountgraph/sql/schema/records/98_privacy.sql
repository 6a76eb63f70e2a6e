-- What is known of a person, how it goes, and how long what came in is kept.

-- How long each kind is kept, in days; NULL: for ever.
CREATE TABLE retention_rules (
    kind text PRIMARY KEY CONSTRAINT retention_rules_kind_check CHECK (
        kind IN (
            'webhook_payloads', 'mails', 'mail_headers', 'message_bodies', 'raw_events', 'addresses', 'attempts', 'drafts', 'decisions', 'merges',
            'audit_log', 'account_health'
        )
    ),
    days integer CONSTRAINT retention_rules_days_check CHECK (days > 0),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
INSERT INTO retention_rules (kind, days) VALUES
('webhook_payloads', 90), ('mails', 365), ('mail_headers', 365), ('message_bodies', 1095), ('raw_events', 180), ('addresses', 90),
('attempts', 90), ('drafts', 365), ('decisions', 365), ('merges', 365),
('audit_log', NULL), ('account_health', 400);

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
