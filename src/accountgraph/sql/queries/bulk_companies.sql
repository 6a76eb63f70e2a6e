-- Companies by the batch: staged, resolved, inserted, merged.

-- name: stage
-- Where the rows of a batch wait; NULL: the row does not say. What ends in _domain, _key, _name or _email names another row.
CREATE TEMPORARY TABLE staged (
    position integer NOT NULL, id uuid, name text, domain text, industry text, size text, description text,
    headquarters_location text, country text, research_data jsonb, account_tier text, account_status text, owner_user_id uuid,
    parent_company_id uuid, attributes jsonb, last_researched_at timestamptz, parent_company_domain text,
    parent_company_key text, parent_company_name text, domains text[]
) ON COMMIT DROP;

-- name: resolve
-- Which company each row means, and what stands in its way.
INSERT INTO resolved (position, id, is_new, matched_by, parent_company_id, field, problem, detail, waits)
WITH keyed AS (
    SELECT k.position, array_agg(DISTINCT x.company_id) AS ids
    FROM staged_keys AS k
    CROSS JOIN LATERAL (
        SELECT e.company_id FROM external_ids AS e WHERE e.source = k.source AND e.entity = 'companies' AND e.key = k.key OFFSET 0
    ) AS x
    GROUP BY k.position
),
found AS MATERIALIZED (
    SELECT s.position, s.id, s.domain, s.name, s.domains, k.ids AS by_key,
        coalesce(
            (SELECT c.id FROM companies AS c WHERE c.id = s.id), (SELECT m.company_id FROM merged_companies AS m WHERE m.id = s.id)
        ) AS by_id,
        (SELECT d.company_id FROM company_domains AS d WHERE d.domain = s.domain) AS by_domain,
        coalesce(
            (SELECT c.id FROM companies AS c WHERE c.id = s.parent_company_id),
            (SELECT m.company_id FROM merged_companies AS m WHERE m.id = s.parent_company_id),
            (
                SELECT e.company_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'parent_company_key' AND e.entity = 'companies' AND e.key = s.parent_company_key
            ),
            (SELECT d.company_id FROM company_domains AS d WHERE d.domain = s.parent_company_domain),
            (SELECT min(c.id::text)::uuid FROM companies AS c WHERE c.name = s.parent_company_name HAVING count(*) = 1)
        ) AS parent_company_id,
        CASE
            WHEN s.parent_company_domain IS NOT NULL THEN 'parent_company_domain'
            WHEN s.parent_company_key IS NOT NULL THEN 'parent_company_key'
            WHEN s.parent_company_name IS NOT NULL THEN 'parent_company_name'
            WHEN s.parent_company_id IS NOT NULL THEN 'parent_company_id'
        END AS parent_field,
        coalesce(s.parent_company_domain, s.parent_company_key, s.parent_company_name, s.parent_company_id::text) AS parent_said
    FROM staged AS s LEFT JOIN keyed AS k ON k.position = s.position
)
SELECT f.position, coalesce(m.id, f.id, gen_random_uuid()), m.id IS NULL,
    CASE WHEN f.by_id IS NOT NULL THEN 'id' WHEN f.by_key IS NOT NULL THEN 'external_id' WHEN m.id IS NOT NULL THEN 'domain' END,
    f.parent_company_id, p.field, p.problem,
    CASE p.field WHEN 'domain' THEN f.domain WHEN 'domains' THEN w.domain ELSE f.parent_said END,
    f.parent_field IS NOT NULL AND f.parent_company_id IS NULL
FROM found AS f
CROSS JOIN LATERAL (SELECT coalesce(f.by_id, f.by_key[1], f.by_domain) AS id) AS m
LEFT JOIN LATERAL (
    SELECT d.domain FROM company_domains AS d
    WHERE d.domain = ANY (f.domains) AND d.company_id IS DISTINCT FROM m.id LIMIT 1
) AS w ON f.domains IS NOT NULL
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'external_id'
            WHEN f.by_domain <> m.id THEN 'domain'
            WHEN w.domain IS NOT NULL THEN 'domains'
            WHEN m.id IS NULL AND f.name IS NULL THEN 'name'
            WHEN f.parent_company_id = m.id THEN f.parent_field
        END AS field,
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'ambiguous'
            WHEN f.by_domain <> m.id OR w.domain IS NOT NULL THEN 'taken'
            WHEN m.id IS NULL AND f.name IS NULL THEN 'empty'
            WHEN f.parent_company_id = m.id THEN 'itself'
        END AS problem
) AS p;

-- name: insert
-- The rows that are new.
INSERT INTO companies (
    id, name, domain, industry, size, description, headquarters_location, country, research_data, account_tier, account_status,
    owner_user_id, parent_company_id, attributes, last_researched_at
)
SELECT
    r.id, s.name, s.domain, s.industry, s.size, s.description, s.headquarters_location, s.country,
    coalesce(s.research_data, '{}'), s.account_tier, coalesce(s.account_status, 'prospecting'), s.owner_user_id,
    r.parent_company_id, coalesce(s.attributes, '{}'), s.last_researched_at
FROM resolved AS r INNER JOIN staged AS s ON s.position = r.position
WHERE r.is_new AND r.field IS NULL AND NOT r.waits
ORDER BY r.position;

-- name: update
-- The rows that are there: empty fields are filled (a default counts as empty, JSON goes key by key); `o`, the row once
-- more where it may overwrite, goes first. What would stay the same is not written.
UPDATE companies AS t SET
    name = coalesce(o.name, t.name, s.name),
    domain = coalesce(o.domain, t.domain, s.domain),
    industry = coalesce(o.industry, t.industry, s.industry),
    size = coalesce(o.size, t.size, s.size),
    description = coalesce(o.description, t.description, s.description),
    headquarters_location = coalesce(o.headquarters_location, t.headquarters_location, s.headquarters_location),
    country = coalesce(o.country, t.country, s.country),
    research_data = coalesce(s.research_data, '{}') || t.research_data || coalesce(o.research_data, '{}'),
    account_tier = coalesce(o.account_tier, t.account_tier, s.account_tier),
    account_status = coalesce(o.account_status, nullif(t.account_status, 'prospecting'), s.account_status, t.account_status),
    owner_user_id = coalesce(o.owner_user_id, t.owner_user_id, s.owner_user_id),
    parent_company_id = coalesce(CASE WHEN %(overwrite)s THEN r.parent_company_id END, t.parent_company_id, r.parent_company_id),
    attributes = coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
    last_researched_at = coalesce(o.last_researched_at, t.last_researched_at, s.last_researched_at)
FROM (SELECT q.position, q.id, q.parent_company_id FROM resolved AS q WHERE NOT q.is_new AND q.field IS NULL AND NOT q.waits ORDER BY q.id) AS r
INNER JOIN staged AS s ON s.position = r.position
LEFT JOIN staged AS o ON o.position = r.position AND %(overwrite)s
WHERE t.id = r.id
    AND (
        t.name, t.domain, t.industry, t.size, t.description, t.headquarters_location, t.country, t.research_data,
        t.account_tier, t.account_status, t.owner_user_id, t.parent_company_id, t.attributes, t.last_researched_at
    ) IS DISTINCT FROM (
        coalesce(o.name, t.name, s.name),
        coalesce(o.domain, t.domain, s.domain),
        coalesce(o.industry, t.industry, s.industry),
        coalesce(o.size, t.size, s.size),
        coalesce(o.description, t.description, s.description),
        coalesce(o.headquarters_location, t.headquarters_location, s.headquarters_location),
        coalesce(o.country, t.country, s.country),
        coalesce(s.research_data, '{}') || t.research_data || coalesce(o.research_data, '{}'),
        coalesce(o.account_tier, t.account_tier, s.account_tier),
        coalesce(o.account_status, nullif(t.account_status, 'prospecting'), s.account_status, t.account_status),
        coalesce(o.owner_user_id, t.owner_user_id, s.owner_user_id),
        coalesce(CASE WHEN %(overwrite)s THEN r.parent_company_id END, t.parent_company_id, r.parent_company_id),
        coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
        coalesce(o.last_researched_at, t.last_researched_at, s.last_researched_at)
    )
RETURNING t.id;

-- name: domains
-- All domains of the rows; gives the companies, of those that were there, that have one more.
WITH added AS (
    INSERT INTO company_domains (domain, company_id)
    SELECT DISTINCT d.domain, r.id
    FROM resolved AS r
    INNER JOIN staged AS s ON s.position = r.position
    CROSS JOIN LATERAL unnest(s.domains || s.domain) AS d (domain)
    WHERE r.field IS NULL AND NOT r.waits AND d.domain IS NOT NULL
    ON CONFLICT (domain) DO NOTHING
    RETURNING company_id
)
SELECT DISTINCT a.company_id FROM added AS a INNER JOIN resolved AS r ON r.id = a.company_id WHERE NOT r.is_new;
