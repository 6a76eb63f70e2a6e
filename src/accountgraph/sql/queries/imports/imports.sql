-- Imports over HTTP: what was uploaded, who runs it, what became of it.

-- name: begin
-- A new upload; no row where so many are unfinished that no other is taken.
INSERT INTO imports (id, file_name, acting, created_at)
SELECT %(id)s, %(file_name)s, %(acting)s::jsonb, %(now)s
WHERE (SELECT count(*) FROM imports AS i WHERE i.state IN ('uploading', 'pending', 'running')) < %(most)s
RETURNING imports.id;

-- name: add_chunk
-- A part of an uploaded file.
INSERT INTO import_chunks (import_id, number, content) VALUES (%(id)s, %(number)s, %(content)s);

-- name: queue
-- It is here as a whole, and waits for who runs it.
UPDATE imports AS i SET
    state = 'pending', entity = %(entity)s, options = %(options)s::jsonb, is_dry_run = %(is_dry_run)s, bytes_total = %(bytes)s,
    step = i.step + 1
WHERE i.id = %(id)s AND i.state = 'uploading'
RETURNING
    i.id, i.entity, i.file_name, i.options, i.is_dry_run, i.state, i.is_cancelled, i.error, i.acting ->> 'name' AS started_by, i.bytes_total,
    i.bytes_done, i.row_count AS rows, i.created_count AS created, i.updated_count AS updated, i.unchanged_count AS unchanged,
    i.repeated_count AS repeated, i.rejected_count AS rejected, i.companies_count AS companies_created, i.reasons, i.step, i.tries,
    i.created_at, i.started_at, i.finished_at;

-- name: by_id
-- One import.
SELECT
    i.id, i.entity, i.file_name, i.options, i.is_dry_run, i.state, i.is_cancelled, i.error, i.acting ->> 'name' AS started_by, i.bytes_total,
    i.bytes_done, i.row_count AS rows, i.created_count AS created, i.updated_count AS updated, i.unchanged_count AS unchanged,
    i.repeated_count AS repeated, i.rejected_count AS rejected, i.companies_count AS companies_created, i.reasons, i.step, i.tries,
    i.created_at, i.started_at, i.finished_at
FROM imports AS i WHERE i.id = %(id)s AND i.entity IS NOT NULL;

-- name: listing
-- The imports before one, the latest first.
SELECT
    i.id, i.entity, i.file_name, i.options, i.is_dry_run, i.state, i.is_cancelled, i.error, i.acting ->> 'name' AS started_by, i.bytes_total,
    i.bytes_done, i.row_count AS rows, i.created_count AS created, i.updated_count AS updated, i.unchanged_count AS unchanged,
    i.repeated_count AS repeated, i.rejected_count AS rejected, i.companies_count AS companies_created, i.reasons, i.step, i.tries,
    i.created_at, i.started_at, i.finished_at
FROM imports AS i
WHERE i.entity IS NOT NULL AND (i.created_at, i.id) < (%(before_at)s::timestamptz, %(before_id)s::uuid)
    AND (%(state)s::text IS NULL OR i.state = %(state)s)
ORDER BY i.created_at DESC, i.id DESC
LIMIT %(limit)s;

-- name: one_at_a_time
-- Who claims an import counts those that run, and nobody else does meanwhile.
SELECT pg_advisory_xact_lock(hashtextextended('imports of ' || current_schema(), 0));

-- name: give_up
-- Imports whose runs broke off too often: whoever runs them is gone before they are done.
UPDATE imports AS i SET
    state = 'failed', error = %(error)s, finished_at = %(now)s, lease = NULL, lease_until = NULL, step = i.step + 1
WHERE i.state = 'running' AND i.lease_until <= %(now)s AND i.tries >= %(most_tries)s;

-- name: claim
-- Take the oldest import that nobody runs, where fewer than so many run; what a run that broke off had done is kept beside.
WITH next AS (
    SELECT i.id FROM imports AS i
    WHERE (i.state = 'pending' OR (i.state = 'running' AND i.lease_until <= %(now)s))
        AND (SELECT count(*) FROM imports AS r WHERE r.state = 'running' AND r.lease_until > %(now)s) < %(most)s
    ORDER BY i.created_at, i.id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)

UPDATE imports AS i SET
    state = 'running', lease = %(lease)s, lease_until = %(until)s, tries = i.tries + 1, step = i.step + 1,
    started_at = coalesce(i.started_at, %(now)s),
    earlier = CASE
        WHEN i.is_dry_run THEN '{}'::jsonb
        ELSE jsonb_build_object('created', i.created_count, 'updated', i.updated_count, 'companies_created', i.companies_count)
    END
FROM next
WHERE i.id = next.id
RETURNING i.id, i.entity, i.file_name, i.options, i.acting, i.lease, i.earlier, i.is_cancelled;

-- name: progress
-- How far it is; no row where another has taken it.
UPDATE imports AS i SET
    bytes_done = %(bytes_done)s, row_count = %(rows)s, created_count = %(created)s, updated_count = %(updated)s,
    unchanged_count = %(unchanged)s, repeated_count = %(repeated)s, rejected_count = %(rejected)s,
    companies_count = %(companies_created)s, reasons = %(reasons)s::jsonb, lease_until = %(until)s, step = i.step + 1
WHERE i.id = %(id)s AND i.lease = %(lease)s
RETURNING i.is_cancelled;

-- name: renew
-- Still at it; no row where another has taken it.
UPDATE imports AS i SET lease_until = %(until)s WHERE i.id = %(id)s AND i.lease = %(lease)s RETURNING i.is_cancelled;

-- name: release
-- Give it back, so that another takes it up at once.
UPDATE imports AS i SET state = 'pending', lease = NULL, lease_until = NULL, tries = i.tries - 1, step = i.step + 1
WHERE i.id = %(id)s AND i.lease = %(lease)s;

-- name: finish
-- It is over, and its file is dropped; no row where another has taken it.
WITH over AS (
    UPDATE imports AS i SET
        state = %(state)s, error = %(error)s, finished_at = %(now)s, lease = NULL, lease_until = NULL, step = i.step + 1,
        reasons = CASE WHEN %(reasons)s = '[]' THEN i.reasons ELSE %(reasons)s::jsonb END,
        bytes_done = CASE WHEN %(state)s = 'done' THEN i.bytes_total ELSE i.bytes_done END
    WHERE i.id = %(id)s AND i.lease = %(lease)s
    RETURNING i.id
),

dropped AS (DELETE FROM import_chunks AS c USING over AS o WHERE c.import_id = o.id),

forgotten AS (DELETE FROM import_erasures AS e USING over AS o WHERE e.import_id = o.id)

SELECT o.id FROM over AS o;

-- name: hold_erasures
-- Nobody is erased until this transaction ends.
SELECT pg_advisory_xact_lock_shared(erasures_lock());

-- name: erased
-- Whom an import leaves out: hashes.
SELECT coalesce(array_agg(e.key_hash), '{}') FROM import_erasures AS e WHERE e.import_id = %(id)s;

-- name: chunk
-- A part of an uploaded file, by its number.
SELECT c.content FROM import_chunks AS c WHERE c.import_id = %(id)s AND c.number = %(number)s;

-- name: add_rejects
-- A part of the file of rejected rows.
INSERT INTO import_rejects (import_id, number, content) VALUES (%(id)s, %(number)s, %(content)s);

-- name: rejects
-- A part of the file of rejected rows, by its number.
SELECT r.content FROM import_rejects AS r WHERE r.import_id = %(id)s AND r.number = %(number)s;

-- name: cancel
-- Ask for its end: what waits ends at once, what runs ends with the rows that it is at.
WITH asked AS (
    UPDATE imports AS i SET
        is_cancelled = true, step = i.step + 1,
        state = CASE i.state WHEN 'pending' THEN 'cancelled' ELSE i.state END,
        finished_at = CASE i.state WHEN 'pending' THEN %(now)s END
    WHERE i.id = %(id)s AND i.state IN ('pending', 'running')
    RETURNING i.id, i.state
),

dropped AS (DELETE FROM import_chunks AS c USING asked AS a WHERE c.import_id = a.id AND a.state = 'cancelled')

SELECT a.id FROM asked AS a;

-- name: delete
-- Forget an import that is over, with its rejected rows.
DELETE FROM imports AS i WHERE i.id = %(id)s AND i.state IN ('done', 'failed', 'cancelled') RETURNING i.id;

-- name: drop_upload
-- An upload that did not come to its end.
DELETE FROM imports AS i WHERE i.id = %(id)s AND i.state = 'uploading' RETURNING i.id;

-- name: sweep
-- Forget uploads that broke off, and imports that were over long ago; gives how many.
WITH gone AS ( -- noqa: AM04
    DELETE FROM imports AS i
    WHERE (i.state = 'uploading' AND i.created_at < %(uploads_before)s) OR i.finished_at < %(finished_before)s
    RETURNING 1
)

SELECT count(*) FROM gone;

-- name: workspaces
-- Read in the registry: the workspaces whose schema this program knows.
SELECT w.name FROM workspaces AS w WHERE NOT w.is_ephemeral AND w.schema_version = %(version)s ORDER BY w.name;

-- name: is_any_open
-- Whether any import waits, or runs somewhere.
SELECT count(*) > 0 FROM imports AS i WHERE i.state IN ('pending', 'running');

-- name: upload
-- A file that is here as a whole and waits to be told what it is, with its beginning.
SELECT
    i.id, i.file_name, i.created_at, c.content AS head,
    (SELECT sum(length(a.content)) FROM import_chunks AS a WHERE a.import_id = i.id)::bigint AS size
FROM imports AS i
INNER JOIN import_chunks AS c ON i.id = c.import_id AND c.number = 0
WHERE i.id = %(id)s AND i.state = 'uploading';

-- name: copy_upload
-- The same file once more, as an upload of its own; no row where it is gone.
WITH made AS (
    INSERT INTO imports (id, file_name, acting, created_at)
    SELECT %(new_id)s, i.file_name, %(acting)s::jsonb, i.created_at FROM imports AS i WHERE i.id = %(id)s AND i.state = 'uploading'
    RETURNING imports.id
),

copied AS (
    INSERT INTO import_chunks (import_id, number, content)
    SELECT m.id, c.number, c.content FROM import_chunks AS c CROSS JOIN made AS m WHERE c.import_id = %(id)s
)

SELECT m.id FROM made AS m;
