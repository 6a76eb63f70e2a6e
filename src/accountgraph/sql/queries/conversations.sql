-- Conversations.

-- name: create
-- One new conversation, with its contact's company where none is given; no row where a reference is missing.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::conversations, %(row)s) AS g)
INSERT INTO conversations (
    id, contact_id, company_id, status, qualification_tier, next_touchpoint_at, context, campaign_id, campaign_name,
    sequence_step, outcome, outcome_date, outcome_notes, estimated_value, actual_value, metadata, attributes, started_at,
    closed_at
)
SELECT
    g.id, g.contact_id, coalesce(g.company_id, (SELECT c.company_id FROM contacts AS c WHERE c.id = g.contact_id)),
    g.status, g.qualification_tier, g.next_touchpoint_at, g.context, g.campaign_id, g.campaign_name,
    g.sequence_step, g.outcome, g.outcome_date, g.outcome_notes, g.estimated_value, g.actual_value, g.metadata,
    g.attributes, coalesce(g.started_at, current_moment()), g.closed_at
FROM given AS g
WHERE EXISTS (SELECT FROM contacts AS c WHERE c.id = g.contact_id)
    AND (g.company_id IS NULL OR EXISTS (SELECT FROM companies AS x WHERE x.id = g.company_id))
ON CONFLICT DO NOTHING
RETURNING {conversation};

-- name: obstacle
-- Why `create` or `update` of this row would not be accepted: the field, or NULL.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::conversations, %(row)s) AS g)
SELECT CASE
    WHEN g.contact_id IS NOT NULL AND NOT EXISTS (SELECT FROM contacts AS c WHERE c.id = g.contact_id) THEN 'contact_id'
    WHEN g.company_id IS NOT NULL AND NOT EXISTS (SELECT FROM companies AS c WHERE c.id = g.company_id) THEN 'company_id'
    WHEN EXISTS (SELECT FROM conversations AS c WHERE c.id = g.id) THEN 'id'
END
FROM given AS g;

-- name: by_id
-- One conversation.
SELECT {conversation} FROM conversations WHERE conversations.id = %(id)s;

-- name: active
-- The active conversations of a company, the latest first.
SELECT {conversation} FROM get_active_conversations(%(company_id)s) AS a
INNER JOIN conversations ON conversations.id = a.conversation_id
ORDER BY a.last_touchpoint_at DESC NULLS LAST, a.conversation_id;

-- name: by_contact
-- The conversations of a contact, the latest first.
SELECT {conversation} FROM conversations
WHERE conversations.contact_id = %(contact_id)s
ORDER BY conversations.started_at DESC, conversations.id;

-- name: by_company
-- The conversations of a company, the latest first.
SELECT {conversation} FROM conversations
WHERE conversations.company_id = %(company_id)s
ORDER BY conversations.started_at DESC, conversations.id;

-- name: needing_followup
-- Active conversations whose next touchpoint is due, most overdue first.
SELECT {conversation}, f.days_overdue FROM get_conversations_needing_followup() AS f
INNER JOIN conversations ON conversations.id = f.conversation_id
ORDER BY f.next_touchpoint_at, f.conversation_id
LIMIT %(limit)s;

-- name: lock_companies
-- Before a conversation changes its status or its company: take the companies, in the lock order.
SELECT c.id FROM companies AS c
WHERE c.id = %(company_id)s OR c.id = (SELECT v.company_id FROM conversations AS v WHERE v.id = %(id)s)
ORDER BY c.id FOR NO KEY UPDATE;

-- name: update
-- Change the given fields of one conversation.
UPDATE conversations AS t SET (
    contact_id, company_id, status, qualification_tier, next_touchpoint_at, context, campaign_id, campaign_name, sequence_step,
    outcome, outcome_date, outcome_notes, estimated_value, actual_value, metadata, attributes, started_at, closed_at
) = (
    SELECT
        r.contact_id, r.company_id, r.status, r.qualification_tier, r.next_touchpoint_at, r.context, r.campaign_id,
        r.campaign_name, r.sequence_step, r.outcome, r.outcome_date, r.outcome_notes, r.estimated_value, r.actual_value,
        r.metadata, r.attributes, r.started_at, r.closed_at
    FROM jsonb_populate_record(t, merged_changes(to_jsonb(t), %(changes)s)) AS r
)
WHERE t.id = %(id)s
RETURNING {conversation:t};

-- name: merge_context
-- Merge what was learned into a conversation's context: lists are joined, objects merged, the rest replaced.
UPDATE conversations AS t SET context = merge_context(t.context, %(learned)s)
WHERE t.id = %(id)s
RETURNING {conversation:t};

-- name: every
-- A page of all conversations, by id.
SELECT {conversation} FROM conversations WHERE conversations.id > %(after)s ORDER BY conversations.id LIMIT %(limit)s;
