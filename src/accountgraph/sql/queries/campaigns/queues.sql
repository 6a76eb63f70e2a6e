-- What waits for the same sender and the same opening hours.

-- name: known
-- The queues that there are, by key.
SELECT q.key, q.id FROM queues AS q WHERE q.key = ANY (%(keys)s);

-- name: make
-- New queues; who makes the same at the same time is waited for.
INSERT INTO queues (key, sender_id, is_live, channel, zone, region, opening, opens_at, closes_at)
SELECT w.key, w.sender_id, w.is_live, w.channel, w.zone, w.region, w.opening, w.opens_at, w.closes_at
FROM jsonb_to_recordset(%(queues)s) AS w (
    key text, sender_id uuid, is_live boolean, channel text, zone text, region text, opening jsonb, opens_at timestamptz, closes_at timestamptz
)
ORDER BY w.key
ON CONFLICT DO NOTHING;

-- name: expired
-- Queues whose opening is over; all of them where the free days have changed.
SELECT q.id, q.zone, q.region, q.opening FROM queues AS q
WHERE q.closes_at <= %(now)s OR %(everything)s
ORDER BY q.id
LIMIT 5000;

-- name: open_again
-- The openings that are now or next.
UPDATE queues AS q SET opens_at = w.opens_at, closes_at = w.closes_at
FROM (
    SELECT w.* FROM jsonb_to_recordset(%(openings)s) AS w (id bigint, opens_at timestamptz, closes_at timestamptz)
) AS w
WHERE q.id = w.id;

-- name: free_days
-- The workspace's own free days from a day on, as ISO dates by region ('' for all).
SELECT f.day::text AS day, coalesce(f.region, '') AS region FROM free_days AS f WHERE f.day >= %(since)s::date;

-- name: senders
-- Mailboxes and numbers that may be used, in the order they were added.
SELECT s.id, s.channel, s.address, s.timezone FROM senders AS s WHERE s.is_active ORDER BY s.created_at, s.id;
