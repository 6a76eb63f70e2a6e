-- All that happened with an account, in one order.

-- name: of_company
-- A page of it, the latest first: messages and talks, what happened to them, tasks, signals, decisions of campaigns. Each part is read
-- backwards by its own index, and no further than the page can need.
SELECT f.kind, f.key, f.at, f.contact_id, f.what, f.detail, f.text, f.channel, f.actor, f.actor_reason, f.by, f.campaign, f.item_id
FROM (
    (
        SELECT
            'message' AS kind, 'message ' || m.id AS key, m.sent_at AS at, v.contact_id, m.direction AS what, m.outcome AS detail,
            coalesce(m.subject, left(m.content, 200)) AS text, m.channel, NULL AS actor, NULL AS actor_reason,
            m.metadata ->> 'done_by' AS by, v.campaign_name AS campaign, m.conversation_id AS item_id
        FROM conversations AS v
        CROSS JOIN LATERAL (
            SELECT t.* FROM touchpoints AS t
            WHERE t.conversation_id = v.id AND t.sent_at <= %(before)s
                AND (t.sent_at, 'message ' || t.id) < (%(before)s, %(before_key)s COLLATE "C")
            ORDER BY t.sent_at DESC, t.id DESC LIMIT %(limit)s
        ) AS m
        WHERE v.company_id = %(company_id)s AND 'message' = ANY (%(kinds)s)
    )
    UNION ALL
    (
        SELECT
            'event', 'event ' || lpad(e.id::text, 20, '0'), e.at, e.contact_id, e.kind, e.detail, t.subject, t.channel, e.actor,
            e.actor_reason, e.provider, NULL, t.conversation_id
        FROM contacts AS c
        CROSS JOIN LATERAL (
            SELECT x.* FROM events AS x
            WHERE x.contact_id = c.id AND x.at <= %(before)s AND x.kind NOT IN ('sent', 'delivered', 'received')
                AND (x.at, 'event ' || lpad(x.id::text, 20, '0')) < (%(before)s, %(before_key)s COLLATE "C")
            ORDER BY x.at DESC, x.id DESC LIMIT %(limit)s
        ) AS e
        LEFT JOIN touchpoints AS t ON t.id = e.touchpoint_id
        WHERE c.company_id = %(company_id)s
            AND CASE WHEN e.kind = 'replied' THEN 'reply' ELSE 'event' END = ANY (%(kinds)s)
    )
    UNION ALL
    (
        SELECT
            'task', 'task ' || t.id, coalesce(t.closed_at, t.created_at), t.contact_id, t.kind, t.state, t.title, NULL, NULL, NULL,
            coalesce(t.closed_by, t.owner), NULL, t.id
        FROM tasks AS t
        WHERE t.company_id = %(company_id)s AND 'task' = ANY (%(kinds)s)
            AND (coalesce(t.closed_at, t.created_at), 'task ' || t.id) < (%(before)s, %(before_key)s COLLATE "C")
        ORDER BY coalesce(t.closed_at, t.created_at) DESC, t.id DESC LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT
            'signal', 'signal ' || g.id, g.at, g.contact_id, g.kind, NULL, left(g.data ->> 'text', 500), NULL, NULL, NULL, g.source, NULL,
            g.id
        FROM signals AS g
        WHERE g.company_id = %(company_id)s AND 'signal' = ANY (%(kinds)s) AND g.at <= %(before)s
            AND (g.at, 'signal ' || g.id) < (%(before)s, %(before_key)s COLLATE "C")
        ORDER BY g.at DESC, g.id DESC LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT
            'decision', 'decision ' || lpad(d.id::text, 20, '0'), d.last_at, e.contact_id, d.verdict, d.step_key, d.reason, NULL, NULL, NULL,
            NULL, p.name, e.id
        FROM enrolments AS e
        INNER JOIN campaigns AS p ON p.id = e.campaign_id
        CROSS JOIN LATERAL (
            SELECT x.* FROM decisions AS x
            WHERE x.enrolment_id = e.id AND x.last_at <= %(before)s
                AND (x.last_at, 'decision ' || lpad(x.id::text, 20, '0')) < (%(before)s, %(before_key)s COLLATE "C")
            ORDER BY x.last_at DESC, x.id DESC LIMIT %(limit)s
        ) AS d
        WHERE e.company_id = %(company_id)s AND 'decision' = ANY (%(kinds)s)
    )
) AS f
ORDER BY f.at DESC, f.key COLLATE "C" DESC
LIMIT %(limit)s;
