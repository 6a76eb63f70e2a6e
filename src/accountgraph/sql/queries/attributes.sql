-- Declared attributes: a user's own fields and their types.

-- name: declare
-- Declare an attribute, or change its declaration.
INSERT INTO attribute_definitions (entity, name, type, description)
VALUES (%(entity)s, %(name)s, %(type)s, %(description)s)
ON CONFLICT (entity, name) DO UPDATE SET type = excluded.type, description = excluded.description
RETURNING entity, name, type, description;

-- name: misfits
-- How many rows have a value that would not fit the type.
SELECT count(*)
FROM (
    SELECT c.attributes -> %(name)s AS value FROM companies AS c WHERE %(entity)s = 'companies' AND c.attributes ? %(name)s
    UNION ALL
    SELECT c.attributes -> %(name)s FROM contacts AS c WHERE %(entity)s = 'contacts' AND c.attributes ? %(name)s
    UNION ALL
    SELECT r.attributes -> %(name)s FROM relationships AS r WHERE %(entity)s = 'relationships' AND r.attributes ? %(name)s
    UNION ALL
    SELECT v.attributes -> %(name)s FROM conversations AS v WHERE %(entity)s = 'conversations' AND v.attributes ? %(name)s
    UNION ALL
    SELECT t.attributes -> %(name)s FROM touchpoints AS t WHERE %(entity)s = 'touchpoints' AND t.attributes ? %(name)s
) AS a
WHERE NOT attribute_fits(a.value, %(type)s);

-- name: listing
-- The declared attributes, of an entity where one is given.
SELECT d.entity, d.name, d.type, d.description FROM attribute_definitions AS d
WHERE %(entity)s::text IS NULL OR d.entity = %(entity)s
ORDER BY d.entity, d.name;
