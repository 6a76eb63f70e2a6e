-- What whoever watches a workspace is told.

-- name: newest
-- Where now is: everything that is committed from here on comes after it.
SELECT pg_snapshot_xmin(pg_current_snapshot()) || '-0-0';

-- name: after
-- What was committed after a cursor, in that order; only what nothing earlier can still come before. Of the event log and of the changes
-- beside it, which are told apart by the cursor's second number.
SELECT
    found.kind, found.at, found.touchpoint_id, found.row_id, found.contact_id, found.company_id, found.state, found.detail,
    found.recorded_in || '-' || found.source || '-' || found.id AS cursor
FROM (
    (
        SELECT
            0 AS source, e.id, e.recorded_in, e.kind, e.at, e.touchpoint_id, NULL::uuid AS row_id,
            coalesce(e.contact_id, v.contact_id) AS contact_id, v.company_id, NULL::text AS state, e.detail
        FROM events AS e
        LEFT JOIN touchpoints AS t ON t.id = e.touchpoint_id
        LEFT JOIN conversations AS v ON v.id = t.conversation_id
        WHERE (e.recorded_in, e.id) > (
                %(transaction)s::xid8, CASE WHEN %(source)s::integer = 0 THEN %(number)s::bigint ELSE 9223372036854775807 END
            )
            AND e.recorded_in < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY e.recorded_in, e.id
        LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT
            1 AS source, c.id, c.recorded_in, c.kind, c.at, NULL::uuid AS touchpoint_id, c.row_id,
            c.contact_id, c.company_id, c.state, c.detail
        FROM changes AS c
        WHERE (c.recorded_in, c.id) > (%(transaction)s::xid8, CASE WHEN %(source)s::integer = 1 THEN %(number)s::bigint ELSE 0 END)
            AND c.recorded_in < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY c.recorded_in, c.id
        LIMIT %(limit)s
    )
) AS found
ORDER BY found.recorded_in, found.source, found.id
LIMIT %(limit)s;

-- name: forget
-- Changes from before a time are forgotten; gives how many. The event log keeps its own.
WITH gone AS (DELETE FROM changes AS c WHERE c.at < %(before)s RETURNING 1) -- noqa: AM04

SELECT count(*) FROM gone;
