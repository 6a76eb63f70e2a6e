-- New leads.

-- name: company_by_name
-- A company that has this name and no domain, so that nothing better finds it.
SELECT c.id FROM companies AS c WHERE c.name = %(name)s AND c.domain IS NULL ORDER BY c.created_at, c.id LIMIT 1;

-- name: message
-- Whether a conversation has a message by its provider's id.
SELECT t.id FROM touchpoints AS t WHERE t.conversation_id = %(conversation_id)s AND t.provider_id = %(provider_id)s LIMIT 1;
