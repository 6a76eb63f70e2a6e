-- Who is at what waits for people: one at a time, for a while.

-- name: task
-- Somebody is at an open task, or still is; nothing where another is.
UPDATE tasks AS t SET
    held_by = %(by)s,
    held_until = greatest(CASE WHEN lower(t.held_by) = lower(%(by)s) THEN t.held_until END, current_moment() + %(hold)s::interval)
WHERE t.id = %(id)s AND t.state = 'open'
    AND (t.held_until IS NULL OR t.held_until <= current_moment() OR lower(t.held_by) = lower(%(by)s) OR %(take_over)s);

-- name: approval
-- Somebody is at a message that waits, or still is; nothing where another is.
UPDATE approvals AS a SET
    held_by = %(by)s,
    held_until = greatest(CASE WHEN lower(a.held_by) = lower(%(by)s) THEN a.held_until END, current_moment() + %(hold)s::interval)
WHERE a.id = %(id)s AND a.state = 'pending'
    AND (a.held_until IS NULL OR a.held_until <= current_moment() OR lower(a.held_by) = lower(%(by)s) OR %(take_over)s);

-- name: leave_task
-- Somebody is at a task no more.
UPDATE tasks AS t SET held_by = NULL, held_until = NULL WHERE t.id = %(id)s AND lower(t.held_by) = lower(%(by)s);

-- name: leave_approval
-- Somebody is at a message no more.
UPDATE approvals AS a SET held_by = NULL, held_until = NULL WHERE a.id = %(id)s AND lower(a.held_by) = lower(%(by)s);

-- name: task_held
-- Who is at a task.
SELECT
    t.state = 'open' AS waits, CASE WHEN t.held_until > current_moment() THEN t.held_by END AS held_by,
    CASE WHEN t.held_until > current_moment() THEN t.held_until END AS held_until
FROM tasks AS t WHERE t.id = %(id)s;

-- name: approval_held
-- Who is at a message.
SELECT
    a.state = 'pending' AS waits, CASE WHEN a.held_until > current_moment() THEN a.held_by END AS held_by,
    CASE WHEN a.held_until > current_moment() THEN a.held_until END AS held_until
FROM approvals AS a WHERE a.id = %(id)s;
