-- Relationships by the batch: staged, resolved, inserted, merged.

-- name: stage
-- Where the rows of a batch wait; NULL: the row does not say. What ends in _domain, _key, _name or _email names another row.
CREATE TEMPORARY TABLE staged (
    position integer NOT NULL, id uuid, contact_id_1 uuid, contact_id_2 uuid, relationship_type text, strength text,
    context text, metadata jsonb, is_verified boolean, confidence_score numeric, attributes jsonb, discovered_at timestamptz,
    last_verified_at timestamptz, contact_1_email text, contact_1_key text, contact_2_email text, contact_2_key text
) ON COMMIT DROP;

-- name: resolve
-- Which edge each row means, and what stands in its way. The pair decides; the ends are never swapped.
INSERT INTO resolved (position, id, is_new, matched_by, contact_id_1, contact_id_2, field, problem, detail)
WITH found AS MATERIALIZED (
    SELECT s.position, s.id, s.relationship_type,
        (SELECT e.id FROM relationships AS e WHERE e.id = s.id) AS by_id,
        coalesce(
            (SELECT c.id FROM contacts AS c WHERE c.id = s.contact_id_1),
            (SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = s.contact_id_1),
            (
                SELECT e.contact_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'contact_1_key' AND e.entity = 'contacts' AND e.key = s.contact_1_key
            ),
            (SELECT c.id FROM contacts AS c WHERE c.email_key = s.contact_1_email),
            (SELECT m.contact_id FROM merged_contacts AS m WHERE m.email_key = s.contact_1_email)
        ) AS contact_id_1,
        CASE
            WHEN s.contact_1_email IS NOT NULL THEN 'contact_1_email'
            WHEN s.contact_1_key IS NOT NULL THEN 'contact_1_key'
            WHEN s.contact_id_1 IS NOT NULL THEN 'contact_id_1'
        END AS field_1,
        coalesce(s.contact_1_email, s.contact_1_key, s.contact_id_1::text) AS said_1,
        coalesce(
            (SELECT c.id FROM contacts AS c WHERE c.id = s.contact_id_2),
            (SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = s.contact_id_2),
            (
                SELECT e.contact_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'contact_2_key' AND e.entity = 'contacts' AND e.key = s.contact_2_key
            ),
            (SELECT c.id FROM contacts AS c WHERE c.email_key = s.contact_2_email),
            (SELECT m.contact_id FROM merged_contacts AS m WHERE m.email_key = s.contact_2_email)
        ) AS contact_id_2,
        CASE
            WHEN s.contact_2_email IS NOT NULL THEN 'contact_2_email'
            WHEN s.contact_2_key IS NOT NULL THEN 'contact_2_key'
            WHEN s.contact_id_2 IS NOT NULL THEN 'contact_id_2'
        END AS field_2,
        coalesce(s.contact_2_email, s.contact_2_key, s.contact_id_2::text) AS said_2
    FROM staged AS s
)
SELECT f.position, coalesce(m.id, f.id, gen_random_uuid()), m.id IS NULL, CASE WHEN m.id IS NOT NULL THEN 'contact_id_2' END,
    f.contact_id_1, f.contact_id_2, p.field, p.problem,
    CASE p.problem WHEN 'different' THEN m.relationship_type WHEN 'taken' THEN f.id::text ELSE CASE p.field WHEN f.field_1 THEN f.said_1 ELSE f.said_2 END END
FROM found AS f
LEFT JOIN LATERAL (
    SELECT e.id, e.contact_id_1, e.relationship_type FROM relationships AS e
    WHERE least(e.contact_id_1, e.contact_id_2) = least(f.contact_id_1, f.contact_id_2)
        AND greatest(e.contact_id_1, e.contact_id_2) = greatest(f.contact_id_1, f.contact_id_2)
        AND f.contact_id_1 IS NOT NULL AND f.contact_id_2 IS NOT NULL
    OFFSET 0
) AS m ON true
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN m.contact_id_1 = f.contact_id_1 OR f.relationship_type IN ('colleagues', 'collaborators') THEN f.relationship_type
        WHEN f.relationship_type = 'reports_to' THEN 'manager_of'
        WHEN f.relationship_type = 'manager_of' THEN 'reports_to'
    END AS relationship_type
) AS w
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN f.contact_id_1 IS NULL THEN coalesce(f.field_1, 'contact_1_email')
            WHEN f.contact_id_2 IS NULL THEN coalesce(f.field_2, 'contact_2_email')
            WHEN f.contact_id_1 = f.contact_id_2 THEN f.field_2
            WHEN m.id IS NOT NULL AND (m.relationship_type = w.relationship_type) IS NOT TRUE THEN 'relationship_type'
            WHEN f.by_id IS NOT NULL AND (f.by_id = m.id) IS NOT TRUE THEN 'id'
        END AS field,
        CASE
            WHEN f.contact_id_1 IS NULL AND f.field_1 IS NULL OR f.contact_id_2 IS NULL AND f.field_2 IS NULL THEN 'empty'
            WHEN f.contact_id_1 IS NULL OR f.contact_id_2 IS NULL THEN 'missing'
            WHEN f.contact_id_1 = f.contact_id_2 THEN 'itself'
            WHEN m.id IS NOT NULL AND (m.relationship_type = w.relationship_type) IS NOT TRUE THEN 'different'
            WHEN f.by_id IS NOT NULL AND (f.by_id = m.id) IS NOT TRUE THEN 'taken'
        END AS problem
) AS p;

-- name: repeat
-- A pair that an earlier row of the batch makes waits until that is done.
UPDATE resolved AS r SET waits = true
FROM (
    SELECT q.position, row_number() OVER (
        PARTITION BY least(q.contact_id_1, q.contact_id_2), greatest(q.contact_id_1, q.contact_id_2) ORDER BY q.position
    ) AS nth
    FROM resolved AS q WHERE q.field IS NULL
) AS d
WHERE d.position = r.position AND d.nth > 1;

-- name: insert
-- The rows that are new.
INSERT INTO relationships (
    id, contact_id_1, contact_id_2, relationship_type, strength, context, metadata, is_verified, confidence_score, attributes,
    discovered_at, last_verified_at
)
SELECT
    r.id, r.contact_id_1, r.contact_id_2, s.relationship_type, coalesce(s.strength, 'medium'), s.context,
    coalesce(s.metadata, '{}'), coalesce(s.is_verified, false), coalesce(s.confidence_score, 1.00),
    coalesce(s.attributes, '{}'), coalesce(s.discovered_at, current_moment()), s.last_verified_at
FROM resolved AS r INNER JOIN staged AS s ON s.position = r.position
WHERE r.is_new AND r.field IS NULL AND NOT r.waits
ORDER BY r.position;

-- name: update
-- The rows that are there: empty fields are filled (a default counts as empty, JSON goes key by key); `o`, the row once
-- more where it may overwrite, goes first. What would stay the same is not written.
UPDATE relationships AS t SET
    strength = coalesce(o.strength, nullif(t.strength, 'medium'), s.strength, t.strength),
    context = coalesce(o.context, t.context, s.context),
    metadata = coalesce(s.metadata, '{}') || t.metadata || coalesce(o.metadata, '{}'),
    is_verified = coalesce(o.is_verified, t.is_verified OR coalesce(s.is_verified, false)),
    confidence_score = coalesce(o.confidence_score, nullif(t.confidence_score, 1.00), s.confidence_score, t.confidence_score),
    attributes = coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
    discovered_at = coalesce(o.discovered_at, t.discovered_at, s.discovered_at),
    last_verified_at = coalesce(o.last_verified_at, t.last_verified_at, s.last_verified_at)
FROM (SELECT q.position, q.id FROM resolved AS q WHERE NOT q.is_new AND q.field IS NULL AND NOT q.waits ORDER BY q.id) AS r
INNER JOIN staged AS s ON s.position = r.position
LEFT JOIN staged AS o ON o.position = r.position AND %(overwrite)s
WHERE t.id = r.id
    AND (
        t.strength, t.context, t.metadata, t.is_verified, t.confidence_score, t.attributes, t.discovered_at, t.last_verified_at
    ) IS DISTINCT FROM (
        coalesce(o.strength, nullif(t.strength, 'medium'), s.strength, t.strength),
        coalesce(o.context, t.context, s.context),
        coalesce(s.metadata, '{}') || t.metadata || coalesce(o.metadata, '{}'),
        coalesce(o.is_verified, t.is_verified OR coalesce(s.is_verified, false)),
        coalesce(o.confidence_score, nullif(t.confidence_score, 1.00), s.confidence_score, t.confidence_score),
        coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
        coalesce(o.discovered_at, t.discovered_at, s.discovered_at),
        coalesce(o.last_verified_at, t.last_verified_at, s.last_verified_at)
    )
RETURNING t.id;
