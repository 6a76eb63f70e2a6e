-- The demo: its rows in bulk, and taking them away again.

-- name: write_companies
-- Accounts as they come; their domains are kept by a trigger.
INSERT INTO companies (
    id, name, domain, industry, size, description, headquarters_location, country, account_tier, account_status, research_data,
    last_researched_at, attributes, created_at, updated_at
)
SELECT
    r.id, r.name, r.domain, r.industry, r.size, r.description, r.headquarters_location, r.country, r.account_tier, r.account_status,
    r.research_data, r.last_researched_at, r.attributes, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::companies, %(rows)s::jsonb) AS r;

-- name: write_contacts
-- People as they come.
INSERT INTO contacts (
    id, company_id, first_name, last_name, email, email_key, phone, title, department, seniority_level, buying_role, linkedin_url, country,
    interests, communication_preferences, research_data, is_primary_contact, is_decision_maker, is_champion, status, source, collected_at,
    attributes, created_at, updated_at
)
SELECT
    r.id, r.company_id, r.first_name, r.last_name, r.email, r.email_key, r.phone, r.title, r.department, r.seniority_level, r.buying_role,
    r.linkedin_url, r.country, r.interests, r.communication_preferences, r.research_data, r.is_primary_contact, r.is_decision_maker,
    r.is_champion, r.status, r.source, r.collected_at, r.attributes, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::contacts, %(rows)s::jsonb) AS r;

-- name: write_relationships
-- Edges as they come.
INSERT INTO relationships (
    id, contact_id_1, contact_id_2, relationship_type, strength, context, is_verified, confidence_score, attributes, discovered_at, created_at,
    updated_at
)
SELECT
    r.id, r.contact_id_1, r.contact_id_2, r.relationship_type, r.strength, r.context, r.is_verified, r.confidence_score, r.attributes,
    r.discovered_at, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::relationships, %(rows)s::jsonb) AS r;

-- name: write_conversations
-- Conversations as they come; what is counted about them is kept by triggers.
INSERT INTO conversations (
    id, contact_id, company_id, status, qualification_tier, next_touchpoint_at, context, outcome, outcome_date, estimated_value, actual_value,
    attributes, started_at, closed_at, created_at, updated_at
)
SELECT
    r.id, r.contact_id, r.company_id, r.status, r.qualification_tier, r.next_touchpoint_at, r.context, r.outcome, r.outcome_date,
    r.estimated_value, r.actual_value, r.attributes, r.started_at, r.closed_at, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::conversations, %(rows)s::jsonb) AS r;

-- name: write_touchpoints
-- Messages, calls and meetings as they come; the events of their sending come by a trigger.
INSERT INTO touchpoints (
    id, conversation_id, channel, direction, subject, content, response, sent_at, outcome_details, call_duration_seconds, call_sentiment,
    email_message_id, metadata, attributes, created_at, updated_at
)
SELECT
    r.id, r.conversation_id, r.channel, r.direction, r.subject, r.content, r.response, r.sent_at, r.outcome_details, r.call_duration_seconds,
    r.call_sentiment, r.email_message_id, r.metadata, r.attributes, r.created_at, r.updated_at
FROM jsonb_populate_recordset(NULL::touchpoints, %(rows)s::jsonb) AS r;

-- name: write_events
-- What happened with them; who did it is judged as ever.
SELECT record_events(%(rows)s::jsonb);

-- name: write_consents
-- Consents as they come.
INSERT INTO consents (id, contact_id, channel, basis, wording, evidence, captured_at, revoked_at)
SELECT r.id, r.contact_id, r.channel, r.basis, r.wording, r.evidence, r.captured_at, r.revoked_at
FROM jsonb_populate_recordset(NULL::consents, %(rows)s::jsonb) AS r;

-- name: write_suppressions
-- Suppressions as they come.
INSERT INTO suppressions (id, contact_id, channel, reason, created_at)
SELECT r.id, r.contact_id, r.channel, r.reason, r.created_at
FROM jsonb_populate_recordset(NULL::suppressions, %(rows)s::jsonb) AS r;

-- name: sent
-- The messages of these intents as their recipients have them.
SELECT
    i.id AS intent_id, i.touchpoint_id, i.contact_id, i.company_id, i.channel, i.step_key, i.variant, i.subject, i.content, i.sender_id,
    s.address AS sender, coalesce(i.wire_message_id, i.message_id) AS message_id, c.email_key AS address,
    concat_ws(' ', c.first_name, c.last_name) AS name, e.touch_count AS number, p.name AS campaign
FROM intents AS i
INNER JOIN enrolments AS e ON e.id = i.enrolment_id
INNER JOIN campaigns AS p ON p.id = e.campaign_id
INNER JOIN contacts AS c ON c.id = i.contact_id
LEFT JOIN senders AS s ON s.id = i.sender_id
WHERE i.id = ANY (%(ids)s) AND i.state = 'sent' AND i.touchpoint_id IS NOT NULL
ORDER BY c.email_key, i.step_key;

-- name: waiting
-- What was asked of us at this moment: messages to approve and tasks.
SELECT
    v.id, 'approval' AS kind, v.step_key AS about, c.email_key AS address, e.company_id, e.contact_id, v.content_hash, NULL::timestamptz AS waits_until
FROM approvals AS v INNER JOIN enrolments AS e ON e.id = v.enrolment_id INNER JOIN contacts AS c ON c.id = e.contact_id
WHERE v.state = 'pending' AND v.created_at = %(now)s
UNION ALL
SELECT t.id, t.kind, coalesce(g.kind, i.step_key, t.title), coalesce(c.email_key, ''), t.company_id, t.contact_id, NULL, t.waits_until
FROM tasks AS t
LEFT JOIN signals AS g ON g.id = t.signal_id
LEFT JOIN intents AS i ON i.id = t.intent_id
LEFT JOIN contacts AS c ON c.id = t.contact_id
WHERE t.state = 'open' AND t.created_at = %(now)s
ORDER BY address, kind, about;

-- name: begin_campaign
-- A campaign of the demo is live: what it did counts, and left touchpoints. Its senders print to the console.
UPDATE campaigns AS c SET
    status = 'active', is_live = true, started_at = %(now)s, preview_hash = v.content_hash, preview_approved_by = %(by)s,
    preview_approved_at = %(now)s
FROM campaign_versions AS v
WHERE c.id = %(id)s AND v.id = %(version_id)s;
