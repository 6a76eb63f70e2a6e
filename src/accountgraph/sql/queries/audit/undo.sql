-- Taking changes back.

-- name: somebody_acts
-- Whether this transaction says who acts.
SELECT coalesce(current_setting('accountgraph.acting', true), '') <> '';

-- name: of_transaction
-- The changes of a transaction.
SELECT a.id FROM audit_log AS a WHERE a.transaction_id = %(transaction)s::xid8 ORDER BY a.id DESC LIMIT %(limit)s;

-- name: last_of
-- The last changes of somebody that were neither taken back nor take something back themselves.
SELECT a.id FROM audit_log AS a
WHERE
    a.actor_name = %(name)s AND (%(kind)s::text IS NULL OR a.actor_kind = %(kind)s) AND (%(id)s::text IS NULL OR a.actor_id = %(id)s)
    AND (%(tables)s::text[] IS NULL OR a.table_name = ANY (%(tables)s))
    AND a.undoes_id IS NULL AND NOT EXISTS (SELECT FROM audit_log AS u WHERE u.undoes_id = a.id)
ORDER BY a.at DESC, a.id DESC
LIMIT %(limit)s;

-- name: last_batch_of
-- The transaction of somebody's last change that was neither taken back nor takes something back itself.
SELECT a.transaction_id::text FROM audit_log AS a
WHERE
    a.actor_name = %(name)s AND (%(kind)s::text IS NULL OR a.actor_kind = %(kind)s) AND (%(id)s::text IS NULL OR a.actor_id = %(id)s)
    AND a.undoes_id IS NULL AND NOT EXISTS (SELECT FROM audit_log AS u WHERE u.undoes_id = a.id)
ORDER BY a.at DESC, a.id DESC
LIMIT 1;

-- name: undo
-- Take changes back; each with what stood in its way.
SELECT u.change_id, u.obstacle, u.later_id, u.detail FROM undo_changes(%(ids)s) AS u;
