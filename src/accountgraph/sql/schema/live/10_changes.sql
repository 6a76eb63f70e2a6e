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
