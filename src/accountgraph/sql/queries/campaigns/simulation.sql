-- Simulation: a part of a workspace as JSON, the same into another workspace, and what came of it there.

-- name: surroundings
-- Whom a simulation needs besides the people themselves: everybody at their companies, whoever is related to them, and the
-- companies' families.
WITH RECURSIVE own AS MATERIALIZED (
    SELECT DISTINCT c.company_id FROM contacts AS c WHERE c.id = ANY (%(contacts)s) AND c.company_id IS NOT NULL
), people AS MATERIALIZED (
    SELECT c.id, c.company_id FROM contacts AS c WHERE c.company_id IN (SELECT o.company_id FROM own AS o) OR c.id = ANY (%(contacts)s)
    UNION
    SELECT c.id, c.company_id
    FROM relationships AS r INNER JOIN contacts AS c ON c.id IN (r.contact_id_1, r.contact_id_2)
    WHERE r.contact_id_1 = ANY (%(contacts)s) OR r.contact_id_2 = ANY (%(contacts)s)
), family AS (
    SELECT p.company_id AS id FROM people AS p WHERE p.company_id IS NOT NULL
    UNION
    SELECT v.company_id FROM conversations AS v INNER JOIN people AS p ON p.id = v.contact_id WHERE v.company_id IS NOT NULL
    UNION
    SELECT n.id FROM family AS f
    INNER JOIN companies AS a ON a.id = f.id
    INNER JOIN companies AS n ON n.parent_company_id = a.id OR n.id = a.parent_company_id
)
SELECT
    coalesce((SELECT array_agg(p.id ORDER BY p.id) FROM people AS p), '{}') AS contacts,
    coalesce((SELECT array_agg(f.id ORDER BY f.id) FROM family AS f), '{}') AS companies;

-- name: read_settings
-- What is the same for everybody: senders, law, free days, weights, holds of the whole workspace or of a sender, sends of the last week.
SELECT jsonb_build_object(
    'legal_identities', (SELECT coalesce(jsonb_agg(x), '[]') FROM legal_identities AS x),
    'workspace_settings', (SELECT coalesce(jsonb_agg(x), '[]') FROM workspace_settings AS x),
    'senders', (SELECT coalesce(jsonb_agg(x), '[]') FROM senders AS x),
    'jurisdictions', (SELECT coalesce(jsonb_agg(x), '[]') FROM jurisdictions AS x),
    'topics', (SELECT coalesce(jsonb_agg(x), '[]') FROM topics AS x),
    'free_days', (SELECT coalesce(jsonb_agg(x), '[]') FROM free_days AS x),
    'engagement_weights', (SELECT coalesce(jsonb_agg(x), '[]') FROM engagement_weights AS x),
    'attribute_definitions', (SELECT coalesce(jsonb_agg(x), '[]') FROM attribute_definitions AS x),
    'holds', (SELECT coalesce(jsonb_agg(x), '[]') FROM holds AS x WHERE x.scope IN ('workspace', 'sender') AND x.lifted_at IS NULL),
    'sends', (SELECT coalesce(jsonb_agg(x), '[]') FROM sends AS x WHERE x.is_live AND x.at > %(since)s)
)::text AS rows;

-- name: read_companies
-- Companies and what hangs on them; parents come in a second step, for they may be of a later part.
SELECT jsonb_build_object(
    'companies', (SELECT coalesce(jsonb_agg(to_jsonb(x) || '{"parent_company_id": null}'), '[]') FROM companies AS x WHERE x.id = ANY (%(ids)s)),
    'company_domains', (SELECT coalesce(jsonb_agg(x), '[]') FROM company_domains AS x WHERE x.company_id = ANY (%(ids)s)),
    'account_exclusions', (SELECT coalesce(jsonb_agg(x), '[]') FROM account_exclusions AS x WHERE x.company_id = ANY (%(ids)s)),
    'holds', (SELECT coalesce(jsonb_agg(x), '[]') FROM holds AS x WHERE x.company_id = ANY (%(ids)s) AND x.lifted_at IS NULL)
)::text AS rows;

-- name: read_parents
-- Who belongs to whom.
SELECT coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'parent_company_id', x.parent_company_id)), '[]')::text AS rows
FROM companies AS x WHERE x.id = ANY (%(ids)s) AND x.parent_company_id IS NOT NULL;

-- name: read_people
-- People and what the engine looks at: consents, suppressions, conversations, recent messages without their words, what people did.
WITH talks AS MATERIALIZED (
    SELECT v.id FROM conversations AS v WHERE v.contact_id = ANY (%(ids)s)
), messages AS MATERIALIZED (
    SELECT x.id FROM talks AS v INNER JOIN touchpoints AS x ON x.conversation_id = v.id WHERE x.sent_at > %(since)s
    UNION
    SELECT (
        SELECT x.id FROM touchpoints AS x
        WHERE x.conversation_id = v.id AND x.direction = 'outbound' AND x.sent_at IS NOT NULL
        ORDER BY x.sent_at DESC, x.id LIMIT 1
    ) AS id
    FROM talks AS v
)
SELECT jsonb_build_object(
    'contacts', (SELECT coalesce(jsonb_agg(x), '[]') FROM contacts AS x WHERE x.id = ANY (%(ids)s)),
    'merged_contacts', (SELECT coalesce(jsonb_agg(x), '[]') FROM merged_contacts AS x WHERE x.contact_id = ANY (%(ids)s)),
    'consents', (SELECT coalesce(jsonb_agg(x), '[]') FROM consents AS x WHERE x.contact_id = ANY (%(ids)s)),
    'suppressions', (
        SELECT coalesce(jsonb_agg(x.row), '[]') FROM (
            SELECT DISTINCT ON (x.id) to_jsonb(x) || jsonb_build_object('contact_id', CASE WHEN x.contact_id = p.id THEN p.id END) AS row
            FROM unnest(%(ids)s::uuid[]) AS p (id) CROSS JOIN LATERAL suppressions_of(p.id) AS x
            ORDER BY x.id, coalesce(x.contact_id = p.id, false) DESC
        ) AS x
    ),
    'holds', (SELECT coalesce(jsonb_agg(x), '[]') FROM holds AS x WHERE x.contact_id = ANY (%(ids)s) AND x.lifted_at IS NULL),
    'topic_refusals', (SELECT coalesce(jsonb_agg(x), '[]') FROM topic_refusals AS x WHERE x.contact_id = ANY (%(ids)s)),
    'conversations', (
        SELECT coalesce(jsonb_agg(to_jsonb(x) || '{"campaign_id": null, "metadata": {}}'), '[]')
        FROM conversations AS x WHERE x.id IN (SELECT v.id FROM talks AS v)
    ),
    'touchpoints', (
        SELECT coalesce(jsonb_agg(to_jsonb(x) || '{"content": null, "response": null, "call_transcript": null, "in_reply_to_id": null}'), '[]')
        FROM touchpoints AS x WHERE x.id IN (SELECT m.id FROM messages AS m)
    ),
    'events', (
        SELECT coalesce(jsonb_agg(
            to_jsonb(x) - 'recorded_in' || jsonb_build_object('touchpoint_id', CASE WHEN m.id IS NOT NULL THEN x.touchpoint_id END)
        ), '[]')
        FROM events AS x LEFT JOIN messages AS m ON m.id = x.touchpoint_id
        WHERE x.contact_id = ANY (%(ids)s)
            AND (m.id IS NOT NULL OR x.kind IN ('received', 'replied', 'meeting_held', 'complained', 'unsubscribed', 'bounced'))
    )
)::text AS rows;

-- name: read_relationships
-- Edges among people who are all there.
SELECT coalesce(jsonb_agg(x), '[]')::text AS rows FROM relationships AS x
WHERE x.contact_id_1 = ANY (%(ids)s) AND x.contact_id_2 = ANY (%(contacts)s);

-- name: read_participants
-- Who else takes part in a conversation.
SELECT coalesce(jsonb_agg(x), '[]')::text AS rows
FROM conversation_participants AS x INNER JOIN conversations AS v ON v.id = x.conversation_id
WHERE v.contact_id = ANY (%(ids)s) AND x.contact_id = ANY (%(contacts)s);

-- name: clear_settings
-- What a new workspace begins with gives way.
WITH a AS (DELETE FROM jurisdictions), b AS (DELETE FROM workspace_settings), c AS (DELETE FROM engagement_weights)
SELECT 1;

-- name: write_settings
-- As they are there. A mailbox whose inbound mail is read there is not waited for here, and nothing leads to a public address.
WITH given AS MATERIALIZED (SELECT %(rows)s::jsonb AS rows),
a AS (INSERT INTO legal_identities SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::legal_identities, g.rows -> 'legal_identities') AS r),
b AS (
    INSERT INTO workspace_settings
    SELECT r.* FROM given AS g, jsonb_array_elements(g.rows -> 'workspace_settings') AS s (row),
        jsonb_populate_record(NULL::workspace_settings, s.row || '{"public_url_verified_at": null}') AS r
),
c AS (
    INSERT INTO senders
    SELECT r.* FROM given AS g, jsonb_array_elements(g.rows -> 'senders') AS s (row),
        jsonb_populate_record(NULL::senders, s.row || '{"inbound_synced_at": null, "next_free_at": "-infinity", "next_dry_at": "-infinity"}') AS r
),
d AS (INSERT INTO jurisdictions SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::jurisdictions, g.rows -> 'jurisdictions') AS r),
e AS (
    INSERT INTO free_days (day, region, name)
    SELECT r.day, r.region, r.name FROM given AS g, jsonb_populate_recordset(NULL::free_days, g.rows -> 'free_days') AS r
),
f AS (INSERT INTO engagement_weights SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::engagement_weights, g.rows -> 'engagement_weights') AS r),
h AS (
    INSERT INTO attribute_definitions
    SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::attribute_definitions, g.rows -> 'attribute_definitions') AS r
),
i AS (INSERT INTO holds SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::holds, g.rows -> 'holds') AS r),
j AS (INSERT INTO topics SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::topics, g.rows -> 'topics') AS r)
SELECT 1;

-- name: write_companies
-- As they are there.
WITH given AS MATERIALIZED (SELECT %(rows)s::jsonb AS rows),
a AS (INSERT INTO companies SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::companies, g.rows -> 'companies') AS r),
b AS (INSERT INTO company_domains SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::company_domains, g.rows -> 'company_domains') AS r),
c AS (INSERT INTO account_exclusions SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::account_exclusions, g.rows -> 'account_exclusions') AS r),
d AS (INSERT INTO holds SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::holds, g.rows -> 'holds') AS r)
SELECT 1;

-- name: write_parents
-- Once all companies are there.
UPDATE companies AS c SET parent_company_id = r.parent_company_id
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, parent_company_id uuid)
WHERE c.id = r.id;

-- name: write_people
-- As they are there.
WITH given AS MATERIALIZED (SELECT %(rows)s::jsonb AS rows),
a AS (INSERT INTO contacts SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::contacts, g.rows -> 'contacts') AS r),
b AS (INSERT INTO consents SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::consents, g.rows -> 'consents') AS r),
i AS (
    INSERT INTO merged_contacts SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::merged_contacts, g.rows -> 'merged_contacts') AS r
),
c AS (
    INSERT INTO suppressions AS s
    SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::suppressions, g.rows -> 'suppressions') AS r
    ON CONFLICT (id) DO UPDATE SET contact_id = coalesce(s.contact_id, excluded.contact_id)
),
d AS (INSERT INTO holds SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::holds, g.rows -> 'holds') AS r),
h AS (INSERT INTO topic_refusals SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::topic_refusals, g.rows -> 'topic_refusals') AS r),
e AS (INSERT INTO conversations SELECT r.* FROM given AS g, jsonb_populate_recordset(NULL::conversations, g.rows -> 'conversations') AS r),
f AS (
    INSERT INTO touchpoints (
        id, conversation_id, channel, direction, subject, sent_at, delivered_at, opened_at, clicked_at, replied_at, bounced_at, failed_at,
        outcome_details, email_thread_id, email_message_id, provider_id, metadata, created_by_automation, created_at, updated_at
    )
    SELECT
        r.id, r.conversation_id, r.channel, r.direction, r.subject, r.sent_at, r.delivered_at, r.opened_at, r.clicked_at, r.replied_at,
        r.bounced_at, r.failed_at, r.outcome_details, r.email_thread_id, r.email_message_id, r.provider_id, r.metadata,
        r.created_by_automation, r.created_at, r.updated_at
    FROM given AS g, jsonb_populate_recordset(NULL::touchpoints, g.rows -> 'touchpoints') AS r
)
INSERT INTO events (
    kind, detail, at, touchpoint_id, contact_id, actor, actor_reason, actor_is_given, url, user_agent, address, provider, provider_account,
    provider_event_id, dedupe_key, raw, recorded_at
)
SELECT
    r.kind, r.detail, r.at, r.touchpoint_id, r.contact_id, r.actor, r.actor_reason, r.actor_is_given, r.url, r.user_agent, r.address, r.provider,
    r.provider_account, r.provider_event_id, r.dedupe_key, r.raw, r.recorded_at
FROM given AS g, jsonb_populate_recordset(NULL::events, g.rows -> 'events') AS r
ORDER BY r.id;

-- name: write_relationships
-- As they are there.
INSERT INTO relationships SELECT r.* FROM jsonb_populate_recordset(NULL::relationships, %(rows)s::jsonb) AS r;

-- name: write_participants
-- As they are there.
INSERT INTO conversation_participants SELECT r.* FROM jsonb_populate_recordset(NULL::conversation_participants, %(rows)s::jsonb) AS r;

-- name: write_sends
-- What still counts against the caps: of mailboxes, and of the people and companies that are here.
INSERT INTO sends (is_live, sender_id, contact_id, company_id, domain, at)
SELECT r.is_live, r.sender_id, c.id AS contact_id, a.id AS company_id, r.domain, r.at
FROM jsonb_populate_recordset(NULL::sends, %(rows)s::jsonb -> 'sends') AS r
LEFT JOIN contacts AS c ON c.id = r.contact_id
LEFT JOIN companies AS a ON a.id = r.company_id;

-- name: begin_campaign
-- The campaign of a simulation is live: what it sends counts and leaves touchpoints, as in life.
UPDATE campaigns AS c SET status = 'active', is_live = true, started_at = %(now)s WHERE c.id = %(id)s;

-- name: touched
-- Who got the messages of these intents, and which touch of theirs it was.
SELECT i.id AS intent_id, i.contact_id, coalesce(c.email_key, i.address, '') AS address, i.channel, e.touch_count AS number
FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id INNER JOIN contacts AS c ON c.id = i.contact_id
WHERE i.id = ANY (%(ids)s) AND i.state = 'sent'
ORDER BY c.email_key, i.step_key;

-- name: waiting
-- What the engine has asked of us at this moment: messages to approve, and steps to do by hand.
SELECT v.id, 'approval' AS kind FROM approvals AS v WHERE v.state = 'pending' AND v.created_at = %(now)s
UNION ALL
SELECT t.id, 'task' AS kind
FROM tasks AS t INNER JOIN intents AS i ON i.id = t.intent_id
WHERE t.state = 'open' AND i.state = 'planned' AND i.planned_at = %(now)s;

-- name: approve
-- Somebody lets these messages go, where they still wait for it.
WITH given AS MATERIALIZED (
    UPDATE approvals AS v SET state = 'accepted', decided_by = 'simulation', decided_at = %(now)s
    WHERE v.id = ANY (%(ids)s) AND v.state = 'pending'
    RETURNING v.enrolment_id
)
UPDATE enrolments AS e SET state = 'waiting', reason = NULL, paused_until = NULL, next_due_at = greatest(e.next_due_at, %(now)s)
FROM given AS g WHERE e.id = g.enrolment_id AND e.state = 'paused' AND e.reason = 'approval';

-- name: do_tasks
-- Somebody does these steps, where they still wait for it; gives their intents, which are in their hands now.
WITH done AS MATERIALIZED (
    UPDATE tasks AS t SET state = 'done', outcome = 'done', closed_by = 'simulation', closed_at = %(now)s
    FROM intents AS i
    WHERE t.id = ANY (%(ids)s) AND t.state = 'open' AND i.id = t.intent_id AND i.state = 'planned'
    RETURNING t.intent_id
)
UPDATE intents AS i SET state = 'calling', called_at = %(now)s, tries = i.tries + 1, lease = gen_random_uuid(), lease_until = %(now)s
FROM done AS d WHERE i.id = d.intent_id
RETURNING i.id;

-- name: touches
-- Every touch in its order.
SELECT
    i.settled_at AS at, i.contact_id, coalesce(c.email_key, i.address, '') AS address, nullif(concat_ws(' ', c.first_name, c.last_name), '') AS name,
    a.name AS company, i.channel, s.address AS sender, i.step_key AS step, i.subject
FROM intents AS i
INNER JOIN contacts AS c ON c.id = i.contact_id
LEFT JOIN companies AS a ON a.id = i.company_id
LEFT JOIN senders AS s ON s.id = i.sender_id
WHERE i.state = 'sent'
ORDER BY i.settled_at, address, i.step_key;

-- name: put_off
-- What was deferred or denied, by rule: how many people, and how often in all.
SELECT
    d.verdict, d.rule, count(DISTINCT d.enrolment_id) AS people, sum(d.count)::bigint AS times,
    (array_agg(d.reason ORDER BY d.first_at, d.reason))[1] AS example
FROM decisions AS d WHERE d.verdict <> 'allow'
GROUP BY d.verdict, d.rule
ORDER BY times DESC, d.rule;

-- name: endings
-- Where everybody stands in the end.
SELECT
    c.id AS contact_id, coalesce(c.email_key, c.phone, '') AS address, nullif(concat_ws(' ', c.first_name, c.last_name), '') AS name,
    a.name AS company, e.state, e.reason, e.track, e.step_key AS step, e.touch_count AS touches, e.paused_until,
    CASE WHEN e.state IN ('pending', 'waiting') THEN e.next_due_at END AS next_due_at
FROM enrolments AS e
INNER JOIN contacts AS c ON c.id = e.contact_id
LEFT JOIN companies AS a ON a.id = e.company_id
ORDER BY a.name, e.account_rank, address;

-- name: happenings
-- What people did, in its order.
SELECT g.at, g.contact_id, coalesce(c.email_key, c.phone, '') AS address, g.kind
FROM signals AS g LEFT JOIN contacts AS c ON c.id = g.contact_id
ORDER BY g.at, address, g.kind;

-- name: mailboxes
-- What each sender may send by its own limits.
SELECT s.address, s.per_hour, s.per_day, s.warmup_started_at FROM senders AS s;

-- name: named
-- People in words, by company.
SELECT
    c.id AS contact_id, coalesce(c.email_key, c.phone, '') AS address, nullif(concat_ws(' ', c.first_name, c.last_name), '') AS name,
    a.name AS company
FROM contacts AS c LEFT JOIN companies AS a ON a.id = c.company_id
WHERE c.id = ANY (%(ids)s)
ORDER BY a.name, address, c.id;

-- name: ranked
-- These people in the order in which they are given, counted by company.
SELECT c.id AS contact_id, (row_number() OVER (PARTITION BY coalesce(c.company_id, c.id) ORDER BY g.nth))::integer AS rank
FROM unnest(%(contacts)s::uuid[]) WITH ORDINALITY AS g (id, nth) INNER JOIN contacts AS c ON c.id = g.id
ORDER BY g.nth;
