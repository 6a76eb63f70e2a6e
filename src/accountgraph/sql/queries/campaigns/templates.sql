-- Templates: the words of campaigns, as versions that never change.

-- name: versions
-- The versions of a template, the newest first.
SELECT v.number, v.definition, v.content_hash, v.created_at
FROM templates AS t INNER JOIN template_versions AS v ON v.template_id = t.id
WHERE t.name = %(name)s
ORDER BY v.number DESC;
