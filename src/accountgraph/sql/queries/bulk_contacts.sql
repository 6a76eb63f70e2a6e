-- Contacts by the batch: staged, resolved, inserted, merged.

-- name: stage
-- Where the rows of a batch wait; NULL: the row does not say. What ends in _domain, _key, _name or _email names another row.
CREATE TEMPORARY TABLE staged (
    position integer NOT NULL, id uuid, company_id uuid, first_name text, last_name text, email text, email_key text,
    phone text, title text, role text, department text, seniority_level text, buying_role text, linkedin_url text,
    twitter_url text, personal_website text, country text, interests text[], communication_preferences jsonb,
    research_data jsonb, status text, is_primary_contact boolean, is_decision_maker boolean, is_champion boolean,
    owner_user_id uuid, source text, collected_at timestamptz, attributes jsonb, last_researched_at timestamptz,
    company_domain text, company_key text, company_name text, do_not_call boolean
) ON COMMIT DROP;

-- name: create_companies
-- The companies that rows name and nobody knows yet, each once: by domain, else by key and name, else by name.
WITH wanted AS (
    SELECT DISTINCT ON (coalesce(s.company_domain, s.company_key, s.company_name))
        gen_random_uuid() AS id, s.company_domain AS domain, s.company_key AS key, coalesce(s.company_name, s.company_domain) AS name
    FROM staged AS s
    WHERE coalesce(s.company_domain, s.company_name) IS NOT NULL
        AND NOT EXISTS (SELECT FROM companies AS c WHERE c.id = s.company_id)
        AND NOT EXISTS (SELECT FROM merged_companies AS m WHERE m.id = s.company_id)
        AND NOT EXISTS (SELECT FROM company_domains AS d WHERE d.domain = s.company_domain)
        AND NOT EXISTS (
            SELECT FROM external_ids AS e
            WHERE e.source = %(sources)s::jsonb ->> 'company_key' AND e.entity = 'companies' AND e.key = s.company_key
        )
        AND NOT EXISTS (SELECT FROM companies AS c WHERE c.name = s.company_name)
        AND (
            s.company_domain IS NOT NULL
            OR s.company_name NOT IN (
                SELECT o.company_name FROM staged AS o WHERE o.company_name IS NOT NULL AND o.company_domain IS NOT NULL
            )
        )
    ORDER BY coalesce(s.company_domain, s.company_key, s.company_name), s.position
),
made AS (
    INSERT INTO companies (id, name, domain)
    SELECT w.id, left(w.name, 500), w.domain FROM wanted AS w ORDER BY w.id
    RETURNING id
),
known AS (
    INSERT INTO external_ids (source, entity, key, company_id)
    SELECT DISTINCT ON (w.key) %(sources)s::jsonb ->> 'company_key', 'companies', w.key, m.id
    FROM wanted AS w INNER JOIN made AS m ON m.id = w.id
    WHERE w.key IS NOT NULL
    ORDER BY w.key
    ON CONFLICT ON CONSTRAINT external_ids_source_entity_key DO NOTHING
    RETURNING id
)
SELECT count(*) FROM made;

-- name: resolve
-- Which contact each row means, and what stands in its way.
INSERT INTO resolved (position, id, is_new, matched_by, company_id, field, problem, detail)
WITH keyed AS (
    SELECT k.position, array_agg(DISTINCT x.contact_id) AS ids
    FROM staged_keys AS k
    CROSS JOIN LATERAL (
        SELECT e.contact_id FROM external_ids AS e WHERE e.source = k.source AND e.entity = 'contacts' AND e.key = k.key OFFSET 0
    ) AS x
    GROUP BY k.position
),
found AS MATERIALIZED (
    SELECT s.position, s.id, s.email_key, k.ids AS by_key,
        coalesce(
            (SELECT c.id FROM contacts AS c WHERE c.id = s.id), (SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = s.id)
        ) AS by_id,
        coalesce(
            (SELECT c.id FROM contacts AS c WHERE c.email_key = s.email_key),
            (SELECT m.contact_id FROM merged_contacts AS m WHERE m.email_key = s.email_key)
        ) AS by_email,
        coalesce(
            (SELECT c.id FROM companies AS c WHERE c.id = s.company_id),
            (SELECT m.company_id FROM merged_companies AS m WHERE m.id = s.company_id),
            (
                SELECT e.company_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'company_key' AND e.entity = 'companies' AND e.key = s.company_key
            ),
            (SELECT d.company_id FROM company_domains AS d WHERE d.domain = s.company_domain),
            (SELECT min(c.id::text)::uuid FROM companies AS c WHERE c.name = s.company_name HAVING count(*) = 1)
        ) AS company_id,
        CASE
            WHEN s.company_domain IS NOT NULL THEN 'company_domain'
            WHEN s.company_key IS NOT NULL THEN 'company_key'
            WHEN s.company_name IS NOT NULL THEN 'company_name'
            WHEN s.company_id IS NOT NULL THEN 'company_id'
        END AS company_field,
        coalesce(s.company_domain, s.company_key, s.company_name, s.company_id::text) AS company_said
    FROM staged AS s LEFT JOIN keyed AS k ON k.position = s.position
)
SELECT f.position, coalesce(m.id, f.id, gen_random_uuid()), m.id IS NULL,
    CASE WHEN f.by_id IS NOT NULL THEN 'id' WHEN f.by_key IS NOT NULL THEN 'external_id' WHEN m.id IS NOT NULL THEN 'email' END,
    f.company_id, p.field, p.problem, CASE p.field WHEN 'email' THEN f.email_key ELSE f.company_said END
FROM found AS f
CROSS JOIN LATERAL (SELECT coalesce(f.by_id, f.by_key[1], f.by_email) AS id) AS m
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN f.by_email <> m.id THEN %(overwrite)s OR (SELECT c.email_key IS NULL FROM contacts AS c WHERE c.id = m.id)
        ELSE false
    END AS email_is_taken
) AS x
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'external_id'
            WHEN x.email_is_taken THEN 'email'
            WHEN f.company_id IS NULL THEN f.company_field
        END AS field,
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'ambiguous'
            WHEN x.email_is_taken THEN 'taken'
            WHEN f.company_id IS NULL AND f.company_field IS NOT NULL THEN 'missing'
        END AS problem
) AS p;

-- name: lock
-- The companies whose counts will move, in the lock order; gives how many.
SELECT count(*) FROM (
    SELECT c.id FROM companies AS c
    WHERE c.id IN (
        SELECT r.company_id FROM resolved AS r WHERE r.is_new AND r.field IS NULL
        UNION
        SELECT unnest(ARRAY[r.company_id, t.company_id])
        FROM resolved AS r INNER JOIN contacts AS t ON t.id = r.id -- of those that are there: a new row's id would be looked up in vain
        WHERE NOT r.is_new AND r.field IS NULL AND r.company_id IS DISTINCT FROM t.company_id
            AND (%(overwrite)s OR t.company_id IS NULL)
    )
    ORDER BY c.id FOR NO KEY UPDATE
) AS l;


-- name: insert
-- The rows that are new.
INSERT INTO contacts (
    id, company_id, first_name, last_name, email, email_key, phone, title, role, department, seniority_level, buying_role,
    linkedin_url, twitter_url, personal_website, country, interests, communication_preferences, research_data, status,
    is_primary_contact, is_decision_maker, is_champion, owner_user_id, source, collected_at, attributes, last_researched_at
)
SELECT
    r.id, r.company_id, s.first_name, s.last_name, s.email, s.email_key, s.phone, s.title, s.role, s.department,
    s.seniority_level, s.buying_role, s.linkedin_url, s.twitter_url, s.personal_website, s.country, coalesce(s.interests, '{}'),
    coalesce(s.communication_preferences, '{}'), coalesce(s.research_data, '{}'), coalesce(s.status, 'active'),
    coalesce(s.is_primary_contact, false), coalesce(s.is_decision_maker, false), coalesce(s.is_champion, false),
    s.owner_user_id, s.source, s.collected_at, coalesce(s.attributes, '{}'), s.last_researched_at
FROM resolved AS r INNER JOIN staged AS s ON s.position = r.position
WHERE r.is_new AND r.field IS NULL AND NOT r.waits
ORDER BY r.position;

-- name: update
-- The rows that are there: empty fields are filled (a default counts as empty, JSON goes key by key); `o`, the row once
-- more where it may overwrite, goes first; who wishes to be left alone is, whatever was said before. What would stay the same is not written.
UPDATE contacts AS t SET
    company_id = coalesce(CASE WHEN %(overwrite)s THEN r.company_id END, t.company_id, r.company_id),
    first_name = coalesce(o.first_name, t.first_name, s.first_name),
    last_name = coalesce(o.last_name, t.last_name, s.last_name),
    email = coalesce(CASE WHEN a.id IS NULL THEN o.email END, t.email, s.email),
    email_key = coalesce(CASE WHEN a.id IS NULL THEN o.email_key END, t.email_key, s.email_key),
    phone = coalesce(o.phone, t.phone, s.phone),
    title = coalesce(o.title, t.title, s.title),
    role = coalesce(o.role, t.role, s.role),
    department = coalesce(o.department, t.department, s.department),
    seniority_level = coalesce(o.seniority_level, t.seniority_level, s.seniority_level),
    buying_role = coalesce(o.buying_role, t.buying_role, s.buying_role),
    linkedin_url = coalesce(o.linkedin_url, t.linkedin_url, s.linkedin_url),
    twitter_url = coalesce(o.twitter_url, t.twitter_url, s.twitter_url),
    personal_website = coalesce(o.personal_website, t.personal_website, s.personal_website),
    country = coalesce(o.country, t.country, s.country),
    interests = coalesce(o.interests, nullif(t.interests, '{}'), s.interests, t.interests),
    communication_preferences
    = coalesce(s.communication_preferences, '{}') || t.communication_preferences || coalesce(o.communication_preferences, '{}') || r.wishes,
    research_data = coalesce(s.research_data, '{}') || t.research_data || coalesce(o.research_data, '{}'),
    status = coalesce(o.status, nullif(t.status, 'active'), s.status, t.status),
    is_primary_contact = coalesce(o.is_primary_contact, t.is_primary_contact OR coalesce(s.is_primary_contact, false)),
    is_decision_maker = coalesce(o.is_decision_maker, t.is_decision_maker OR coalesce(s.is_decision_maker, false)),
    is_champion = coalesce(o.is_champion, t.is_champion OR coalesce(s.is_champion, false)),
    owner_user_id = coalesce(o.owner_user_id, t.owner_user_id, s.owner_user_id),
    source = coalesce(o.source, t.source, s.source),
    collected_at = coalesce(o.collected_at, t.collected_at, s.collected_at),
    attributes = coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
    last_researched_at = coalesce(o.last_researched_at, t.last_researched_at, s.last_researched_at)
FROM (
    SELECT q.position, q.id, q.company_id, jsonb_strip_nulls(jsonb_build_object(
        'do_not_contact', CASE WHEN g.communication_preferences @> '{"do_not_contact": true}' THEN true END,
        'do_not_reference', CASE WHEN g.communication_preferences @> '{"do_not_reference": true}' THEN true END
    )) AS wishes
    FROM resolved AS q INNER JOIN staged AS g ON g.position = q.position
    WHERE NOT q.is_new AND q.field IS NULL AND NOT q.waits
    ORDER BY q.id
) AS r
INNER JOIN staged AS s ON s.position = r.position
LEFT JOIN staged AS o ON o.position = r.position AND %(overwrite)s
LEFT JOIN merged_contacts AS a ON a.email_key = s.email_key -- an address of earlier finds the person and does not become theirs again
WHERE t.id = r.id
    AND (
        t.company_id, t.first_name, t.last_name, t.email, t.email_key, t.phone, t.title, t.role, t.department,
        t.seniority_level, t.buying_role, t.linkedin_url, t.twitter_url, t.personal_website, t.country, t.interests,
        t.communication_preferences, t.research_data, t.status, t.is_primary_contact, t.is_decision_maker, t.is_champion,
        t.owner_user_id, t.source, t.collected_at, t.attributes, t.last_researched_at
    ) IS DISTINCT FROM (
        coalesce(CASE WHEN %(overwrite)s THEN r.company_id END, t.company_id, r.company_id),
        coalesce(o.first_name, t.first_name, s.first_name),
        coalesce(o.last_name, t.last_name, s.last_name),
        coalesce(CASE WHEN a.id IS NULL THEN o.email END, t.email, s.email),
        coalesce(CASE WHEN a.id IS NULL THEN o.email_key END, t.email_key, s.email_key),
        coalesce(o.phone, t.phone, s.phone),
        coalesce(o.title, t.title, s.title),
        coalesce(o.role, t.role, s.role),
        coalesce(o.department, t.department, s.department),
        coalesce(o.seniority_level, t.seniority_level, s.seniority_level),
        coalesce(o.buying_role, t.buying_role, s.buying_role),
        coalesce(o.linkedin_url, t.linkedin_url, s.linkedin_url),
        coalesce(o.twitter_url, t.twitter_url, s.twitter_url),
        coalesce(o.personal_website, t.personal_website, s.personal_website),
        coalesce(o.country, t.country, s.country),
        coalesce(o.interests, nullif(t.interests, '{}'), s.interests, t.interests),
        coalesce(s.communication_preferences, '{}') || t.communication_preferences || coalesce(o.communication_preferences, '{}') || r.wishes,
        coalesce(s.research_data, '{}') || t.research_data || coalesce(o.research_data, '{}'),
        coalesce(o.status, nullif(t.status, 'active'), s.status, t.status),
        coalesce(o.is_primary_contact, t.is_primary_contact OR coalesce(s.is_primary_contact, false)),
        coalesce(o.is_decision_maker, t.is_decision_maker OR coalesce(s.is_decision_maker, false)),
        coalesce(o.is_champion, t.is_champion OR coalesce(s.is_champion, false)),
        coalesce(o.owner_user_id, t.owner_user_id, s.owner_user_id),
        coalesce(o.source, t.source, s.source),
        coalesce(o.collected_at, t.collected_at, s.collected_at),
        coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
        coalesce(o.last_researched_at, t.last_researched_at, s.last_researched_at)
    )
RETURNING t.id;

-- name: suppress_calls
-- Who does not wish to be called is not, from here on; gives those of them who were there and of whom it is new.
WITH added AS (
    INSERT INTO suppressions (contact_id, channel, reason, note)
    SELECT DISTINCT r.id, 'call', 'do_not_contact', 'said by an import'
    FROM staged AS s INNER JOIN resolved AS r ON r.position = s.position
    WHERE s.do_not_call AND r.field IS NULL AND NOT r.waits
    ON CONFLICT DO NOTHING
    RETURNING contact_id
)
SELECT a.contact_id FROM added AS a INNER JOIN resolved AS r ON r.id = a.contact_id WHERE NOT r.is_new;
