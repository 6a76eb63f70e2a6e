-- All people of the workspace: a page is found by an index, and what stands beside its rows is read for the page alone.

-- name: page
-- People; conditions, order and limit are added by `listing`.
SELECT
    contacts.id, contacts.company_id, contacts.first_name, contacts.last_name, contacts.email, contacts.title, contacts.role,
    contacts.department, contacts.seniority_level, contacts.status, contacts.is_primary_contact, contacts.is_decision_maker,
    contacts.is_champion, contacts.engagement_light, contacts.engagement_deep, contacts.engagement_excluded, contacts.last_engaged_at,
    contacts.created_at, coalesce(contacts.communication_preferences ->> 'do_not_contact', '') = 'true' AS do_not_contact
FROM contacts
WHERE true
ORDER BY contacts.id;

-- name: beside
-- The people of a page, in its order, with their account, how engaged they are, and what keeps us from writing to them.
SELECT
    p.id, nullif(concat_ws(' ', nullif(p.first_name, ''), nullif(p.last_name, '')), '') AS name, p.email, p.company_id, o.name AS company,
    p.title, p.role, p.department, p.seniority_level, p.status, p.is_primary_contact, p.is_decision_maker, p.is_champion,
    p.last_engaged_at, p.created_at, p.do_not_contact, coalesce(b.reasons, '{}') AS suppressed,
    CASE
        WHEN p.engagement_excluded IS NULL AND coalesce(p.engagement_light, p.engagement_deep) IS NOT NULL
            THEN engagement_score(p.engagement_light, p.engagement_deep, %(now)s)
        ELSE 0
    END AS engagement
FROM page AS p
LEFT JOIN companies AS o ON o.id = p.company_id
LEFT JOIN (
    SELECT a.person, array_agg(DISTINCT s.channel || ': ' || s.reason ORDER BY s.channel || ': ' || s.reason) AS reasons
    FROM suppressions_among(ARRAY(SELECT g.id FROM page AS g)) AS a
    INNER JOIN suppressions AS s ON s.id = a.suppression_id
    GROUP BY a.person
) AS b ON b.person = p.id
ORDER BY p.place;
