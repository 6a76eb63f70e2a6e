-- name: note
-- Write a line of the access log.
INSERT INTO accountgraph.access_log (
    at, action, workspace, subject_id, subject, actor_kind, actor_id, actor, ip, user_agent, request_id, details
)
VALUES (
    %(at)s, %(action)s, %(workspace)s, %(subject_id)s, %(subject)s, %(actor_kind)s, %(actor_id)s, %(actor)s, %(ip)s, %(user_agent)s,
    %(request_id)s, %(details)s::jsonb
);

-- name: listing
-- The newest lines, of a workspace or about somebody.
SELECT
    l.id, l.at, l.action, l.workspace, l.subject_id, l.subject, l.actor_kind, l.actor_id, l.actor, host(l.ip) AS ip, l.user_agent,
    l.request_id, l.details
FROM accountgraph.access_log AS l
WHERE (%(workspace)s::text IS NULL OR l.workspace = %(workspace)s)
    AND (%(subject_id)s::uuid IS NULL OR l.subject_id = %(subject_id)s)
    AND (%(before)s::bigint IS NULL OR l.id < %(before)s)
ORDER BY l.id DESC
LIMIT %(limit)s;
