-- Files that were uploaded to be imported: kept here, so that whatever process is there takes them up.

-- An import over HTTP. Who works at it holds a lease; where the lease ends, another begins it anew, which changes nothing twice.
CREATE TABLE imports (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    entity text CONSTRAINT imports_entity_check CHECK ( -- NULL: still being uploaded
        entity IN ('companies', 'contacts', 'relationships', 'conversations', 'touchpoints')
    ),
    file_name text NOT NULL CONSTRAINT imports_file_name_check CHECK (length(file_name) BETWEEN 1 AND 200), -- its last part, to be shown
    options jsonb NOT NULL DEFAULT '{}', -- mapping and dialect, as they were said
    is_dry_run boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'uploading' CONSTRAINT imports_state_check
        CHECK (state IN ('uploading', 'pending', 'running', 'done', 'failed', 'cancelled')),
    is_cancelled boolean NOT NULL DEFAULT false, -- somebody asked for that; who runs it sees to it
    error text, -- why it failed
    acting jsonb NOT NULL, -- who started it, and under whose name its changes are logged
    bytes_total bigint NOT NULL DEFAULT 0,
    bytes_done bigint NOT NULL DEFAULT 0,
    row_count bigint NOT NULL DEFAULT 0, -- = created + updated + unchanged + repeated + rejected, but for those in work
    created_count bigint NOT NULL DEFAULT 0,
    updated_count bigint NOT NULL DEFAULT 0,
    unchanged_count bigint NOT NULL DEFAULT 0,
    repeated_count bigint NOT NULL DEFAULT 0,
    rejected_count bigint NOT NULL DEFAULT 0,
    companies_count bigint NOT NULL DEFAULT 0, -- made because contacts name them
    earlier jsonb NOT NULL DEFAULT '{}', -- what runs that were broken off had created and updated
    reasons jsonb NOT NULL DEFAULT '[]', -- why rows were rejected, the most frequent first
    step bigint NOT NULL DEFAULT 0, -- grows with each change: where whoever watches it is
    tries integer NOT NULL DEFAULT 0,
    lease uuid, -- who runs it
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT imports_lease_check CHECK ((state = 'running') = (lease IS NOT NULL) AND (lease IS NULL) = (lease_until IS NULL)),
    CONSTRAINT imports_finished_at_check CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CONSTRAINT imports_entity_known_check CHECK (state = 'uploading' OR entity IS NOT NULL)
);
CREATE INDEX imports_created_at_idx ON imports (created_at, id);
CREATE INDEX imports_open_idx ON imports (created_at, id) WHERE state IN ('uploading', 'pending', 'running');

-- The bytes of an uploaded file, until it is imported.
CREATE TABLE import_chunks (
    import_id uuid NOT NULL CONSTRAINT import_chunks_import_id_fkey REFERENCES imports ON DELETE CASCADE,
    number integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- The rows that were not imported, as a CSV file that can be corrected and imported again.
CREATE TABLE import_rejects (
    import_id uuid NOT NULL CONSTRAINT import_rejects_import_id_fkey REFERENCES imports ON DELETE CASCADE,
    number integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- Uploaded files are for people: an agent sees none of them.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY['imports', 'import_chunks', 'import_rejects']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I USING (true) WITH CHECK (true)', relation, current_user);
    END LOOP;
END
$$;

-- What whoever watches the workspace is told beside the event log: work for people, and imports. Kept for days alone.

CREATE TABLE changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    at timestamptz NOT NULL DEFAULT current_moment(),
    row_id uuid NOT NULL, -- of the task, approval or import
    contact_id uuid, -- no references: it tells what was, and is forgotten soon
    company_id uuid,
    state text, -- of the row, since then
    detail text, -- which kind of task, which channel, which entity
    recorded_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX changes_recorded_in_idx ON changes (recorded_in, id);
CREATE INDEX changes_at_idx ON changes (at);

CREATE FUNCTION note_tasks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO changes (kind, row_id, contact_id, company_id, state, detail)
        SELECT 'task.created', n.id, n.contact_id, n.company_id, n.state, n.kind FROM new_rows AS n;
    ELSE
        INSERT INTO changes (kind, row_id, contact_id, company_id, state, detail)
        SELECT
            CASE WHEN t.state <> 'open' THEN 'task.closed' ELSE 'task.changed' END, t.id, t.contact_id, t.company_id, t.state, t.kind
        FROM (
            SELECT n.id, n.state, n.owner, n.held_by, n.due_at, n.waits_until, n.escalated_at FROM new_rows AS n
            EXCEPT
            SELECT o.id, o.state, o.owner, o.held_by, o.due_at, o.waits_until, o.escalated_at FROM old_rows AS o
        ) AS d INNER JOIN tasks AS t ON t.id = d.id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER note_inserted AFTER INSERT ON tasks
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_tasks();
CREATE TRIGGER note_updated AFTER UPDATE ON tasks
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_tasks();

CREATE FUNCTION note_approvals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT n.id FROM new_rows AS n);
    ELSE
        ids := ARRAY(SELECT d.id FROM (SELECT n.id, n.state FROM new_rows AS n EXCEPT SELECT o.id, o.state FROM old_rows AS o) AS d);
    END IF;
    INSERT INTO changes (kind, row_id, contact_id, company_id, state, detail)
    SELECT
        CASE WHEN a.state = 'pending' THEN 'approval.needed' ELSE 'approval.decided' END,
        a.id, e.contact_id, e.company_id, a.state, a.channel
    FROM approvals AS a INNER JOIN enrolments AS e ON e.id = a.enrolment_id
    WHERE a.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER note_inserted AFTER INSERT ON approvals
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_approvals();
CREATE TRIGGER note_updated AFTER UPDATE ON approvals
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_approvals();

CREATE FUNCTION note_imports() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
BEGIN
    INSERT INTO changes (kind, row_id, state, detail)
    VALUES (CASE WHEN NEW.finished_at IS NULL THEN 'import.started' ELSE 'import.finished' END, NEW.id, NEW.state, NEW.entity);
    RETURN NULL;
END
$$;

CREATE TRIGGER note_state AFTER UPDATE OF state ON imports FOR EACH ROW
WHEN (old.state IS DISTINCT FROM new.state AND new.state <> 'pending') EXECUTE FUNCTION note_imports();

-- What is told live is read by the workspace's role; what agents do is noted by the triggers, under the owner's rights.
DO $$
BEGIN
    ALTER TABLE changes ENABLE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY workspace ON changes TO %I USING (true) WITH CHECK (true)', current_user);
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
END
$$;

INSERT INTO audit_exemptions (table_name, logs_deletes, reason) VALUES
('import_chunks', false, 'an uploaded file, until it is imported; that it was stands in imports'),
('import_rejects', false, 'rows of an uploaded file that were not imported; how many stands in imports'),
('changes', false, 'what is told to who watches; what happened stands in its own rows');
INSERT INTO audit_columns (table_name, column_name, treatment, reason)
SELECT v.table_name, c.column_name, v.treatment, v.reason
FROM (VALUES
    (
        'imports',
        '{bytes_total,bytes_done,row_count,created_count,updated_count,unchanged_count,repeated_count,rejected_count,companies_count}',
        'bookkeeping', 'counted by who runs it'
    ),
    ('imports', '{earlier,reasons,step,tries,lease,lease_until}', 'bookkeeping', 'kept by who runs it')
) AS v (table_name, columns, treatment, reason)
CROSS JOIN LATERAL unnest(v.columns::text []) AS c (column_name);
SELECT audit_tables();
