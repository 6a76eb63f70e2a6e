-- name: count_try
-- Count a try under each subject that does not wait; the rows that come back are those. Waits double from the first that is not free.
INSERT INTO accountgraph.login_throttles AS t (subject, failures, last_at, blocked_until)
SELECT s.subject, 1, %(now)s::timestamptz, %(now)s::timestamptz
FROM unnest(%(subjects)s::text []) AS s (subject)
ORDER BY s.subject
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE
        WHEN t.last_at < excluded.last_at - make_interval(secs => %(forgotten)s) THEN 1
        ELSE t.failures + 1
    END,
    last_at = excluded.last_at,
    blocked_until = excluded.last_at + CASE
        WHEN t.last_at < excluded.last_at - make_interval(secs => %(forgotten)s) THEN interval '0'
        WHEN t.failures + 1 <= CASE WHEN t.subject LIKE 'ip:%%' THEN %(by_ip)s ELSE %(by_account)s END THEN interval '0'
        ELSE make_interval(secs => least(
            %(longest)s,
            2.0 ^ least(t.failures - CASE WHEN t.subject LIKE 'ip:%%' THEN %(by_ip)s ELSE %(by_account)s END, 20)
        ))
    END
WHERE t.blocked_until <= excluded.last_at
RETURNING t.subject, t.blocked_until;

-- name: until
-- Until when the longest of the waits lasts.
SELECT max(t.blocked_until) FROM accountgraph.login_throttles AS t WHERE t.subject = ANY (%(subjects)s::text []);

-- name: take_back
-- A try was right: it is counted no more, and an account's earlier ones neither.
WITH locked AS (
    SELECT t.subject FROM accountgraph.login_throttles AS t WHERE t.subject = ANY (%(subjects)s::text []) ORDER BY t.subject FOR UPDATE
)
UPDATE accountgraph.login_throttles AS t SET
    failures = CASE WHEN t.subject LIKE 'ip:%%' THEN greatest(t.failures - 1, 0) ELSE 0 END,
    blocked_until = %(now)s
FROM locked AS l
WHERE l.subject = t.subject;
