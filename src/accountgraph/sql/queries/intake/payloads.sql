-- Payloads of webhooks: kept, and worked off.

-- name: keep
-- A payload as it came; no row where the same delivery is here already.
INSERT INTO webhook_payloads AS p (provider, headers, query, body, digest)
VALUES (%(provider)s, %(headers)s, %(query)s, %(body)s, %(digest)s)
ON CONFLICT (digest) DO NOTHING
RETURNING p.id;

-- name: due
-- What is to be worked off, the oldest first.
SELECT p.id FROM webhook_payloads AS p
WHERE p.state = 'new' AND p.next_try_at <= %(now)s
ORDER BY p.next_try_at, p.id
LIMIT %(limit)s;

-- name: take
-- One payload, for this transaction alone; no row where another is at it, or was.
SELECT p.id, p.provider, p.headers, p.query, p.body, p.received_at, p.tries FROM webhook_payloads AS p
WHERE p.id = %(id)s AND p.state = 'new' AND p.next_try_at <= %(now)s
FOR UPDATE SKIP LOCKED;

-- name: finish
-- It was worked off.
UPDATE webhook_payloads AS p SET
    state = 'done', tries = p.tries + 1, effects = %(effects)s, error = NULL, done_at = %(now)s
WHERE p.id = %(id)s;

-- name: put_off
-- It could not be worked off: later again, or not any more.
UPDATE webhook_payloads AS p SET
    state = CASE WHEN %(again_at)s::timestamptz IS NULL THEN 'failed' ELSE 'new' END, tries = p.tries + 1,
    next_try_at = coalesce(%(again_at)s, p.next_try_at), error = %(error)s,
    done_at = CASE WHEN %(again_at)s::timestamptz IS NULL THEN %(now)s::timestamptz END
WHERE p.id = %(id)s AND p.state = 'new';

-- name: next_due
-- When the next payload is due.
SELECT min(p.next_try_at) FROM webhook_payloads AS p WHERE p.state = 'new';

-- name: listing
-- Payloads without their bodies, the latest first.
SELECT p.id, p.provider, p.state, p.tries, length(p.body) AS size, p.effects, p.error, p.received_at FROM webhook_payloads AS p
WHERE %(state)s::text IS NULL OR p.state = %(state)s ORDER BY p.id DESC LIMIT %(limit)s;
