-- Search over everything.

-- name: everything
-- The best that there is of these kinds.
SELECT f.kind, f.id, f.title, f.detail, f.company_id, f.contact_id, f.conversation_id, f.fit
FROM search_everything(%(term)s, %(kinds)s, %(limit)s) AS f;
