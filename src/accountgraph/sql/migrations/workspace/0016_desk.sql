-- Who is at an approval keeps others away for a while; a task that somebody put off says who did.

ALTER TABLE approvals
ADD COLUMN held_by text CONSTRAINT approvals_held_by_check CHECK (length(held_by) BETWEEN 1 AND 200),
ADD COLUMN held_until timestamptz CONSTRAINT approvals_held_until_check CHECK ((held_by IS NULL) = (held_until IS NULL));
ALTER TABLE tasks ADD COLUMN snoozed_by text CONSTRAINT tasks_snoozed_by_check CHECK (length(snoozed_by) BETWEEN 1 AND 200);

-- To be at something is no change of it.
INSERT INTO audit_columns (table_name, column_name, treatment, reason)
SELECT v.table_name, c.column_name, 'bookkeeping', 'who is at it at this moment, which ends by itself'
FROM (VALUES ('tasks'), ('approvals')) AS v (table_name)
CROSS JOIN (VALUES ('held_by'), ('held_until')) AS c (column_name);
SELECT audit_tables();
