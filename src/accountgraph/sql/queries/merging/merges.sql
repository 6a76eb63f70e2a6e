-- Merges: what was merged, and how it is undone.

-- name: by_id
-- One merge.
SELECT m.id, m.entity, m.kept_id, m.dropped_id, m.merged_by, m.merged_at, m.undone_by, m.undone_at FROM merge_records AS m WHERE m.id = %(id)s;

-- name: lock
-- One merge, so that it is undone once.
SELECT m.id, m.entity, m.kept_id, m.dropped_id, m.merged_by, m.merged_at, m.undone_by, m.undone_at FROM merge_records AS m
WHERE m.id = %(id)s FOR UPDATE;

-- name: standing
-- The merge by which a row went into another, where it was not undone.
SELECT m.id, m.entity, m.kept_id, m.dropped_id, m.merged_by, m.merged_at, m.undone_by, m.undone_at FROM merge_records AS m
WHERE m.entity = %(entity)s AND m.dropped_id = %(dropped_id)s AND m.undone_at IS NULL;

-- name: listing
-- Merges, the latest first; of one entity, and of one row, where that is asked for.
SELECT m.id, m.entity, m.kept_id, m.dropped_id, m.merged_by, m.merged_at, m.undone_by, m.undone_at FROM merge_records AS m
WHERE (%(entity)s::text IS NULL OR m.entity = %(entity)s)
    AND (%(row_id)s::uuid IS NULL OR %(row_id)s IN (m.kept_id, m.dropped_id))
    AND (%(after_id)s::uuid IS NULL OR (m.merged_at, m.id) < (SELECT a.merged_at, a.id FROM merge_records AS a WHERE a.id = %(after_id)s))
ORDER BY m.merged_at DESC, m.id DESC
LIMIT %(limit)s;

-- name: obstacles
-- What stands in the way of undoing a merge, a word each and whom it is about.
WITH image AS (
    SELECT r.before FROM merge_records AS m INNER JOIN merge_rows AS r ON r.merge_id = m.id AND r.table_name = m.entity AND r.after IS NULL
    WHERE m.id = %(id)s
)
SELECT 'forgotten' AS what, NULL AS about WHERE NOT EXISTS (SELECT FROM image)
UNION ALL
SELECT CASE WHEN s.id IS NULL THEN 'gone' ELSE 'merged_on' END, coalesce(s.id, m.kept_id)::text
FROM merge_records AS m LEFT JOIN merge_records AS s ON s.dropped_id = m.kept_id AND s.undone_at IS NULL
WHERE m.id = %(id)s AND NOT EXISTS (SELECT FROM contacts AS c WHERE c.id = m.kept_id)
    AND NOT EXISTS (SELECT FROM companies AS c WHERE c.id = m.kept_id)
UNION ALL
SELECT 'email', i.before ->> 'email' FROM merge_records AS m CROSS JOIN image AS i
INNER JOIN contacts AS c ON c.email_key = i.before ->> 'email_key'
WHERE m.id = %(id)s AND m.entity = 'contacts' AND (c.id <> m.kept_id OR NOT EXISTS (
    SELECT FROM merge_rows AS r WHERE r.merge_id = m.id AND r.table_name = 'contacts' AND r.after ->> 'email_key' = c.email_key
))
UNION ALL
SELECT 'email', n.email FROM merge_records AS m CROSS JOIN image AS i
INNER JOIN merged_contacts AS n ON n.email_key = i.before ->> 'email_key' AND n.id <> m.dropped_id
WHERE m.id = %(id)s AND m.entity = 'contacts'
UNION ALL
SELECT 'domain', d.domain FROM merge_records AS m CROSS JOIN image AS i
INNER JOIN company_domains AS d ON d.domain = i.before ->> 'domain' AND d.company_id <> m.kept_id
WHERE m.id = %(id)s AND m.entity = 'companies'
UNION ALL
SELECT 'domain', c.domain FROM merge_records AS m CROSS JOIN image AS i
INNER JOIN companies AS c ON c.domain = i.before ->> 'domain'
WHERE m.id = %(id)s AND m.entity = 'companies' AND NOT EXISTS (
    SELECT FROM merge_rows AS r WHERE r.merge_id = m.id AND r.table_name = 'companies' AND r.after ->> 'domain' = c.domain
);

-- name: undo
-- Make two of one again; gives, by table, how many rows are as they were and of how many something stays.
SELECT u.table_name, u.put_back, u.kept FROM unmerge(%(id)s, %(by)s) AS u ORDER BY u.table_name;
