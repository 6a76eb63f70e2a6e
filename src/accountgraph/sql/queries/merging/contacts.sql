-- Merging contacts.

-- name: lock_companies
-- The accounts of those who become one, in the lock order.
SELECT c.id FROM companies AS c
WHERE c.id IN (SELECT p.company_id FROM contacts AS p WHERE p.id = ANY (%(ids)s))
ORDER BY c.id FOR NO KEY UPDATE;

-- name: lock_enrolments
-- Their way through campaigns.
SELECT e.id FROM enrolments AS e WHERE e.contact_id = ANY (%(ids)s) OR e.referred_by_id = ANY (%(ids)s) ORDER BY e.id FOR NO KEY UPDATE;

-- name: lock_conversations
-- Their conversations, and those in which they did something.
SELECT v.id FROM conversations AS v
WHERE v.contact_id = ANY (%(ids)s)
    OR v.id IN (SELECT e.conversation_id FROM enrolments AS e WHERE e.contact_id = ANY (%(ids)s))
    OR v.id IN (SELECT t.conversation_id FROM events AS h INNER JOIN touchpoints AS t ON t.id = h.touchpoint_id WHERE h.contact_id = ANY (%(ids)s))
ORDER BY v.id FOR NO KEY UPDATE;

-- name: lock_contacts
-- Themselves, so that nothing new refers to them, and whoever else is in these conversations.
SELECT c.id FROM contacts AS c
WHERE c.id = ANY (%(ids)s) OR c.id IN (
    SELECT v.contact_id FROM events AS h
    INNER JOIN touchpoints AS t ON t.id = h.touchpoint_id
    INNER JOIN conversations AS v ON v.id = t.conversation_id
    WHERE h.contact_id = ANY (%(ids)s)
)
ORDER BY c.id FOR UPDATE;

-- name: lock_touchpoints
-- The messages with which they did something.
SELECT t.id FROM touchpoints AS t
WHERE t.id IN (SELECT h.touchpoint_id FROM events AS h WHERE h.contact_id = ANY (%(ids)s))
ORDER BY t.id FOR NO KEY UPDATE;

-- name: moves
-- What refers to a contact, counted by table and column.
SELECT r.table_name, r.column_name, r.total FROM count_references('contacts'::regclass, %(id)s) AS r
ORDER BY r.table_name, r.column_name;

-- name: both_enrolled
-- The campaigns that both are going through.
SELECT DISTINCT p.name FROM enrolments AS a
INNER JOIN enrolments AS b ON b.campaign_id = a.campaign_id
INNER JOIN campaigns AS p ON p.id = a.campaign_id
WHERE a.contact_id = %(keep)s AND b.contact_id = %(drop)s AND a.state NOT IN ('finished', 'failed') AND b.state NOT IN ('finished', 'failed')
ORDER BY p.name;

-- name: strictness
-- What keeps us from writing to either of them: what it is, on what, and of whom.
SELECT s.what, s.detail, bool_or(s.id = %(keep)s) AS of_kept, bool_or(s.id = %(drop)s) AS of_dropped
FROM (
    SELECT 'suppressed' AS what, u.channel AS detail, a.person AS id
    FROM suppressions_among(ARRAY[%(keep)s, %(drop)s]::uuid[]) AS a INNER JOIN suppressions AS u ON u.id = a.suppression_id
    UNION ALL
    SELECT 'revoked', c.channel, c.contact_id FROM consents AS c
    WHERE c.contact_id IN (%(keep)s, %(drop)s) AND c.basis = 'consent'
    GROUP BY c.channel, c.contact_id HAVING bool_and(c.revoked_at IS NOT NULL)
    UNION ALL
    SELECT 'topic', f.topic, f.contact_id FROM topic_refusals AS f WHERE f.contact_id IN (%(keep)s, %(drop)s)
    UNION ALL
    SELECT 'held', h.reason, h.contact_id FROM holds AS h
    WHERE h.contact_id IN (%(keep)s, %(drop)s) AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
) AS s
GROUP BY s.what, s.detail
ORDER BY s.what, s.detail;

-- name: collapses
-- What both have and one of the two can have only once.
SELECT x.what AS table_name, count(*) AS total
FROM (
    SELECT 'relationships' AS what FROM (
        SELECT CASE r.contact_id_1 WHEN %(drop)s THEN r.contact_id_2 ELSE r.contact_id_1 END AS other
        FROM relationships AS r WHERE %(drop)s IN (r.contact_id_1, r.contact_id_2)
    ) AS d
    WHERE d.other = %(keep)s OR EXISTS (
        SELECT FROM relationships AS k
        WHERE least(k.contact_id_1, k.contact_id_2) = least(d.other, %(keep)s) AND greatest(k.contact_id_1, k.contact_id_2) = greatest(d.other, %(keep)s)
    )
    UNION ALL
    SELECT 'topic_refusals' FROM topic_refusals AS a INNER JOIN topic_refusals AS b ON b.topic = a.topic
    WHERE a.contact_id = %(keep)s AND b.contact_id = %(drop)s
    UNION ALL
    SELECT 'suppressions' FROM suppressions AS a INNER JOIN suppressions AS b ON b.channel = a.channel
    WHERE a.contact_id = %(keep)s AND b.contact_id = %(drop)s
    UNION ALL
    SELECT 'holds' FROM holds AS a INNER JOIN holds AS b ON b.reason = a.reason
    WHERE a.contact_id = %(keep)s AND b.contact_id = %(drop)s AND a.lifted_at IS NULL AND b.lifted_at IS NULL
    UNION ALL
    SELECT 'conversation_participants' FROM conversation_participants AS a INNER JOIN conversations AS v ON v.id = a.conversation_id
    WHERE a.contact_id IN (%(keep)s, %(drop)s) AND (
        v.contact_id IN (%(keep)s, %(drop)s)
        OR a.contact_id = %(drop)s AND EXISTS (
            SELECT FROM conversation_participants AS k WHERE k.conversation_id = v.id AND k.contact_id = %(keep)s
        )
    )
) AS x
GROUP BY x.what ORDER BY x.what;

-- name: merge
-- One goes into the other; gives the merge.
SELECT merge_contacts(%(keep)s, %(drop)s, %(changes)s, %(by)s);

-- name: both
-- The two.
SELECT {contact} FROM contacts WHERE contacts.id = ANY (%(ids)s);
