-- Work for people.

-- name: escalate
-- Open tasks that nobody did in time.
UPDATE tasks AS t SET escalated_at = %(now)s
WHERE t.state = 'open' AND t.escalated_at IS NULL AND t.escalate_at <= %(now)s;
