-- New leads.

-- name: campaign
-- A campaign by name, with its newest version.
SELECT c.id AS campaign_id, v.id AS version_id, c.status, c.is_live
FROM campaigns AS c INNER JOIN campaign_versions AS v ON v.campaign_id = c.id
WHERE c.name = %(name)s
ORDER BY v.number DESC LIMIT 1;

-- name: company_by_name
-- A company that has this name and no domain, so that nothing better finds it.
SELECT c.id FROM companies AS c WHERE c.name = %(name)s AND c.domain IS NULL ORDER BY c.created_at, c.id LIMIT 1;

-- name: message
-- Whether a conversation has a message by its provider's id.
SELECT t.id FROM touchpoints AS t WHERE t.conversation_id = %(conversation_id)s AND t.provider_id = %(provider_id)s LIMIT 1;
