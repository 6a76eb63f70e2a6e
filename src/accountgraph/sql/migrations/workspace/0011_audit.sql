-- Who changed what: a row for each row that somebody changed, kept for ever unless the workspace forgets what is old.

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT current_moment(),
    actor_kind text NOT NULL CONSTRAINT audit_log_actor_kind_check CHECK (actor_kind IN ('user', 'key', 'agent', 'command', 'worker')),
    actor_id text, -- of the user or of the key
    actor_name text NOT NULL,
    request_id text,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    table_name text NOT NULL,
    row_id text, -- its primary key, a JSON array where that has several columns; NULL: many rows by one statement, only counted
    row_count integer NOT NULL DEFAULT 1,
    action text NOT NULL CONSTRAINT audit_log_action_check CHECK (action IN ('insert', 'update', 'delete')),
    before jsonb, -- of an update: the changed columns alone
    after jsonb,
    company_id uuid, -- the account it is about, where that is known; no reference: the log outlasts it
    contact_id uuid,
    is_redacted boolean NOT NULL DEFAULT false, -- what it said was taken out, since the person was erased
    undoes_id bigint -- the change that this one took back
);
CREATE INDEX audit_log_at_idx ON audit_log (at, id);
CREATE INDEX audit_log_table_name_idx ON audit_log (table_name, at, id);
CREATE INDEX audit_log_row_id_idx ON audit_log (row_id, table_name, at, id) WHERE row_id IS NOT NULL;
CREATE INDEX audit_log_actor_name_idx ON audit_log (actor_name, at, id);
CREATE INDEX audit_log_company_id_idx ON audit_log (company_id, at, id) WHERE company_id IS NOT NULL;
CREATE INDEX audit_log_contact_id_idx ON audit_log (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX audit_log_transaction_id_idx ON audit_log (transaction_id, id);
CREATE INDEX audit_log_undoes_id_idx ON audit_log (undoes_id) WHERE undoes_id IS NOT NULL;

-- Tables whose changes are not logged, and why. `logs_deletes`: what is never deleted at work is logged where
-- it is after all, and where it loses its reference to what was deleted.
CREATE TABLE audit_exemptions (
    table_name text PRIMARY KEY,
    logs_deletes boolean NOT NULL,
    reason text NOT NULL
);
INSERT INTO audit_exemptions (table_name, logs_deletes, reason) VALUES
('alembic_version', false, 'the program''s own: which migrations ran'),
('audit_log', false, 'the log itself, which only grows'),
('audit_exemptions', false, 'a rule of the log, changed by migrations alone'),
('audit_columns', false, 'a rule of the log, changed by migrations alone'),
('events', true, 'says itself what happened, when, and who told us'),
('intents', true, 'the engine''s ledger: says itself what was decided and sent'),
('attempts', true, 'the engine''s ledger: every call to a provider'),
('sends', true, 'the engine''s ledger: what counts against the caps'),
('decisions', true, 'the engine''s ledger: why something was done or not'),
('signals', true, 'says itself what happened and who told us'),
('manual_messages', true, 'says itself who wrote what and what came of it'),
('drafts', true, 'says itself which model wrote what; people decide in approvals'),
('queues', false, 'the engine''s bookkeeping: who waits for the same opening hours'),
('webhook_payloads', false, 'kept as it came; what it did stands in events and signals'),
('idempotency_keys', false, 'what was answered to requests; what they did stands in its own rows'),
('merge_records', false, 'says itself who merged what, and what there was before'),
('merge_rows', false, 'what a merge moved, to be put back'),
('erasures', false, 'says itself who asked for it; what was erased is in no log'),
('outgoing_events', false, 'what is told to endpoints; what happened stands in its own rows'),
('outgoing_deliveries', false, 'bookkeeping: what was told to whom'),
('outgoing_attempts', false, 'says itself what was tried and answered'),
('notice_tellings', false, 'bookkeeping: of what people were told'),
('mailbox_folders', false, 'bookkeeping: how far a folder was read'),
('mail_headers', false, 'read from a mailbox; says itself when and from where');

-- Columns that are not logged, and those that look as if they should not be.
CREATE TABLE audit_columns (
    table_name text NOT NULL,
    column_name text NOT NULL,
    treatment text NOT NULL CONSTRAINT audit_columns_treatment_check CHECK (treatment IN ('left_out', 'bookkeeping', 'kept')),
    reason text NOT NULL,
    PRIMARY KEY (table_name, column_name)
);
INSERT INTO audit_columns (table_name, column_name, treatment, reason)
SELECT v.table_name, c.column_name, v.treatment, v.reason
FROM (VALUES
    ('secrets', '{sealed}', 'left_out', 'a secret, encrypted'),
    ('mails', '{raw,understood}', 'left_out', 'a whole mail, which stands in its own row'),
    ('companies', '{total_contacts,active_conversations,updated_at}', 'bookkeeping', 'counted by triggers'),
    (
        'contacts',
        '{engagement_score,engagement_light,engagement_deep,engagement_excluded,last_engaged_at,total_touchpoints,updated_at}',
        'bookkeeping', 'reckoned from events by triggers'
    ),
    ('relationships', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    (
        'conversations',
        '{last_touchpoint_at,touchpoint_count,last_response_at,response_count,avg_response_time_hours,updated_at}',
        'bookkeeping', 'reckoned from touchpoints by triggers'
    ),
    (
        'touchpoints',
        '{sent_at,delivered_at,opened_at,clicked_at,replied_at,bounced_at,failed_at,outcome,updated_at}',
        'bookkeeping', 'reckoned from events by triggers'
    ),
    ('senders', '{next_free_at,next_dry_at,inbound_synced_at,updated_at}', 'bookkeeping', 'kept by the engine'),
    ('mailboxes', '{history_read_at,failing_since,error,next_sync_at}', 'bookkeeping', 'kept by who reads it'),
    ('campaigns', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    ('enrolments', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    ('drafting_settings', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    ('suppressions', '{address_hash}', 'kept', 'what is suppressed could not be restored without it'),
    ('campaigns', '{preview_hash}', 'kept', 'of a version, not of a secret'),
    ('campaign_versions', '{content_hash}', 'kept', 'of words, not of a secret'),
    ('template_versions', '{content_hash}', 'kept', 'of words, not of a secret'),
    ('approvals', '{content_hash}', 'kept', 'of words, not of a secret'),
    ('drafting_settings', '{key,key_env}', 'kept', 'names where a secret is, never holds one'),
    ('outgoing_endpoints', '{old_secret_until}', 'kept', 'when, and not what')
) AS v (table_name, columns, treatment, reason)
CROSS JOIN LATERAL unnest(v.columns::text []) AS c (column_name);

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
BEGIN
    kind := CASE WHEN pg_has_role(login, current_user, 'MEMBER') THEN said ->> 'kind' ELSE 'agent' END;
    id := said ->> 'id';
    name := coalesce(said ->> 'name', session_user);
    request_id := said ->> 'request_id';
    undoes := CASE WHEN kind <> 'agent' THEN nullif(current_setting('accountgraph.undoes', true), '') END;
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

-- Takes out what the log says of a person who is being erased, with all that this transaction deleted; who did it, and when, stays.
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

-- Search over everything, as one types: each word of the term anywhere in a name or an address (one or two letters: where a word
-- begins), and where a word begins in subjects and titles.
CREATE INDEX touchpoints_search_idx ON touchpoints USING gin (to_tsvector('simple', subject)) WHERE subject IS NOT NULL;
CREATE INDEX tasks_search_idx ON tasks USING gin (to_tsvector('simple', title));

-- How well a text fits: 3 it is the term, 2 it begins with it, 1 a word of it does, 0 it is in it.
CREATE FUNCTION search_fit(term text, title text, other text DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE
        WHEN lower(term) IN (lower(title), lower(other)) THEN 3
        WHEN starts_with(lower(title), lower(term)) OR starts_with(lower(other), lower(term)) THEN 2
        WHEN strpos(' ' || lower(title), ' ' || lower(term)) > 0 THEN 1
        ELSE 0
    END;
END
$$;

-- The best that there is of these kinds, at most so many. A thousand candidates of each kind are looked at.
CREATE FUNCTION search_everything(term text, kinds text [], at_most integer) RETURNS TABLE (
    kind text, id text, title text, detail text, company_id uuid, contact_id uuid, conversation_id uuid, fit integer
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    candidates constant integer := 1000;
    words constant text[] := ARRAY(
        SELECT w.word FROM unnest(string_to_array(regexp_replace(btrim(term), '\s+', ' ', 'g'), ' ')) AS w (word)
        WHERE w.word <> '' ORDER BY length(w.word) DESC LIMIT 8
    );
    quoted constant text[] := ARRAY(SELECT regexp_replace(w.word, '([\\%_])', '\\\1', 'g') FROM unnest(words) AS w (word));
    -- The longest word finds the rows by an index, the others take away.
    finding constant text[] := CASE
        WHEN length(words[1]) >= 3 THEN ARRAY['%' || quoted[1] || '%']
        ELSE ARRAY[quoted[1] || '%', '% ' || quoted[1] || '%']
    END;
    others constant text[] := ARRAY(SELECT '%' || l.word || '%' FROM unnest(quoted[2:]) AS l (word));
    prefixes constant tsquery := to_tsquery('simple', coalesce((
        SELECT string_agg('''' || w.word || ''':*', ' & ')
        FROM (SELECT btrim(regexp_replace(u.word, '[\\'']', ' ', 'g')) AS word FROM unnest(words) AS u (word)) AS w WHERE w.word <> ''
    ), ''));
BEGIN
    RETURN QUERY
    WITH people AS MATERIALIZED (
        SELECT c.id, c.company_id, concat_ws(' ', c.first_name, c.last_name) AS name, c.email, c.title, c.created_at
        FROM contacts AS c
        WHERE kinds && ARRAY['contact', 'conversation']
            AND (coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '') || ' ' || coalesce(c.email, '')) ILIKE ANY (finding)
            AND (coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '') || ' ' || coalesce(c.email, '')) ILIKE ALL (others)
        LIMIT candidates
    ), found AS (
        (
            SELECT
                1 AS place, 'company' AS kind, c.id::text AS id, c.name AS title, c.domain AS detail, c.id AS company_id,
                NULL::uuid AS contact_id, NULL::uuid AS conversation_id, search_fit(term, c.name, c.domain) AS fit, c.created_at AS at
            FROM companies AS c
            WHERE 'company' = ANY (kinds) AND (c.name || ' ' || coalesce(c.domain, '')) ILIKE ANY (finding)
                AND (c.name || ' ' || coalesce(c.domain, '')) ILIKE ALL (others)
            LIMIT candidates
        )
        UNION ALL
        SELECT
            2, 'contact', p.id::text, coalesce(nullif(p.name, ''), p.email), concat_ws(', ', p.title, p.email), p.company_id, p.id, NULL,
            search_fit(term, p.name, p.email), p.created_at
        FROM people AS p WHERE 'contact' = ANY (kinds)
        UNION ALL
        (
            SELECT 3, 'campaign', c.id::text, c.name, c.status, NULL, NULL, NULL, search_fit(term, c.name), c.created_at
            FROM campaigns AS c WHERE 'campaign' = ANY (kinds) AND c.name ILIKE ANY (finding) AND c.name ILIKE ALL (others)
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT 4, 'task', t.id::text, t.title, concat_ws(', ', t.kind, t.state), t.company_id, t.contact_id, NULL, search_fit(term, t.title), t.due_at
            FROM tasks AS t WHERE 'task' = ANY (kinds) AND to_tsvector('simple', t.title) @@ prefixes
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT
                5, 'conversation', v.id::text, coalesce(nullif(p.name, ''), p.email), concat_ws(', ', v.status, v.campaign_name), v.company_id,
                v.contact_id, v.id, search_fit(term, p.name, p.email), coalesce(v.last_touchpoint_at, v.created_at)
            FROM people AS p INNER JOIN conversations AS v ON v.contact_id = p.id
            WHERE 'conversation' = ANY (kinds)
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT
                6, 'touchpoint', t.id::text, t.subject, concat_ws(', ', t.channel, t.direction, t.outcome), v.company_id, v.contact_id, v.id,
                search_fit(term, t.subject), coalesce(t.sent_at, t.created_at)
            FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
            WHERE 'touchpoint' = ANY (kinds) AND t.subject IS NOT NULL AND to_tsvector('simple', t.subject) @@ prefixes
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT 7, 'template', t.id::text, t.name, NULL, NULL, NULL, NULL, search_fit(term, t.name), t.created_at
            FROM templates AS t WHERE 'template' = ANY (kinds) AND t.name ILIKE ANY (finding) AND t.name ILIKE ALL (others)
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT 8, 'mailbox', s.id::text, s.address, s.display_name, NULL, NULL, NULL, search_fit(term, s.address, s.display_name), s.created_at
            FROM senders AS s
            WHERE 'mailbox' = ANY (kinds) AND concat_ws(' ', s.address, s.display_name) ILIKE ANY (finding)
                AND concat_ws(' ', s.address, s.display_name) ILIKE ALL (others)
            LIMIT candidates
        )
    )
    SELECT f.kind, f.id, f.title, f.detail, f.company_id, f.contact_id, f.conversation_id, f.fit FROM found AS f
    ORDER BY f.fit DESC, f.place, f.at DESC, f.title, f.id
    LIMIT at_most;
END
$$;

-- Each order of a list, and each filter in it, has an index that holds its rows in that order.
CREATE INDEX companies_created_at_idx ON companies (created_at, id);
CREATE INDEX companies_account_tier_idx ON companies (account_tier, name, id);
CREATE INDEX companies_account_status_idx ON companies (account_status, name, id);
CREATE INDEX contacts_created_at_idx ON contacts (created_at, id);
CREATE INDEX contacts_status_idx ON contacts (status, created_at, id);
CREATE INDEX relationships_created_at_idx ON relationships (created_at, id);
CREATE INDEX conversations_created_at_idx ON conversations (created_at, id);
CREATE INDEX conversations_status_idx ON conversations (status, created_at, id);
CREATE INDEX touchpoints_created_at_idx ON touchpoints (created_at, id);
CREATE INDEX suppressions_reason_idx ON suppressions (reason, created_at, id);
CREATE INDEX consents_captured_at_idx ON consents (captured_at, id);
CREATE INDEX consents_basis_idx ON consents (basis, captured_at, id);
CREATE INDEX campaigns_status_idx ON campaigns (status, name, id);
CREATE INDEX campaigns_list_idx ON campaigns (name, id);
CREATE INDEX templates_list_idx ON templates (name, id);
CREATE INDEX enrolments_created_at_idx ON enrolments (created_at, id);
CREATE INDEX enrolments_campaign_created_at_idx ON enrolments (campaign_id, created_at, id);
CREATE INDEX enrolments_campaign_state_idx ON enrolments (campaign_id, state, created_at, id);
CREATE INDEX intents_planned_at_idx ON intents (planned_at, id);
CREATE INDEX intents_state_idx ON intents (state, planned_at, id);
CREATE INDEX tasks_due_at_idx ON tasks (due_at, id);
CREATE INDEX tasks_state_idx ON tasks (state, due_at, id);
CREATE INDEX tasks_kind_idx ON tasks (kind, state, due_at, id);
CREATE INDEX tasks_owner_idx ON tasks (lower(coalesce(owner, owner_user_id::text)), state, due_at, id);
CREATE INDEX approvals_created_at_idx ON approvals (created_at, id);
CREATE INDEX approvals_state_idx ON approvals (state, created_at, id);

-- The log is for the workspace's own role: an agent neither reads nor writes it, though what it does is logged. It may search.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY['audit_log', 'audit_exemptions', 'audit_columns']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I USING (true) WITH CHECK (true)', relation, current_user);
    END LOOP;
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('GRANT EXECUTE ON FUNCTION search_fit(text, text, text), search_everything(text, text [], integer) TO %I', agent);
END
$$;
-- Last of all, so that every table is there.
SELECT audit_tables();

-- Another index begins with the same columns now.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX enrolments_campaign_id_idx;
