-- What an export writes: an entity's columns, how other rows are called, and the external ids.

-- name: sources
-- The systems that gave external ids of an entity.
SELECT DISTINCT e.source FROM external_ids AS e WHERE e.entity = %(entity)s ORDER BY e.source;

-- name: companies
-- All companies, by id.
SELECT
    {company:c},
    (
        SELECT array_agg(d.domain ORDER BY d.domain) FROM company_domains AS d
        WHERE d.company_id = c.id AND d.domain IS DISTINCT FROM c.domain
    ) AS domains,
    (
        SELECT jsonb_object_agg(x.source, x.keys)
        FROM (
            SELECT e.source, jsonb_agg(e.key ORDER BY e.key) AS keys FROM external_ids AS e WHERE e.company_id = c.id GROUP BY e.source
        ) AS x
    ) AS external_ids
FROM companies AS c
ORDER BY c.id;

-- name: contacts
-- All contacts, by id.
SELECT
    {contact:c},
    o.domain AS company_domain,
    (
        SELECT jsonb_object_agg(x.source, x.keys)
        FROM (
            SELECT e.source, jsonb_agg(e.key ORDER BY e.key) AS keys FROM external_ids AS e WHERE e.contact_id = c.id GROUP BY e.source
        ) AS x
    ) AS external_ids
FROM contacts AS c
LEFT JOIN companies AS o ON o.id = c.company_id
ORDER BY c.id;

-- name: relationships
-- All relationships, by id.
SELECT
    {relationship:r},
    a.email AS contact_1_email,
    b.email AS contact_2_email,
    (
        SELECT jsonb_object_agg(x.source, x.keys)
        FROM (
            SELECT e.source, jsonb_agg(e.key ORDER BY e.key) AS keys FROM external_ids AS e WHERE e.relationship_id = r.id GROUP BY e.source
        ) AS x
    ) AS external_ids
FROM relationships AS r
INNER JOIN contacts AS a ON a.id = r.contact_id_1
INNER JOIN contacts AS b ON b.id = r.contact_id_2
ORDER BY r.id;

-- name: conversations
-- All conversations, by id.
SELECT
    {conversation:v},
    c.email AS contact_email,
    o.domain AS company_domain,
    (
        SELECT jsonb_object_agg(x.source, x.keys)
        FROM (
            SELECT e.source, jsonb_agg(e.key ORDER BY e.key) AS keys FROM external_ids AS e WHERE e.conversation_id = v.id GROUP BY e.source
        ) AS x
    ) AS external_ids
FROM conversations AS v
INNER JOIN contacts AS c ON c.id = v.contact_id
LEFT JOIN companies AS o ON o.id = v.company_id
ORDER BY v.id;

-- name: touchpoints
-- All touchpoints, by id.
SELECT
    {touchpoint:t},
    (
        SELECT jsonb_object_agg(x.source, x.keys)
        FROM (
            SELECT e.source, jsonb_agg(e.key ORDER BY e.key) AS keys FROM external_ids AS e WHERE e.touchpoint_id = t.id GROUP BY e.source
        ) AS x
    ) AS external_ids
FROM touchpoints AS t
ORDER BY t.id;
