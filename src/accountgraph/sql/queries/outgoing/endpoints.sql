-- Who wants to hear.

-- name: add
-- A new endpoint. No row where there are so many already.
INSERT INTO outgoing_endpoints (url, description, kinds)
SELECT %(url)s, %(description)s, %(kinds)s::text [] WHERE (SELECT count(*) FROM outgoing_endpoints) < %(most)s
RETURNING id;

-- name: listing
-- Endpoints, the oldest first: one by id, or all. With what waits for each, counted no further than is interesting.
SELECT
    e.id, e.url, e.description, e.kinds, e.state, e.reason, e.stopped_at, e.old_secret_until, e.failing_since, e.failures, e.created_at,
    e.updated_at, w.waiting
FROM outgoing_endpoints AS e
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting
    FROM (SELECT d.id FROM outgoing_deliveries AS d WHERE d.endpoint_id = e.id AND d.state = 'pending' LIMIT 10000) AS d
) AS w
WHERE %(id)s::uuid IS NULL OR e.id = %(id)s
ORDER BY e.created_at, e.id;

-- name: between
-- Endpoints with ids in a range.
SELECT e.id FROM outgoing_endpoints AS e WHERE e.id BETWEEN %(low)s AND %(high)s LIMIT 2;

-- name: update
-- What is given changes. Whoever begins again begins without the failures of before.
UPDATE outgoing_endpoints AS e SET
    url = coalesce(%(url)s, e.url), description = coalesce(%(description)s, e.description), kinds = coalesce(%(kinds)s::text [], e.kinds),
    state = coalesce(%(state)s, e.state),
    reason = CASE %(state)s WHEN 'active' THEN NULL WHEN 'paused' THEN %(reason)s ELSE e.reason END,
    stopped_at = CASE %(state)s WHEN 'active' THEN NULL WHEN 'paused' THEN coalesce(e.stopped_at, %(now)s) ELSE e.stopped_at END,
    failing_since = CASE %(state)s WHEN 'active' THEN NULL ELSE e.failing_since END,
    failures = CASE %(state)s WHEN 'active' THEN 0 ELSE e.failures END
WHERE e.id = %(id)s
RETURNING e.id;

-- name: begin_again
-- What waited for an endpoint is due now.
WITH due AS (
    UPDATE outgoing_deliveries AS d SET next_try_at = %(now)s
    WHERE d.endpoint_id = %(id)s AND d.state = 'pending' AND d.lease IS NULL AND d.next_try_at > %(now)s
)
SELECT pg_notify('accountgraph_outgoing', current_schema());

-- name: delete
-- An endpoint with its deliveries; its secrets are deleted beside.
DELETE FROM outgoing_endpoints AS e WHERE e.id = %(id)s
RETURNING e.id;

-- name: lock
-- An endpoint, kept as it is until the transaction ends.
SELECT e.id FROM outgoing_endpoints AS e WHERE e.id = %(id)s FOR UPDATE;

-- name: overlap
-- Until when the secret before the present one signs too.
UPDATE outgoing_endpoints AS e SET old_secret_until = %(until)s WHERE e.id = %(id)s;

-- name: due
-- Active endpoints for which something is due.
SELECT e.id FROM outgoing_endpoints AS e
WHERE e.state = 'active' AND EXISTS (
    SELECT FROM outgoing_deliveries AS d WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_try_at <= %(now)s
)
ORDER BY e.id;

-- name: next_due_at
-- When something is due next for an active endpoint.
SELECT min(n.next_try_at) FROM outgoing_endpoints AS e
CROSS JOIN LATERAL (
    SELECT d.next_try_at FROM outgoing_deliveries AS d
    WHERE d.endpoint_id = e.id AND d.state = 'pending' ORDER BY d.next_try_at, d.event_id LIMIT 1
) AS n
WHERE e.state = 'active';

-- name: signing
-- Where an active endpoint is (a trial: any endpoint), and what signs for it, sealed: the present secret, and the one before while that is good.
SELECT
    e.url, s.sealed AS secret, CASE WHEN e.old_secret_until > %(now)s THEN o.sealed END AS old_secret
FROM outgoing_endpoints AS e
LEFT JOIN secrets AS s ON s.name = 'webhook/' || e.id
LEFT JOIN secrets AS o ON o.name = 'webhook/' || e.id || '/old'
WHERE e.id = %(id)s AND (e.state = 'active' OR %(is_trial)s);
