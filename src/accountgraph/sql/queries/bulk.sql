-- What the batches of all entities share.

-- name: tune
-- Look rows up by their keys: the planner knows nothing of tables that were just filled. Gives the settings as they were.
WITH before AS MATERIALIZED (SELECT current_setting('jit') AS jit, current_setting('enable_seqscan') AS enable_seqscan)
SELECT jsonb_build_object(
    'jit', b.jit, 'enable_seqscan', b.enable_seqscan,
    'set', set_config('jit', 'off', true) || set_config('enable_seqscan', 'off', true)
) FROM before AS b;

-- name: restore
-- The settings as `tune` found them.
SELECT set_config('jit', %(jit)s, true) || set_config('enable_seqscan', %(enable_seqscan)s, true);

-- name: stage_keys
-- The external ids of staged rows.
CREATE TEMPORARY TABLE staged_keys (position integer NOT NULL, source text NOT NULL, key text NOT NULL) ON COMMIT DROP;

-- name: stage_resolved
-- What each staged row means: the row it is or will be, what it points at, and what stands in its way (`field`, `problem`,
-- `detail`). `waits`: for a row of the same batch, or for one that may come later.
CREATE TEMPORARY TABLE resolved (
    position integer NOT NULL, id uuid NOT NULL, is_new boolean NOT NULL, matched_by text, company_id uuid, parent_company_id uuid,
    contact_id uuid, contact_id_1 uuid, contact_id_2 uuid, conversation_id uuid, in_reply_to_id uuid,
    field text, problem text, detail text, waits boolean NOT NULL DEFAULT false
) ON COMMIT DROP;

-- name: repeat
-- A second row that means the same stored row waits until the first is merged.
UPDATE resolved AS r SET waits = true
FROM (SELECT q.id, min(q.position) AS first FROM resolved AS q WHERE NOT q.is_new GROUP BY q.id HAVING count(*) > 1) AS d
WHERE d.id = r.id AND r.position > d.first;

-- name: must_be_new
-- Where rows are only created, one that is there already is a problem.
UPDATE resolved AS r SET field = r.matched_by, problem = 'taken', detail = NULL WHERE NOT r.is_new AND r.field IS NULL;

-- name: problems
-- The rows that cannot be taken.
SELECT r.position, r.field, r.problem, r.detail FROM resolved AS r WHERE r.field IS NOT NULL ORDER BY r.position;

-- name: matched
-- How many stored rows the batch means.
SELECT count(*) FROM resolved AS r WHERE NOT r.is_new AND r.field IS NULL AND NOT r.waits;

-- name: waiting
-- The rows that wait.
SELECT r.position, r.detail FROM resolved AS r WHERE r.field IS NULL AND r.waits ORDER BY r.position;

-- name: keep_waiting
-- Only what waits goes into the next round.
DELETE FROM staged AS s USING resolved AS r WHERE r.position = s.position AND (r.field IS NOT NULL OR NOT r.waits);

-- name: clear_resolved
-- Before the next round.
TRUNCATE resolved;

-- name: add_keys
-- The external ids of the rows; gives the rows, of those that were there, that have one more.
WITH added AS (
    INSERT INTO external_ids (source, entity, key, company_id, contact_id, relationship_id, conversation_id, touchpoint_id)
    SELECT DISTINCT ON (k.source, k.key)
        k.source, %(entity)s, k.key,
        CASE WHEN %(entity)s = 'companies' THEN r.id END,
        CASE WHEN %(entity)s = 'contacts' THEN r.id END,
        CASE WHEN %(entity)s = 'relationships' THEN r.id END,
        CASE WHEN %(entity)s = 'conversations' THEN r.id END,
        CASE WHEN %(entity)s = 'touchpoints' THEN r.id END
    FROM staged_keys AS k INNER JOIN resolved AS r ON r.position = k.position
    WHERE r.field IS NULL AND NOT r.waits
    ORDER BY k.source, k.key
    ON CONFLICT ON CONSTRAINT external_ids_source_entity_key DO NOTHING
    RETURNING coalesce(company_id, contact_id, relationship_id, conversation_id, touchpoint_id) AS id
)
SELECT DISTINCT a.id FROM added AS a INNER JOIN resolved AS r ON r.id = a.id WHERE NOT r.is_new;

-- name: drop_staged
-- The batch is done.
DROP TABLE staged, staged_keys, resolved;
