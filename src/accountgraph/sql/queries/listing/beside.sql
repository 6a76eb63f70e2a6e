-- What lists show beside their rows, for a page of them at once.

-- name: last_engagements
-- When somebody of each of these companies last did something, judged to be a person; companies without any are left out.
SELECT c.company_id, max(c.last_engaged_at) AS at
FROM contacts AS c
WHERE c.company_id = ANY (%(ids)s) AND c.last_engaged_at IS NOT NULL
GROUP BY c.company_id;

-- name: suppressions
-- What keeps us from writing to each of these people: the person, the address or number, the address's domain; on any channel.
SELECT a.person, s.id, s.address, s.domain, s.contact_id, s.channel, s.reason, s.note, s.created_at
FROM suppressions_among(%(ids)s) AS a
INNER JOIN suppressions AS s ON s.id = a.suppression_id
ORDER BY a.person, s.created_at, s.id;

-- name: made_up
-- Which of these companies and people are made up.
SELECT c.id FROM companies AS c WHERE c.id = ANY (%(ids)s) AND is_made_up(c.attributes, c.domain)
UNION ALL
SELECT c.id FROM contacts AS c WHERE c.id = ANY (%(ids)s) AND is_made_up(c.attributes, c.email_key);
