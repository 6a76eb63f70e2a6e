-- Contacts (people).

-- name: create
-- One new contact; no row where `obstacle` has something to say.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::contacts, %(row)s) AS g)
INSERT INTO contacts (
    id, company_id, first_name, last_name, email, email_key, phone, title, role, department, seniority_level, buying_role,
    linkedin_url, twitter_url, personal_website, country, interests, communication_preferences, research_data, status,
    is_primary_contact, is_decision_maker, is_champion, owner_user_id, source, collected_at, attributes, last_researched_at
)
SELECT
    g.id, g.company_id, g.first_name, g.last_name, g.email, g.email_key, g.phone, g.title, g.role, g.department,
    g.seniority_level, g.buying_role, g.linkedin_url, g.twitter_url, g.personal_website, g.country, g.interests,
    g.communication_preferences, g.research_data, g.status, g.is_primary_contact, g.is_decision_maker, g.is_champion,
    g.owner_user_id, g.source, g.collected_at, g.attributes, g.last_researched_at
FROM given AS g
WHERE (g.company_id IS NULL OR EXISTS (SELECT FROM companies AS x WHERE x.id = g.company_id))
    AND NOT EXISTS (SELECT FROM merged_contacts AS m WHERE m.email_key = g.email_key)
ON CONFLICT DO NOTHING
RETURNING {contact};

-- name: obstacle
-- Why `create` or `update` of this row would not be accepted: the field, or NULL.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::contacts, %(row)s) AS g)
SELECT CASE
    WHEN contact_of(g.email_key) <> g.id THEN 'email'
    WHEN g.company_id IS NOT NULL AND NOT EXISTS (SELECT FROM companies AS c WHERE c.id = g.company_id) THEN 'company_id'
    WHEN EXISTS (SELECT FROM contacts AS c WHERE c.id = g.id) THEN 'id'
END
FROM given AS g;

-- name: by_id
-- One contact; by the id of one that was merged into it too.
SELECT {contact} FROM contacts
WHERE contacts.id = coalesce((SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = %(id)s), %(id)s);

-- name: by_email
-- The contact with this address key, its own or that of one that was merged into it.
SELECT {contact} FROM contacts WHERE contacts.id = contact_of(%(email_key)s);

-- name: by_company
-- The contacts of a company, of a status where one is given.
SELECT {contact} FROM contacts
WHERE contacts.company_id = %(company_id)s AND (%(status)s::text IS NULL OR contacts.status = %(status)s)
ORDER BY contacts.is_primary_contact DESC, contacts.last_name, contacts.first_name, contacts.id;

-- name: by_role
-- Contacts with one of these roles, of a company where one is given.
SELECT {contact} FROM contacts
WHERE contacts.role = ANY (%(roles)s) AND (%(company_id)s::uuid IS NULL OR contacts.company_id = %(company_id)s)
ORDER BY contacts.last_name, contacts.first_name, contacts.id;

-- name: decision_makers
-- The decision makers of a company.
SELECT {contact} FROM contacts
WHERE contacts.company_id = %(company_id)s AND contacts.is_decision_maker
ORDER BY contacts.is_primary_contact DESC, contacts.last_name, contacts.first_name, contacts.id;

-- name: primary
-- The primary contact of a company; the oldest where there are several.
SELECT {contact} FROM contacts
WHERE contacts.company_id = %(company_id)s AND contacts.is_primary_contact
ORDER BY contacts.created_at, contacts.id
LIMIT 1;

-- name: update
-- Change the given fields of one contact.
UPDATE contacts AS t SET (
    company_id, first_name, last_name, email, email_key, phone, title, role, department, seniority_level, buying_role,
    linkedin_url, twitter_url, personal_website, country, interests, communication_preferences, research_data, status,
    is_primary_contact, is_decision_maker, is_champion, owner_user_id, source, collected_at, attributes, last_researched_at
) = (
    SELECT
        r.company_id, r.first_name, r.last_name, r.email, r.email_key, r.phone, r.title, r.role, r.department, r.seniority_level,
        r.buying_role, r.linkedin_url, r.twitter_url, r.personal_website, r.country, r.interests, r.communication_preferences,
        r.research_data, r.status, r.is_primary_contact, r.is_decision_maker, r.is_champion, r.owner_user_id, r.source,
        r.collected_at, r.attributes, r.last_researched_at
    FROM jsonb_populate_record(t, merged_changes(to_jsonb(t), %(changes)s)) AS r
)
WHERE t.id = %(id)s
RETURNING {contact:t};

-- name: lock_companies
-- Before a contact moves: take its company and the new one, in the lock order.
SELECT c.id FROM companies AS c
WHERE c.id = %(company_id)s OR c.id = (SELECT p.company_id FROM contacts AS p WHERE p.id = %(id)s)
ORDER BY c.id FOR NO KEY UPDATE;

-- name: search
-- Contacts with this text anywhere in name or address, literally; the closest first.
SELECT {contact} FROM contacts
WHERE (coalesce(contacts.first_name, '') || ' ' || coalesce(contacts.last_name, '') || ' ' || coalesce(contacts.email, ''))
    ILIKE '%%' || regexp_replace(%(term)s, '([\\%%_])', '\\\1', 'g') || '%%'
    AND (%(company_id)s::uuid IS NULL OR contacts.company_id = %(company_id)s)
ORDER BY
    coalesce(contacts.email_key = lower(%(term)s), false) DESC,
    coalesce(starts_with(lower(contacts.last_name), lower(%(term)s)), false) DESC,
    contacts.last_name, contacts.first_name, contacts.id
LIMIT %(limit)s;

-- name: every
-- A page of all contacts, by id.
SELECT {contact} FROM contacts WHERE contacts.id > %(after)s ORDER BY contacts.id LIMIT %(limit)s;

-- name: engagement_as_of
-- A contact's engagement score (0-100) as it stood at a moment, from the events up to then.
SELECT coalesce((
    SELECT engagement_score(f.light, f.deep, %(at)s::timestamptz)
    FROM engagement_from_events(ARRAY[c.id], %(at)s::timestamptz) AS f
), 0)
FROM contacts AS c WHERE c.id = %(id)s;
