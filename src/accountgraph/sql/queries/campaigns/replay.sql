-- Replay: what was decided, with the facts it was decided by.

-- name: decided
-- Decisions of a campaign in their order, the latest time of each; those of words (a variable is missing, a colleague is named) are not
-- the arbiter's, and stay out.
SELECT
    d.id, d.version_id, d.last_at AS at, d.step_key, d.verdict, d.rule, d.until, d.inputs::text AS facts,
    coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, c.phone, 'removed') AS name
FROM decisions AS d
INNER JOIN enrolments AS e ON e.id = d.enrolment_id
LEFT JOIN contacts AS c ON c.id = e.contact_id
WHERE e.campaign_id = %(campaign_id)s AND d.id > %(after)s AND d.rule <> ALL (%(worded)s)
ORDER BY d.id
LIMIT %(limit)s;
