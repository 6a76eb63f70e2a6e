-- The table of accounts: a page is found by an index, and what stands beside its rows is read for the page alone.

-- name: page
-- Accounts; conditions, order and limit are added by `listing`.
SELECT
    companies.id, companies.name, companies.domain, companies.industry, companies.country, companies.size, companies.account_tier,
    companies.account_status, companies.owner_user_id, companies.active_conversations, companies.created_at,
    is_made_up(companies.attributes, companies.domain) AS is_made_up
FROM companies
WHERE true
ORDER BY companies.id;

-- name: beside
-- The accounts of a page, in its order, with what their health is made of and how it stood on the days before, who did something last,
-- and the most urgent that is to be done: an answer, a message that waits for a person, a task; else why nothing goes on, what is
-- planned, or until when it is paused.
SELECT
    p.id, p.name, p.domain, p.industry, p.country, p.size, p.account_tier, p.account_status, p.owner_user_id, p.created_at,
    coalesce(p.is_made_up, false) AS is_made_up, p.active_conversations, n.people, n.active_people, n.decision_makers, n.top_scores, r.relationships,
    h.days, h.scores, g.contact_id AS engaged_id, g.name AS engaged,
    g.at AS engaged_at, g.kind AS engaged_by, s.kind AS step, s.item_id AS step_item_id, s.detail AS step_detail,
    s.campaign AS step_campaign, s.at AS step_at, s.contact_id AS step_contact_id,
    coalesce(nullif(concat_ws(' ', nullif(w.first_name, ''), nullif(w.last_name, '')), ''), w.email) AS step_contact
FROM page AS p
CROSS JOIN LATERAL (
    SELECT
        count(*) AS people, count(*) FILTER (WHERE c.status = 'active') AS active_people,
        count(*) FILTER (WHERE c.status = 'active' AND c.is_decision_maker) AS decision_makers, coalesce(array_agg(c.id), '{}') AS ids,
        coalesce((
            array_agg(c.score ORDER BY c.score DESC) FILTER (WHERE c.status = 'active' AND c.score > 0)
        )[1 : %(most_contacts)s], '{}') AS top_scores
    FROM (
        SELECT
            x.id, x.status, x.is_decision_maker,
            CASE
                WHEN x.engagement_excluded IS NULL AND coalesce(x.engagement_light, x.engagement_deep) IS NOT NULL
                    THEN engagement_score(x.engagement_light, x.engagement_deep, %(now)s)
            END AS score
        FROM contacts AS x WHERE x.company_id = p.id
        OFFSET 0
    ) AS c
) AS n
CROSS JOIN LATERAL (
    SELECT (
        SELECT count(*) FROM relationships AS a WHERE a.contact_id_1 = ANY (n.ids)
    ) + (
        SELECT count(*) FROM relationships AS b WHERE b.contact_id_2 = ANY (n.ids) AND b.contact_id_1 <> ALL (n.ids)
    ) AS relationships
) AS r
CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(d.day - %(since)s::date), '{}') AS days,
        coalesce(array_agg(d.score::float), '{}') AS scores
    FROM account_health_daily AS d WHERE d.company_id = p.id AND d.day BETWEEN %(since)s AND %(until)s
) AS h
LEFT JOIN LATERAL (
    SELECT
        c.id AS contact_id, c.last_engaged_at AS at,
        coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''), c.email) AS name,
        (
            SELECT e.kind FROM events AS e
            WHERE e.contact_id = c.id AND e.at = c.last_engaged_at AND e.actor = 'human'
            ORDER BY e.id DESC LIMIT 1
        ) AS kind
    FROM contacts AS c WHERE c.company_id = p.id AND c.last_engaged_at IS NOT NULL
    ORDER BY c.last_engaged_at DESC, c.id LIMIT 1
) AS g ON true
LEFT JOIN LATERAL (
    SELECT o.rank, o.kind, o.item_id, o.detail, o.campaign, o.at, o.contact_id FROM (
        SELECT
            CASE WHEN t.waits_until > %(now)s THEN 5 WHEN t.kind IN ('reply', 'proposal') AND t.signal_id IS NOT NULL THEN 1 ELSE 3 END AS rank,
            CASE WHEN t.kind IN ('reply', 'proposal') AND t.signal_id IS NOT NULL THEN 'reply' ELSE 'task' END AS kind,
            t.id AS item_id, t.title AS detail, NULL AS campaign, greatest(t.due_at, t.waits_until) AS at, t.contact_id
        FROM tasks AS t WHERE t.company_id = p.id AND t.state = 'open' AND (t.snoozed_by IS NULL OR t.waits_until <= %(now)s)
        UNION ALL
        SELECT 2, 'approval', a.id, a.subject, m.name, a.created_at, e.contact_id
        FROM enrolments AS e
        INNER JOIN approvals AS a ON a.enrolment_id = e.id AND a.state = 'pending'
        INNER JOIN campaigns AS m ON m.id = e.campaign_id
        WHERE e.company_id = p.id AND e.state NOT IN ('finished', 'failed')
        UNION ALL
        SELECT 4, 'hold', h.id, h.reason, NULL, h.until, NULL
        FROM holds AS h WHERE h.company_id = p.id AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
        UNION ALL
        SELECT 5, 'planned', e.id, e.step_key, m.name, greatest(e.next_due_at, q.opens_at), e.contact_id
        FROM enrolments AS e
        INNER JOIN campaigns AS m ON m.id = e.campaign_id AND m.status = 'active'
        LEFT JOIN queues AS q ON q.id = e.queue_id
        WHERE e.company_id = p.id AND e.state IN ('pending', 'waiting', 'active') AND e.is_live
        UNION ALL
        SELECT 6, 'paused', e.id, e.reason, m.name, e.paused_until, e.contact_id
        FROM enrolments AS e INNER JOIN campaigns AS m ON m.id = e.campaign_id
        WHERE e.company_id = p.id AND e.state = 'paused' AND e.is_live
    ) AS o
    ORDER BY o.rank, o.at, o.item_id LIMIT 1
) AS s ON true
LEFT JOIN contacts AS w ON w.id = s.contact_id
ORDER BY p.place;
