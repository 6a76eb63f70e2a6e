-- Companies (accounts).

-- name: create
-- One new company; no row where `obstacle` has something to say.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::companies, %(row)s) AS g)
INSERT INTO companies (
    id, name, domain, industry, size, description, headquarters_location, country, research_data, account_tier, account_status,
    owner_user_id, parent_company_id, attributes, last_researched_at
)
SELECT
    g.id, g.name, g.domain, g.industry, g.size, g.description, g.headquarters_location, g.country, g.research_data,
    g.account_tier, g.account_status, g.owner_user_id, g.parent_company_id, g.attributes, g.last_researched_at
FROM given AS g
WHERE NOT EXISTS (SELECT FROM company_domains AS d WHERE d.domain = g.domain)
    AND (g.parent_company_id IS NULL OR EXISTS (SELECT FROM companies AS x WHERE x.id = g.parent_company_id))
ON CONFLICT DO NOTHING
RETURNING {company};

-- name: obstacle
-- Why `create` or `update` of this row would not be accepted: the field, or NULL.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::companies, %(row)s) AS g)
SELECT CASE
    WHEN EXISTS (SELECT FROM company_domains AS d WHERE d.domain = g.domain AND d.company_id <> g.id) THEN 'domain'
    WHEN EXISTS (SELECT FROM companies AS c WHERE c.domain = g.domain AND c.id <> g.id) THEN 'domain'
    WHEN g.parent_company_id IS NOT NULL AND NOT EXISTS (SELECT FROM companies AS c WHERE c.id = g.parent_company_id)
        THEN 'parent_company_id'
    WHEN EXISTS (SELECT FROM companies AS c WHERE c.id = g.id) THEN 'id'
END
FROM given AS g;

-- name: by_id
-- One company; by the id of one that was merged into it too.
SELECT {company} FROM companies
WHERE companies.id = coalesce((SELECT m.company_id FROM merged_companies AS m WHERE m.id = %(id)s), %(id)s);

-- name: by_domain
-- The company that has this domain, main or not.
SELECT {company} FROM companies
INNER JOIN company_domains ON company_domains.company_id = companies.id
WHERE company_domains.domain = %(domain)s;

-- name: update
-- Change the given fields of one company.
UPDATE companies AS t SET (
    name, domain, industry, size, description, headquarters_location, country, research_data, account_tier, account_status,
    owner_user_id, parent_company_id, attributes, last_researched_at
) = (
    SELECT
        r.name, r.domain, r.industry, r.size, r.description, r.headquarters_location, r.country, r.research_data, r.account_tier,
        r.account_status, r.owner_user_id, r.parent_company_id, r.attributes, r.last_researched_at
    FROM jsonb_populate_record(t, merged_changes(to_jsonb(t), %(changes)s)) AS r
)
WHERE t.id = %(id)s
RETURNING {company:t};

-- name: listing
-- A page of companies by name, of a tier and a status where they are given, after a name and id.
SELECT {company} FROM companies
WHERE (%(tier)s::text IS NULL OR companies.account_tier = %(tier)s)
    AND (%(status)s::text IS NULL OR companies.account_status = %(status)s)
    AND (companies.name, companies.id) > (
        coalesce(%(after_name)s::text, ''), coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000')
    )
ORDER BY companies.name, companies.id
LIMIT %(limit)s;

-- name: search
-- Companies with this text anywhere in name or domain, literally; the closest first.
SELECT {company} FROM companies
WHERE (companies.name || ' ' || coalesce(companies.domain, '')) ILIKE '%%' || regexp_replace(%(term)s, '([\\%%_])', '\\\1', 'g') || '%%'
ORDER BY
    lower(companies.name) = lower(%(term)s) DESC,
    starts_with(lower(companies.name), lower(%(term)s)) DESC,
    companies.name, companies.id
LIMIT %(limit)s;

-- name: every
-- A page of all companies, by id.
SELECT {company} FROM companies WHERE companies.id > %(after)s ORDER BY companies.id LIMIT %(limit)s;

-- name: lock
-- Take the company before the rows below it (the lock order), by any of its contacts or conversations.
SELECT c.id FROM companies AS c WHERE c.id = ANY (%(ids)s) ORDER BY c.id FOR NO KEY UPDATE;

-- name: domains
-- All domains of a company.
SELECT d.domain FROM company_domains AS d WHERE d.company_id = %(id)s ORDER BY d.domain;

-- name: add_domain
-- One more domain of a company; gives the company that has it now.
INSERT INTO company_domains (domain, company_id)
SELECT %(domain)s, c.id FROM companies AS c WHERE c.id = %(id)s
ON CONFLICT (domain) DO UPDATE SET domain = excluded.domain
RETURNING company_domains.company_id;
