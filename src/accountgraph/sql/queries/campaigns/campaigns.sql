-- Campaigns, their versions and their templates.

-- name: lock
-- The campaign of a name, made where there is none; locked until the transaction ends.
INSERT INTO campaigns AS c (name) VALUES (%(name)s)
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING c.id, c.status, c.is_live, c.preview_hash;

-- name: latest
-- The newest version of a campaign.
SELECT v.id, v.number, v.content_hash, v.definition::text AS definition
FROM campaign_versions AS v WHERE v.campaign_id = %(campaign_id)s
ORDER BY v.number DESC LIMIT 1;

-- name: add_version
-- One more version of a campaign.
INSERT INTO campaign_versions (campaign_id, number, definition, content_hash)
VALUES (%(campaign_id)s, %(number)s, %(definition)s, %(content_hash)s)
RETURNING id;

-- name: add_templates
-- The words of a campaign, each a version where they are not those of its newest.
WITH given AS MATERIALIZED (
    SELECT g.name, g.definition, g.content_hash
    FROM jsonb_to_recordset(%(templates)s) AS g (name text, definition jsonb, content_hash text)
), made AS (
    INSERT INTO templates AS t (name) SELECT g.name FROM given AS g ORDER BY g.name
    ON CONFLICT (name) DO UPDATE SET name = excluded.name
    RETURNING t.id, t.name
)
INSERT INTO template_versions (template_id, number, definition, content_hash)
SELECT m.id, coalesce(newest.number, 0) + 1, g.definition, g.content_hash
FROM given AS g
INNER JOIN made AS m ON m.name = g.name
LEFT JOIN LATERAL (
    SELECT v.number, v.content_hash FROM template_versions AS v WHERE v.template_id = m.id ORDER BY v.number DESC LIMIT 1
) AS newest ON true
WHERE newest.content_hash IS DISTINCT FROM g.content_hash;

-- name: versions
-- Definitions by version.
SELECT v.id, v.definition::text AS definition FROM campaign_versions AS v WHERE v.id = ANY (%(ids)s);
