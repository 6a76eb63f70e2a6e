-- The event log, read.

-- name: of_touchpoints
-- What happened to these touchpoints, in the order it happened.
SELECT
    e.id, e.kind, e.detail, e.at, e.touchpoint_id, e.contact_id, e.actor, e.actor_reason, e.url, e.provider, e.raw, e.recorded_at,
    e.recorded_in || '-' || e.id AS cursor
FROM events AS e
WHERE e.touchpoint_id = ANY (%(ids)s)
ORDER BY e.touchpoint_id, e.at, e.id;
