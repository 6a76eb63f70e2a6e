-- Claim a hundred due rows and advance them to the next step: all that a bare queue does.
WITH due AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e
    WHERE e.queue_id = %(queue)s AND e.state IN ('pending', 'waiting') AND e.next_due_at <= %(now)s
    ORDER BY e.next_due_at, e.id LIMIT %(batch)s
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE enrolments AS e SET state = 'waiting', step_key = 'second', touch_count = e.touch_count + 1, last_touch_at = %(now)s, next_due_at = %(next)s
FROM due AS d WHERE e.id = d.id
