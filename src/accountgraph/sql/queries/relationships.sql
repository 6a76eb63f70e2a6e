-- Relationships (edges between contacts).

-- name: create
-- One new edge; no row where the pair has one or an end is missing.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::relationships, %(row)s) AS g)
INSERT INTO relationships (
    id, contact_id_1, contact_id_2, relationship_type, strength, context, metadata, is_verified, confidence_score, attributes,
    discovered_at, last_verified_at
)
SELECT
    g.id, g.contact_id_1, g.contact_id_2, g.relationship_type, g.strength, g.context, g.metadata, g.is_verified,
    g.confidence_score, g.attributes, coalesce(g.discovered_at, current_moment()), g.last_verified_at
FROM given AS g
WHERE EXISTS (SELECT FROM contacts AS c WHERE c.id = g.contact_id_1)
    AND EXISTS (SELECT FROM contacts AS c WHERE c.id = g.contact_id_2)
ON CONFLICT DO NOTHING
RETURNING {relationship};

-- name: missing_end
-- Which end of an edge does not exist: the field, or NULL.
SELECT CASE
    WHEN NOT EXISTS (SELECT FROM contacts AS c WHERE c.id = %(contact_id_1)s) THEN 'contact_id_1'
    WHEN NOT EXISTS (SELECT FROM contacts AS c WHERE c.id = %(contact_id_2)s) THEN 'contact_id_2'
END;

-- name: by_id
-- One edge.
SELECT {relationship} FROM relationships WHERE relationships.id = %(id)s;

-- name: by_pair
-- The edge of two contacts, whichever way round.
SELECT {relationship} FROM relationships
WHERE least(relationships.contact_id_1, relationships.contact_id_2) = least(%(contact_id_1)s::uuid, %(contact_id_2)s::uuid)
    AND greatest(relationships.contact_id_1, relationships.contact_id_2) = greatest(%(contact_id_1)s::uuid, %(contact_id_2)s::uuid);

-- name: of_contact
-- The edges of a contact, either way round, strongest first.
SELECT {relationship} FROM get_contact_relationships(%(contact_id)s) AS e
INNER JOIN relationships ON relationships.id = e.relationship_id
ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], relationships.strength), relationships.id;

-- name: colleagues
-- The colleagues of a contact, strongest first.
SELECT {contact}, k.strength, k.relationship_id FROM get_colleagues(%(contact_id)s) AS k
INNER JOIN contacts ON contacts.id = k.contact_id
ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], k.strength), contacts.last_name, contacts.id;

-- name: update
-- Change the given fields of one edge.
UPDATE relationships AS t SET (
    relationship_type, strength, context, metadata, is_verified, confidence_score, attributes,
    discovered_at, last_verified_at
) = (
    SELECT
        r.relationship_type, r.strength, r.context, r.metadata, r.is_verified, r.confidence_score,
        r.attributes, r.discovered_at, r.last_verified_at
    FROM jsonb_populate_record(t, merged_changes(to_jsonb(t), %(changes)s)) AS r
)
WHERE t.id = %(id)s
RETURNING {relationship:t};

-- name: delete
-- Remove an edge.
DELETE FROM relationships WHERE relationships.id = %(id)s
RETURNING relationships.id;

-- name: every
-- A page of all edges, by id.
SELECT {relationship} FROM relationships WHERE relationships.id > %(after)s ORDER BY relationships.id LIMIT %(limit)s;
