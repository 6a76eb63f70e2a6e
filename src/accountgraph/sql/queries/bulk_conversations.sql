-- Conversations by the batch: staged, resolved, inserted, merged.

-- name: stage
-- Where the rows of a batch wait; NULL: the row does not say. What ends in _domain, _key, _name or _email names another row.
CREATE TEMPORARY TABLE staged (
    position integer NOT NULL, id uuid, contact_id uuid, company_id uuid, status text, qualification_tier text,
    next_touchpoint_at timestamptz, context jsonb, campaign_id uuid, campaign_name text, sequence_step integer, outcome text,
    outcome_date timestamptz, outcome_notes text, estimated_value numeric, actual_value numeric, metadata jsonb,
    attributes jsonb, started_at timestamptz, closed_at timestamptz, contact_email text, contact_key text, company_domain text,
    company_key text, company_name text
) ON COMMIT DROP;

-- name: resolve
-- Which conversation each row means, and what stands in its way. A conversation has its contact's company unless it names one.
INSERT INTO resolved (position, id, is_new, matched_by, contact_id, company_id, field, problem, detail)
WITH keyed AS (
    SELECT k.position, array_agg(DISTINCT x.conversation_id) AS ids
    FROM staged_keys AS k
    CROSS JOIN LATERAL (
        SELECT e.conversation_id FROM external_ids AS e WHERE e.source = k.source AND e.entity = 'conversations' AND e.key = k.key OFFSET 0
    ) AS x
    GROUP BY k.position
),
found AS MATERIALIZED (
    SELECT s.position, s.id, k.ids AS by_key,
        (SELECT v.id FROM conversations AS v WHERE v.id = s.id) AS by_id,
        coalesce(
            (SELECT c.id FROM contacts AS c WHERE c.id = s.contact_id),
            (SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = s.contact_id),
            (
                SELECT e.contact_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'contact_key' AND e.entity = 'contacts' AND e.key = s.contact_key
            ),
            (SELECT c.id FROM contacts AS c WHERE c.email_key = s.contact_email),
            (SELECT m.contact_id FROM merged_contacts AS m WHERE m.email_key = s.contact_email)
        ) AS contact_id,
        CASE
            WHEN s.contact_email IS NOT NULL THEN 'contact_email'
            WHEN s.contact_key IS NOT NULL THEN 'contact_key'
            WHEN s.contact_id IS NOT NULL THEN 'contact_id'
        END AS contact_field,
        coalesce(s.contact_email, s.contact_key, s.contact_id::text) AS contact_said,
        coalesce(
            (SELECT c.id FROM companies AS c WHERE c.id = s.company_id),
            (SELECT m.company_id FROM merged_companies AS m WHERE m.id = s.company_id),
            (
                SELECT e.company_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'company_key' AND e.entity = 'companies' AND e.key = s.company_key
            ),
            (SELECT d.company_id FROM company_domains AS d WHERE d.domain = s.company_domain),
            (SELECT min(c.id::text)::uuid FROM companies AS c WHERE c.name = s.company_name HAVING count(*) = 1)
        ) AS company_id,
        CASE
            WHEN s.company_domain IS NOT NULL THEN 'company_domain'
            WHEN s.company_key IS NOT NULL THEN 'company_key'
            WHEN s.company_name IS NOT NULL THEN 'company_name'
            WHEN s.company_id IS NOT NULL THEN 'company_id'
        END AS company_field,
        coalesce(s.company_domain, s.company_key, s.company_name, s.company_id::text) AS company_said
    FROM staged AS s LEFT JOIN keyed AS k ON k.position = s.position
)
SELECT f.position, coalesce(m.id, f.id, gen_random_uuid()), m.id IS NULL,
    CASE WHEN f.by_id IS NOT NULL THEN 'id' WHEN m.id IS NOT NULL THEN 'external_id' END,
    f.contact_id, coalesce(f.company_id, (SELECT c.company_id FROM contacts AS c WHERE c.id = f.contact_id AND m.id IS NULL)),
    p.field, p.problem, CASE p.field WHEN f.contact_field THEN f.contact_said ELSE f.company_said END
FROM found AS f
CROSS JOIN LATERAL (SELECT coalesce(f.by_id, f.by_key[1]) AS id) AS m
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'external_id'
            WHEN f.contact_id IS NULL AND (f.contact_field IS NOT NULL OR m.id IS NULL) THEN coalesce(f.contact_field, 'contact_email')
            WHEN f.company_id IS NULL THEN f.company_field
        END AS field,
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'ambiguous'
            WHEN f.contact_id IS NULL AND f.contact_field IS NULL AND m.id IS NULL THEN 'empty'
            WHEN f.contact_id IS NULL AND f.contact_field IS NOT NULL THEN 'missing'
            WHEN f.company_id IS NULL AND f.company_field IS NOT NULL THEN 'missing'
        END AS problem
) AS p;

-- name: lock
-- The companies whose counts will move, in the lock order; gives how many.
SELECT count(*) FROM (
    SELECT c.id FROM companies AS c
    WHERE c.id IN (
        SELECT unnest(ARRAY[r.company_id, t.company_id])
        FROM resolved AS r
        INNER JOIN staged AS s ON s.position = r.position
        LEFT JOIN conversations AS t ON t.id = r.id AND NOT r.is_new
        WHERE r.field IS NULL
            AND (
                (r.company_id IS DISTINCT FROM t.company_id AND (%(overwrite)s OR t.company_id IS NULL))
                OR s.status IS DISTINCT FROM t.status
            )
    )
    ORDER BY c.id FOR NO KEY UPDATE
) AS l;


-- name: insert
-- The rows that are new.
INSERT INTO conversations (
    id, contact_id, company_id, status, qualification_tier, next_touchpoint_at, context, campaign_id, campaign_name,
    sequence_step, outcome, outcome_date, outcome_notes, estimated_value, actual_value, metadata, attributes, started_at,
    closed_at
)
SELECT
    r.id, r.contact_id, r.company_id, coalesce(s.status, 'active'), s.qualification_tier, s.next_touchpoint_at,
    coalesce(s.context, '{}'), s.campaign_id, s.campaign_name, s.sequence_step, s.outcome, s.outcome_date, s.outcome_notes,
    s.estimated_value, s.actual_value, coalesce(s.metadata, '{}'), coalesce(s.attributes, '{}'),
    coalesce(s.started_at, current_moment()), s.closed_at
FROM resolved AS r INNER JOIN staged AS s ON s.position = r.position
WHERE r.is_new AND r.field IS NULL AND NOT r.waits
ORDER BY r.position;

-- name: update
-- The rows that are there: empty fields are filled (a default counts as empty, JSON goes key by key); `o`, the row once
-- more where it may overwrite, goes first. What would stay the same is not written.
UPDATE conversations AS t SET
    company_id = coalesce(CASE WHEN %(overwrite)s THEN r.company_id END, t.company_id, r.company_id),
    status = coalesce(o.status, nullif(t.status, 'active'), s.status, t.status),
    qualification_tier = coalesce(o.qualification_tier, t.qualification_tier, s.qualification_tier),
    next_touchpoint_at = coalesce(o.next_touchpoint_at, t.next_touchpoint_at, s.next_touchpoint_at),
    context = coalesce(s.context, '{}') || t.context || coalesce(o.context, '{}'),
    campaign_id = coalesce(o.campaign_id, t.campaign_id, s.campaign_id),
    campaign_name = coalesce(o.campaign_name, t.campaign_name, s.campaign_name),
    sequence_step = coalesce(o.sequence_step, t.sequence_step, s.sequence_step),
    outcome = coalesce(o.outcome, t.outcome, s.outcome),
    outcome_date = coalesce(o.outcome_date, t.outcome_date, s.outcome_date),
    outcome_notes = coalesce(o.outcome_notes, t.outcome_notes, s.outcome_notes),
    estimated_value = coalesce(o.estimated_value, t.estimated_value, s.estimated_value),
    actual_value = coalesce(o.actual_value, t.actual_value, s.actual_value),
    metadata = coalesce(s.metadata, '{}') || t.metadata || coalesce(o.metadata, '{}'),
    attributes = coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
    started_at = coalesce(o.started_at, t.started_at, s.started_at),
    closed_at = coalesce(o.closed_at, t.closed_at, s.closed_at)
FROM (SELECT q.position, q.id, q.company_id FROM resolved AS q WHERE NOT q.is_new AND q.field IS NULL AND NOT q.waits ORDER BY q.id) AS r
INNER JOIN staged AS s ON s.position = r.position
LEFT JOIN staged AS o ON o.position = r.position AND %(overwrite)s
WHERE t.id = r.id
    AND (
        t.company_id, t.status, t.qualification_tier, t.next_touchpoint_at, t.context, t.campaign_id, t.campaign_name,
        t.sequence_step, t.outcome, t.outcome_date, t.outcome_notes, t.estimated_value, t.actual_value, t.metadata,
        t.attributes, t.started_at, t.closed_at
    ) IS DISTINCT FROM (
        coalesce(CASE WHEN %(overwrite)s THEN r.company_id END, t.company_id, r.company_id),
        coalesce(o.status, nullif(t.status, 'active'), s.status, t.status),
        coalesce(o.qualification_tier, t.qualification_tier, s.qualification_tier),
        coalesce(o.next_touchpoint_at, t.next_touchpoint_at, s.next_touchpoint_at),
        coalesce(s.context, '{}') || t.context || coalesce(o.context, '{}'),
        coalesce(o.campaign_id, t.campaign_id, s.campaign_id),
        coalesce(o.campaign_name, t.campaign_name, s.campaign_name),
        coalesce(o.sequence_step, t.sequence_step, s.sequence_step),
        coalesce(o.outcome, t.outcome, s.outcome),
        coalesce(o.outcome_date, t.outcome_date, s.outcome_date),
        coalesce(o.outcome_notes, t.outcome_notes, s.outcome_notes),
        coalesce(o.estimated_value, t.estimated_value, s.estimated_value),
        coalesce(o.actual_value, t.actual_value, s.actual_value),
        coalesce(s.metadata, '{}') || t.metadata || coalesce(o.metadata, '{}'),
        coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
        coalesce(o.started_at, t.started_at, s.started_at),
        coalesce(o.closed_at, t.closed_at, s.closed_at)
    )
RETURNING t.id;
