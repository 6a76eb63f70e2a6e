-- Rows that may be the same. Each question goes along one index in the order of its key, so that a page costs what it shows.

-- name: name
-- People of the same name at the same account.
SELECT
    format('%%s %%s', c.company_id, lower(btrim(c.first_name) || ' ' || btrim(c.last_name))) AS key,
    (array_agg(c.id ORDER BY c.created_at, c.id))[1 : %(most)s] AS ids
FROM contacts AS c
WHERE c.company_id IS NOT NULL AND c.first_name <> '' AND c.last_name <> ''
    AND (c.company_id, lower(btrim(c.first_name) || ' ' || btrim(c.last_name))) > (
        coalesce(nullif(split_part(%(after)s, ' ', 1), '')::uuid, '00000000-0000-0000-0000-000000000000'),
        substr(%(after)s, 38)
    )
GROUP BY c.company_id, lower(btrim(c.first_name) || ' ' || btrim(c.last_name)) HAVING count(*) > 1
ORDER BY c.company_id, lower(btrim(c.first_name) || ' ' || btrim(c.last_name))
LIMIT %(limit)s;

-- name: local_part
-- People with the same name before the @, at domains of the same account.
SELECT format('%%s %%s', d.company_id, split_part(c.email_key, '@', 1)) AS key, (array_agg(c.id ORDER BY c.created_at, c.id))[1 : %(most)s] AS ids
FROM (
    SELECT o.company_id, array_agg(o.domain) AS domains FROM company_domains AS o
    WHERE o.company_id >= coalesce(nullif(split_part(%(after)s, ' ', 1), '')::uuid, '00000000-0000-0000-0000-000000000000')
    GROUP BY o.company_id HAVING count(*) > 1
) AS d
INNER JOIN contacts AS c ON c.company_id = d.company_id AND split_part(c.email_key, '@', 2) = ANY (d.domains)
WHERE (d.company_id, split_part(c.email_key, '@', 1)) > (
    coalesce(nullif(split_part(%(after)s, ' ', 1), '')::uuid, '00000000-0000-0000-0000-000000000000'), substr(%(after)s, 38)
)
GROUP BY d.company_id, split_part(c.email_key, '@', 1) HAVING count(*) > 1
ORDER BY d.company_id, split_part(c.email_key, '@', 1)
LIMIT %(limit)s;

-- name: phone
-- People with the same number, however it is written. A switchboard's, which many have, tells nothing.
SELECT
    ltrim(regexp_replace(c.phone, '[^0-9]', '', 'g'), '0') AS key, (array_agg(c.id ORDER BY c.created_at, c.id))[1 : %(most)s] AS ids
FROM contacts AS c
WHERE c.phone IS NOT NULL AND ltrim(regexp_replace(c.phone, '[^0-9]', '', 'g'), '0') > %(after)s
GROUP BY ltrim(regexp_replace(c.phone, '[^0-9]', '', 'g'), '0')
HAVING count(*) BETWEEN 2 AND 5 AND length(ltrim(regexp_replace(min(c.phone), '[^0-9]', '', 'g'), '0')) >= 7
ORDER BY ltrim(regexp_replace(c.phone, '[^0-9]', '', 'g'), '0')
LIMIT %(limit)s;

-- name: linkedin
-- People with the same LinkedIn profile, however its address is written.
SELECT
    lower(rtrim(regexp_replace(c.linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ ')) AS key,
    (array_agg(c.id ORDER BY c.created_at, c.id))[1 : %(most)s] AS ids
FROM contacts AS c
WHERE c.linkedin_url IS NOT NULL
    AND lower(rtrim(regexp_replace(c.linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ ')) > %(after)s
GROUP BY lower(rtrim(regexp_replace(c.linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ '))
HAVING count(*) > 1
ORDER BY lower(rtrim(regexp_replace(c.linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ '))
LIMIT %(limit)s;

-- name: account_name
-- Accounts with the same name but for case, punctuation and what kind of company it is.
SELECT account_key(c.name) AS key, (array_agg(c.id ORDER BY c.created_at, c.id))[1 : %(most)s] AS ids
FROM companies AS c
WHERE account_key(c.name) > %(after)s
GROUP BY account_key(c.name) HAVING count(*) > 1
ORDER BY account_key(c.name)
LIMIT %(limit)s;

-- name: domain
-- An account without a domain whose people write from the domain of another.
SELECT format('%%s %%s', c.company_id, d.company_id) AS key, ARRAY[d.company_id, c.company_id] AS ids
FROM companies AS o
INNER JOIN contacts AS c ON c.company_id = o.id
INNER JOIN company_domains AS d ON d.domain = split_part(c.email_key, '@', 2)
WHERE o.domain IS NULL AND d.company_id <> o.id
    AND NOT EXISTS (SELECT FROM company_domains AS x WHERE x.company_id = o.id)
    AND (c.company_id, d.company_id) > (
        coalesce(nullif(split_part(%(after)s, ' ', 1), '')::uuid, '00000000-0000-0000-0000-000000000000'),
        coalesce(nullif(split_part(%(after)s, ' ', 2), '')::uuid, '00000000-0000-0000-0000-000000000000')
    )
GROUP BY c.company_id, d.company_id
ORDER BY c.company_id, d.company_id
LIMIT %(limit)s;

-- name: contacts
-- Who these are.
SELECT c.id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, '(no name)') AS name, c.email AS detail
FROM contacts AS c WHERE c.id = ANY (%(ids)s);

-- name: companies
-- Which these are.
SELECT c.id, c.name, c.domain AS detail FROM companies AS c WHERE c.id = ANY (%(ids)s);

-- name: of_contact
-- Who may be the same person as this one, each with the surest reason; at most so many. A switchboard's number, which many have, tells nothing.
SELECT
    c.id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, '(no name)') AS name, c.email AS detail, c.title,
    a.name AS company, f.reason
FROM (
    SELECT DISTINCT ON (u.id) u.id, u.reason, u.nth
    FROM contacts AS me
    CROSS JOIN LATERAL (
        SELECT
            lower(rtrim(regexp_replace(me.linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ ')) AS profile,
            ltrim(regexp_replace(me.phone, '[^0-9]', '', 'g'), '0') AS digits,
            lower(btrim(me.first_name) || ' ' || btrim(me.last_name)) AS full_name
    ) AS k
    CROSS JOIN LATERAL (
        SELECT o.id, 'linkedin' AS reason, 1 AS nth FROM contacts AS o
        WHERE o.linkedin_url IS NOT NULL
            AND lower(rtrim(regexp_replace(o.linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ ')) = k.profile
        UNION ALL
        SELECT o.id, 'phone', 2 FROM (
            SELECT p.id, count(*) OVER () AS total FROM contacts AS p
            WHERE p.phone IS NOT NULL AND ltrim(regexp_replace(p.phone, '[^0-9]', '', 'g'), '0') = k.digits AND length(k.digits) >= 7
        ) AS o WHERE o.total <= 5
        UNION ALL
        SELECT o.id, 'local_part', 3 FROM contacts AS o
        WHERE o.company_id = me.company_id AND split_part(o.email_key, '@', 1) = split_part(me.email_key, '@', 1)
            AND split_part(o.email_key, '@', 2) IN (SELECT d.domain FROM company_domains AS d WHERE d.company_id = me.company_id)
            AND split_part(me.email_key, '@', 2) IN (SELECT d.domain FROM company_domains AS d WHERE d.company_id = me.company_id)
        UNION ALL
        SELECT o.id, 'name', 4 FROM contacts AS o
        WHERE o.company_id = me.company_id AND o.first_name <> '' AND o.last_name <> ''
            AND lower(btrim(o.first_name) || ' ' || btrim(o.last_name)) = k.full_name
    ) AS u
    WHERE me.id = %(id)s AND u.id <> me.id
    ORDER BY u.id, u.nth
) AS f
INNER JOIN contacts AS c ON c.id = f.id
LEFT JOIN companies AS a ON a.id = c.company_id
ORDER BY f.nth, c.created_at, c.id
LIMIT %(most)s;
