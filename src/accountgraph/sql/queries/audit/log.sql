-- The audit log: who changed what.

-- name: changes
-- Changes; conditions, order and limit are added by `listing`.
SELECT
    a.id, a.at, a.actor_kind, a.actor_id, a.actor_name, a.request_id, a.transaction_id::text AS transaction, a.table_name AS table,
    a.row_id, a.row_count, a.action, a.before, a.after, a.company_id, a.contact_id, a.is_redacted, a.undoes_id,
    (SELECT min(u.id) FROM audit_log AS u WHERE u.undoes_id = a.id) AS undone_by_id
FROM audit_log AS a
WHERE true
ORDER BY a.id;

-- name: by_ids
-- Changes by their ids, the latest first.
SELECT
    a.id, a.at, a.actor_kind, a.actor_id, a.actor_name, a.request_id, a.transaction_id::text AS transaction, a.table_name AS table,
    a.row_id, a.row_count, a.action, a.before, a.after, a.company_id, a.contact_id, a.is_redacted, a.undoes_id,
    (SELECT min(u.id) FROM audit_log AS u WHERE u.undoes_id = a.id) AS undone_by_id
FROM audit_log AS a
WHERE a.id = ANY (%(ids)s)
ORDER BY a.id DESC;

-- name: forget
-- Forget what is older than a moment.
SELECT forget_audit(%(older_than)s);

-- name: redact
-- Take out what the log says of a person.
SELECT redact_audit(%(contact_id)s);

-- name: redact_all
-- Take out what the log says of a person, by every id that they had.
SELECT coalesce(sum(redact_audit(p.id)), 0)::bigint FROM unnest(%(ids)s::uuid[]) AS p (id);
