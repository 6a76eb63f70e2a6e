-- Events on their way.

-- name: claim
-- Deliveries of an endpoint whose turn it is, somebody's until `until`. What an earlier one of its account is in the way of
-- is put off until that is settled (which calls it), or its lease is over.
WITH due AS MATERIALIZED (
    SELECT d.id, d.event_id, d.account_key FROM outgoing_deliveries AS d
    WHERE d.endpoint_id = %(endpoint_id)s AND d.state = 'pending' AND d.next_try_at <= %(now)s
    ORDER BY d.next_try_at, d.event_id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
),
judged AS (
    SELECT u.id, p.next_try_at AS earlier_at
    FROM due AS u
    LEFT JOIN LATERAL (
        SELECT p.next_try_at FROM outgoing_deliveries AS p
        WHERE p.endpoint_id = %(endpoint_id)s AND p.account_key = u.account_key AND p.state = 'pending' AND p.event_id < u.event_id
        ORDER BY p.event_id LIMIT 1
    ) AS p ON true
),
moved AS (
    UPDATE outgoing_deliveries AS d SET
        lease = CASE WHEN j.earlier_at IS NULL THEN gen_random_uuid() END,
        next_try_at = greatest(j.earlier_at, %(until)s)
    FROM judged AS j WHERE d.id = j.id
    RETURNING d.id, d.event_id, d.lease, d.tries
)
SELECT m.id, m.lease, m.tries, e.message_id, e.kind, e.at, e.data
FROM moved AS m LEFT JOIN outgoing_events AS e ON e.id = m.event_id
ORDER BY m.event_id;

-- name: settle
-- What came of a try. A delivery that another has by now keeps its state, and the try stands in its log all the same.
-- What waited behind one that is settled is called.
WITH tried AS (
    INSERT INTO outgoing_attempts (delivery_id, at, duration_ms, status, response, error)
    SELECT d.id, %(at)s, %(duration_ms)s, %(status)s, %(response)s, %(error)s FROM outgoing_deliveries AS d WHERE d.id = %(id)s
),
settled AS (
    UPDATE outgoing_deliveries AS d SET
        state = %(state)s, tries = d.tries + 1, lease = NULL, status = %(status)s, error = %(error)s,
        next_try_at = coalesce(%(next_try_at)s, d.next_try_at), settled_at = CASE WHEN %(state)s <> 'pending' THEN %(now)s END
    WHERE d.id = %(id)s AND d.lease = %(lease)s
    RETURNING d.id, d.endpoint_id, d.account_key, d.event_id, d.state
),
waiting AS (
    SELECT n.id FROM settled AS s
    CROSS JOIN LATERAL (
        SELECT n.id FROM outgoing_deliveries AS n
        WHERE n.endpoint_id = s.endpoint_id AND n.account_key = s.account_key AND n.state = 'pending' AND n.event_id > s.event_id
        ORDER BY n.event_id LIMIT 1
    ) AS n
    WHERE s.state <> 'pending'
)
UPDATE outgoing_deliveries AS d SET next_try_at = %(now)s
FROM waiting AS w WHERE d.id = w.id AND d.lease IS NULL AND d.next_try_at > %(now)s;

-- name: got_through
-- An endpoint that failed before answers again.
UPDATE outgoing_endpoints AS e SET failing_since = NULL, failures = 0 WHERE e.id = %(endpoint_id)s AND e.failing_since IS NOT NULL;

-- name: did_not
-- A try that did not get through; gives since when none does, and how many.
UPDATE outgoing_endpoints AS e SET failing_since = coalesce(e.failing_since, %(now)s), failures = e.failures + 1
WHERE e.id = %(endpoint_id)s
RETURNING e.failing_since, e.failures;

-- name: stop
-- An active endpoint is told no more: `paused` until somebody resumes it, or `gone`, for which what waits is given up.
WITH stopped AS (
    UPDATE outgoing_endpoints AS e SET state = %(state)s, reason = %(reason)s, stopped_at = %(now)s
    WHERE e.id = %(endpoint_id)s AND e.state = 'active'
    RETURNING e.id, e.state
)
UPDATE outgoing_deliveries AS d SET state = 'failed', lease = NULL, error = %(reason)s, settled_at = %(now)s
FROM stopped AS s WHERE s.state = 'gone' AND d.endpoint_id = s.id AND d.state = 'pending';

-- name: add_trial
-- A trial for one endpoint, somebody's at once.
WITH event AS (
    INSERT INTO outgoing_events (kind, at, account_key, data, is_trial) VALUES (%(kind)s, %(now)s, gen_random_uuid(), %(data)s, true)
    RETURNING id, message_id, kind, at, account_key, data
),
delivery AS (
    INSERT INTO outgoing_deliveries (event_id, endpoint_id, account_key, lease, next_try_at)
    SELECT e.id, %(endpoint_id)s, e.account_key, gen_random_uuid(), %(until)s FROM event AS e
    RETURNING id, lease, tries
)
SELECT d.id, d.lease, d.tries, e.message_id, e.kind, e.at, e.data FROM delivery AS d CROSS JOIN event AS e;

-- name: listing
-- Deliveries, the latest first: one by id, or those that are wanted, from below an id on.
SELECT
    d.id, d.endpoint_id, n.url, e.kind, 'msg_' || replace(e.message_id::text, '-', '') AS message_id, e.at, d.state, d.tries,
    CASE WHEN d.state = 'pending' THEN d.next_try_at END AS next_try_at, d.lease IS NOT NULL AS is_under_way, d.status, d.error,
    d.created_at, d.settled_at
FROM outgoing_deliveries AS d
INNER JOIN outgoing_events AS e ON e.id = d.event_id
INNER JOIN outgoing_endpoints AS n ON n.id = d.endpoint_id
WHERE (%(id)s::bigint IS NULL OR d.id = %(id)s) AND (%(after)s::bigint IS NULL OR d.id < %(after)s)
    AND (%(endpoint_id)s::uuid IS NULL OR d.endpoint_id = %(endpoint_id)s) AND (%(state)s::text IS NULL OR d.state = %(state)s)
    AND (%(kind)s::text IS NULL OR e.kind = %(kind)s)
ORDER BY d.id DESC
LIMIT %(limit)s;

-- name: payload
-- What a delivery says.
SELECT e.kind, e.at, e.data FROM outgoing_deliveries AS d INNER JOIN outgoing_events AS e ON e.id = d.event_id WHERE d.id = %(id)s;

-- name: attempts
-- The tries of a delivery, the first one first.
SELECT a.at, a.duration_ms, a.status, a.response, a.error FROM outgoing_attempts AS a WHERE a.delivery_id = %(id)s ORDER BY a.id;

-- name: resend
-- A delivery that is due now, with all its tries before it. No row where somebody is at it, or the endpoint is not told of anything.
UPDATE outgoing_deliveries AS d SET state = 'pending', tries = 0, next_try_at = %(now)s, lease = NULL, settled_at = NULL
FROM outgoing_endpoints AS e
WHERE d.id = %(id)s AND e.id = d.endpoint_id AND e.state = 'active' AND (d.lease IS NULL OR d.next_try_at <= %(now)s)
RETURNING d.id;

-- name: replay
-- Everything of a period that an endpoint hears about is due again, or for the first time; trials are not. Gives how many.
WITH again AS (
    INSERT INTO outgoing_deliveries AS d (event_id, endpoint_id, account_key, next_try_at)
    SELECT e.id AS event_id, n.id AS endpoint_id, e.account_key, %(now)s
    FROM outgoing_events AS e
    INNER JOIN outgoing_endpoints AS n ON n.id = %(endpoint_id)s AND n.kinds && ARRAY[e.kind, '*']
    WHERE e.created_at >= %(since)s AND e.created_at < %(until)s AND NOT e.is_trial
    ORDER BY e.id
    ON CONFLICT (event_id, endpoint_id) DO UPDATE SET state = 'pending', tries = 0, next_try_at = %(now)s, lease = NULL, settled_at = NULL
    WHERE d.state <> 'pending'
    RETURNING d.id
)
SELECT count(*) FROM again;

-- name: wake
-- Whoever delivers looks.
SELECT pg_notify('accountgraph_outgoing', current_schema());

-- name: prune
-- What is old is forgotten, with its deliveries and tries; some at a time.
DELETE FROM outgoing_events AS e
USING (SELECT o.id FROM outgoing_events AS o WHERE o.created_at < %(before)s ORDER BY o.created_at, o.id LIMIT %(most)s) AS old
WHERE e.id = old.id;
