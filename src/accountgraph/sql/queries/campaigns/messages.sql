-- Messages: what they may speak of.

-- name: variables
-- All that is known for the next message of each enrolment, or for a first one to each contact: JSON without nulls.
WITH wanted AS (
    SELECT
        e.id AS key, e.id AS enrolment_id, e.contact_id, e.company_id, e.conversation_id, e.referred_by_id, e.touch_count,
        coalesce(q.sender_id, e.sender_id) AS sender_id
    FROM enrolments AS e LEFT JOIN queues AS q ON q.id = e.queue_id
    WHERE e.id = ANY (%(enrolments)s)
    UNION ALL
    SELECT
        c.id AS key, NULL AS enrolment_id, c.id AS contact_id, c.company_id, NULL AS conversation_id, NULL AS referred_by_id, 0 AS touch_count,
        (
            SELECT s.id FROM senders AS s
            WHERE s.is_active AND s.channel = 'email' AND (%(senders)s::text[] = '{}' OR s.address = ANY (%(senders)s))
            ORDER BY s.created_at, s.id LIMIT 1
        ) AS sender_id
    FROM contacts AS c WHERE c.id = ANY (%(contacts)s)
)
SELECT
    w.key,
    json_strip_nulls(json_build_object(
        'person', json_build_object(
            'id', c.id, 'first_name', c.first_name, 'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
            'name', nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''),
            'linkedin_url', c.linkedin_url, 'title', c.title, 'role', c.role, 'department', c.department,
            'seniority', c.seniority_level, 'status', c.status, 'country', coalesce(c.country, o.country), 'mail_law', j.rule, 'interests', c.interests,
            'attributes', c.attributes, 'research', c.research_data, 'source', c.source, 'collected_at', c.collected_at,
            'gave_address', coalesce(c.source = 'inbound', false) OR t.has_answered, 'has_written', t.has_written
        ),
        'company', CASE WHEN o.id IS NOT NULL THEN json_build_object(
            'name', o.name, 'domain', o.domain, 'industry', o.industry, 'size', o.size, 'country', o.country,
            'attributes', o.attributes, 'research', o.research_data
        ) END,
        'context', t.context,
        'sender', CASE WHEN s.id IS NOT NULL THEN json_build_object(
            'id', s.id, 'address', s.address, 'name', s.display_name, 'reply_to', s.reply_to, 'settings', s.settings,
            'legal_name', l.name, 'postal_address', l.postal_address, 'privacy_url', l.privacy_url, 'signature', s.signature,
            'tracks_opens', s.tracks_opens, 'tracks_clicks', s.tracks_clicks, 'is_signed', s.dkim_verified_at IS NOT NULL,
            'tracking_host', CASE WHEN s.tracking_host_verified_at IS NOT NULL THEN s.tracking_host END, 'alias_replies', s.alias_replies
        ) END,
        'public_url', CASE WHEN g.public_url_verified_at IS NOT NULL THEN g.public_url END,
        'candidates', k.people,
        'referred_by_id', w.referred_by_id,
        'thread', (
            SELECT json_build_object('message_id', i.wire_message_id, 'references', i.message_references, 'subject', i.subject)
            FROM intents AS i LEFT JOIN touchpoints AS m ON m.id = i.touchpoint_id
            WHERE i.enrolment_id = ANY (ARRAY( -- its own, or that which an agent's message goes on from
                    SELECT w.enrolment_id
                    UNION ALL
                    SELECT g.continues_id FROM agent_messages AS g WHERE g.enrolment_id = w.enrolment_id
                )) AND i.state = 'sent' AND i.channel = 'email' AND i.sender_id = w.sender_id
                AND i.wire_message_id IS NOT NULL AND m.bounced_at IS NULL
            ORDER BY i.settled_at DESC LIMIT 1
        ),
        'is_first_contact', w.touch_count = 0 AND NOT t.was_written_to
    ))::text AS variables
FROM wanted AS w
INNER JOIN contacts AS c ON c.id = w.contact_id
LEFT JOIN companies AS o ON o.id = coalesce(w.company_id, c.company_id)
LEFT JOIN senders AS s ON s.id = w.sender_id
LEFT JOIN workspace_settings AS g ON true
LEFT JOIN legal_identities AS l ON l.id = coalesce(s.legal_identity_id, g.legal_identity_id)
LEFT JOIN LATERAL (
    SELECT j.rule FROM jurisdictions AS j
    WHERE j.country = coalesce(c.country, o.country) AND j.channel = 'email' AND j.valid_from <= %(now)s::date
    ORDER BY j.valid_from DESC LIMIT 1
) AS j ON true
CROSS JOIN LATERAL (
    SELECT
        (array_agg(v.context ORDER BY v.id = w.conversation_id DESC, v.last_touchpoint_at DESC NULLS LAST, v.started_at DESC, v.id))[1] AS context,
        coalesce(bool_or(v.response_count > 0), false) AS has_answered,
        coalesce(bool_or(EXISTS (
            SELECT FROM touchpoints AS m WHERE m.conversation_id = v.id AND m.direction = 'inbound'
        )), false) AS has_written,
        coalesce(bool_or(EXISTS (
            SELECT FROM touchpoints AS m WHERE m.conversation_id = v.id AND m.direction = 'outbound' AND m.sent_at IS NOT NULL
        )), false) AS was_written_to
    FROM conversations AS v WHERE v.contact_id = c.id
) AS t
CROSS JOIN LATERAL (
    -- Of who did nothing, nothing can be told; of the others a rule says what may be.
    SELECT coalesce(json_agg(json_build_object(
        'id', p.id, 'name', concat_ws(' ', nullif(p.first_name, ''), nullif(p.last_name, '')), 'first_name', p.first_name, 'title', p.title,
        'status', p.status, 'is_related', true, 'is_withheld', coalesce((p.communication_preferences ->> 'do_not_reference')::boolean, false),
        'has_left', EXISTS (
            SELECT FROM signals AS h
            WHERE h.contact_id = p.id AND h.kind = 'left_company' AND (h.company_id IS NULL OR h.company_id = p.company_id)
        ),
        'is_off_limits', p.engagement_excluded IS NOT NULL
            OR coalesce((p.communication_preferences ->> 'do_not_contact')::boolean, false) OR EXISTS (SELECT FROM suppressions_of(p.id)),
        'deeds', y.deeds
    )), '[]') AS people
    FROM (
        SELECT r.contact_id_2 AS id FROM relationships AS r WHERE r.contact_id_1 = c.id
        UNION
        SELECT r.contact_id_1 FROM relationships AS r WHERE r.contact_id_2 = c.id
        UNION
        SELECT n.id FROM contacts AS n WHERE n.company_id = c.company_id AND n.last_engaged_at IS NOT NULL
    ) AS near
    INNER JOIN contacts AS p ON p.id = near.id
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object('kind', d.kind, 'at', d.at, 'detail', d.detail)) AS deeds
        FROM events AS d
        WHERE d.contact_id = p.id AND d.at <= %(now)s
            AND d.kind IN ('received', 'replied', 'meeting_held', 'complained', 'unsubscribed')
    ) AS y
    WHERE %(colleagues)s AND p.last_engaged_at IS NOT NULL AND p.id <> c.id AND (p.first_name <> '' OR p.last_name <> '')
        AND y.deeds IS NOT NULL
) AS k;

-- name: contact
-- Who has an address.
SELECT c.id FROM contacts AS c WHERE c.id = contact_of(%(email_key)s);
