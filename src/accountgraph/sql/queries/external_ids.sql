-- External ids: the keys of the systems that rows came from.

-- name: add
-- One more key of a row; gives the row that has it now, or none where there is no such row.
WITH target AS (
    SELECT c.id FROM companies AS c WHERE %(entity)s = 'companies' AND c.id = %(id)s
    UNION ALL
    SELECT c.id FROM contacts AS c WHERE %(entity)s = 'contacts' AND c.id = %(id)s
    UNION ALL
    SELECT r.id FROM relationships AS r WHERE %(entity)s = 'relationships' AND r.id = %(id)s
    UNION ALL
    SELECT v.id FROM conversations AS v WHERE %(entity)s = 'conversations' AND v.id = %(id)s
    UNION ALL
    SELECT t.id FROM touchpoints AS t WHERE %(entity)s = 'touchpoints' AND t.id = %(id)s
)
INSERT INTO external_ids (source, entity, key, company_id, contact_id, relationship_id, conversation_id, touchpoint_id)
SELECT
    %(source)s, %(entity)s, %(key)s,
    CASE WHEN %(entity)s = 'companies' THEN t.id END,
    CASE WHEN %(entity)s = 'contacts' THEN t.id END,
    CASE WHEN %(entity)s = 'relationships' THEN t.id END,
    CASE WHEN %(entity)s = 'conversations' THEN t.id END,
    CASE WHEN %(entity)s = 'touchpoints' THEN t.id END
FROM target AS t
ON CONFLICT ON CONSTRAINT external_ids_source_entity_key DO UPDATE SET key = excluded.key
RETURNING coalesce(company_id, contact_id, relationship_id, conversation_id, touchpoint_id);

-- name: find
-- The row that has a key.
SELECT coalesce(e.company_id, e.contact_id, e.relationship_id, e.conversation_id, e.touchpoint_id)
FROM external_ids AS e WHERE e.source = %(source)s AND e.entity = %(entity)s AND e.key = %(key)s;


-- name: of_row
-- The keys of a row, of whatever entity: ids are unique among all.
SELECT e.source, e.key FROM external_ids AS e
WHERE e.entity = %(entity)s
    AND (
        e.company_id = %(id)s OR e.contact_id = %(id)s OR e.relationship_id = %(id)s
        OR e.conversation_id = %(id)s OR e.touchpoint_id = %(id)s
    )
ORDER BY e.source, e.key;

-- name: remove
-- Forget a key.
DELETE FROM external_ids AS e WHERE e.source = %(source)s AND e.entity = %(entity)s AND e.key = %(key)s
RETURNING e.id;
