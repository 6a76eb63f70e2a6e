-- How people name an account or a person.

-- name: companies_by_external_id
-- The companies that any source knows by this key.
SELECT {company} FROM external_ids AS x
INNER JOIN companies ON companies.id = x.company_id
WHERE x.entity = 'companies' AND x.key = %(key)s
ORDER BY companies.name, companies.id;

-- name: contacts_by_external_id
-- The contacts that any source knows by this key.
SELECT {contact} FROM external_ids AS x
INNER JOIN contacts ON contacts.id = x.contact_id
WHERE x.entity = 'contacts' AND x.key = %(key)s
ORDER BY contacts.last_name, contacts.first_name, contacts.id;

-- name: conversations_by_external_id
-- The conversations that any source knows by this key.
SELECT {conversation} FROM external_ids AS x
INNER JOIN conversations ON conversations.id = x.conversation_id
WHERE x.entity = 'conversations' AND x.key = %(key)s
ORDER BY conversations.started_at, conversations.id;
