-- The queue of tasks, and what one has to know for each.

-- name: held
-- The task that somebody is at.
SELECT t.id FROM tasks AS t
WHERE lower(t.held_by) = lower(%(by)s) AND t.held_until > %(now)s AND t.state = 'open'
    AND (%(kinds)s::text[] IS NULL OR t.kind = ANY (%(kinds)s))
    AND (%(owner)s::text IS NULL OR lower(coalesce(t.owner, t.owner_user_id::text)) = lower(%(owner)s))
ORDER BY t.due_at, t.id LIMIT 1
FOR UPDATE;

-- name: free
-- What is due first of what nobody is at; what somebody else takes in this moment is passed over. Without an owner, not what was
-- assigned by name to another.
SELECT t.id FROM tasks AS t
WHERE t.state = 'open' AND (t.waits_until IS NULL OR t.waits_until <= %(now)s) AND (t.held_until IS NULL OR t.held_until <= %(now)s)
    AND (%(kinds)s::text[] IS NULL OR t.kind = ANY (%(kinds)s))
    AND CASE
        WHEN %(owner)s::text IS NULL THEN t.owner IS NULL OR lower(t.owner) = lower(%(by)s)
        ELSE lower(coalesce(t.owner, t.owner_user_id::text)) = lower(%(owner)s)
    END
ORDER BY t.due_at, t.id LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: hold
-- Somebody is at a task.
UPDATE tasks AS t SET held_by = %(by)s, held_until = %(until)s WHERE t.id = %(id)s;

-- name: release
-- Nobody is at a task any more.
UPDATE tasks AS t SET held_by = NULL, held_until = NULL WHERE t.id = %(id)s AND t.held_by IS NOT NULL;

-- name: snooze
-- A task that is not handed out before a time: it is due and escalates no sooner.
UPDATE tasks AS t SET
    held_by = NULL, held_until = NULL, waits_until = %(until)s, snoozed_by = %(by)s, due_at = greatest(t.due_at, %(until)s),
    escalate_at = greatest(t.escalate_at, %(until)s + (t.escalate_at - t.due_at)),
    escalated_at = NULL
WHERE t.id = %(id)s;

-- name: wake
-- What was put off, one task or all of a person, is there at once.
UPDATE tasks AS t SET
    waits_until = NULL, snoozed_by = NULL, due_at = least(t.due_at, %(now)s),
    escalate_at = least(t.escalate_at, %(now)s + (t.escalate_at - t.due_at))
WHERE (t.id = %(id)s OR t.contact_id = %(contact_id)s) AND t.state = 'open' AND t.snoozed_by IS NOT NULL AND t.waits_until > %(now)s;

-- name: lock
-- A task, kept as it is until the transaction ends.
SELECT t.id FROM tasks AS t WHERE t.id = %(id)s FOR UPDATE;

-- name: person
-- Whom a task is about.
SELECT
    c.title, c.role, c.email, c.phone, c.linkedin_url, c.country, coalesce(e.zone, c.communication_preferences ->> 'timezone') AS zone,
    c.communication_preferences ->> 'best_time' AS best_time,
    b.barred
FROM tasks AS t
INNER JOIN contacts AS c ON c.id = t.contact_id
LEFT JOIN intents AS i ON i.id = t.intent_id
LEFT JOIN enrolments AS e ON e.id = coalesce(t.enrolment_id, i.enrolment_id)
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT s.channel || ': ' || s.reason ORDER BY s.channel || ': ' || s.reason), '{}') AS barred
    FROM suppressions_of(c.id) AS s
) AS b
WHERE t.id = %(id)s;

-- name: step
-- The words of the step that a task is, where it goes, and why it was decided to do it.
SELECT
    i.channel, i.address, i.subject, i.content,
    (
        SELECT d.reason FROM decisions AS d
        WHERE d.enrolment_id = i.enrolment_id AND d.step_key = i.step_key AND d.verdict = 'allow'
        ORDER BY d.last_at DESC, d.id DESC LIMIT 1
    ) AS reason,
    e.touch_count + 1 AS touch,
    (SELECT max(x.sent_at) FROM touchpoints AS x WHERE x.conversation_id = e.conversation_id AND x.direction = 'outbound') AS last_touch_at
FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id
WHERE i.id = %(intent_id)s;

-- name: colleagues
-- People of the account with whom we are in touch: who acted or was talked to lately, the latest first.
SELECT
    c.id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, '') AS name, c.title, c.last_engaged_at,
    v.last_at AS last_touch_at, coalesce((c.communication_preferences ->> 'do_not_reference')::boolean, false) AS is_withheld
FROM contacts AS c
CROSS JOIN LATERAL (SELECT max(v.last_touchpoint_at) AS last_at FROM conversations AS v WHERE v.contact_id = c.id) AS v
WHERE c.company_id = %(company_id)s AND c.id IS DISTINCT FROM %(contact_id)s
    AND greatest(c.last_engaged_at, v.last_at) > %(since)s
ORDER BY c.last_engaged_at DESC NULLS LAST, v.last_at DESC NULLS LAST, c.id
LIMIT %(limit)s;

-- name: last_words
-- The latest touchpoints of a conversation that have left or come in, the oldest first.
SELECT w.direction, w.channel, w.sent_at, w.subject, w.content, w.response, w.outcome_details
FROM (
    SELECT x.* FROM touchpoints AS x
    WHERE x.conversation_id = %(conversation_id)s AND x.sent_at IS NOT NULL
    ORDER BY x.sent_at DESC, x.id LIMIT %(limit)s
) AS w
ORDER BY w.sent_at, w.id;

-- name: touchpoint
-- The touchpoint that a task became: that of its step, or the one that was recorded for it.
SELECT i.touchpoint_id FROM tasks AS t INNER JOIN intents AS i ON i.id = t.intent_id WHERE t.id = %(id)s AND i.touchpoint_id IS NOT NULL
UNION ALL
SELECT x.id FROM tasks AS t
INNER JOIN conversations AS v ON v.contact_id = t.contact_id
INNER JOIN touchpoints AS x ON x.conversation_id = v.id AND x.metadata ->> 'task_id' = t.id::text
WHERE t.id = %(id)s
LIMIT 1;

-- name: describe
-- What a person did is their touch, not the engine's; what they say of it later takes the place of what they said before.
UPDATE touchpoints AS x SET
    created_by_automation = false, outcome_details = coalesce(%(outcome)s, x.outcome_details),
    call_duration_seconds = coalesce(%(seconds)s, x.call_duration_seconds),
    call_recording_url = coalesce(%(recording)s, x.call_recording_url), call_transcript = coalesce(%(transcript)s, x.call_transcript),
    call_sentiment = coalesce(%(sentiment)s, x.call_sentiment),
    metadata = x.metadata || jsonb_strip_nulls(jsonb_build_object('done_by', %(by)s::text, 'note', %(note)s::text))
WHERE x.id = %(id)s;

-- name: came_of_it
-- What came of a task after it was done.
UPDATE tasks AS t SET outcome = %(outcome)s, note = concat_ws('; ', t.note, %(note)s::text)
WHERE t.id = %(id)s AND t.state = 'done' AND t.outcome = %(before)s;

-- name: call_back
-- A call at a time that was promised; the enrolment waits for it.
INSERT INTO tasks (kind, title, body, company_id, contact_id, enrolment_id, owner, due_at, waits_until, escalate_at, created_at)
VALUES (
    'call', %(title)s, %(body)s, %(company_id)s, %(contact_id)s, %(enrolment_id)s, %(owner)s, %(at)s, %(at)s, %(escalate_at)s, %(now)s
)
RETURNING id;

-- name: other_callback
-- Whether somebody is to be called back once more.
SELECT true FROM tasks AS t
WHERE t.enrolment_id = %(enrolment_id)s AND t.id <> %(id)s AND t.kind = 'call' AND t.intent_id IS NULL AND t.state = 'open'
LIMIT 1;

-- name: put_off
-- What came of a meeting is asked after the time it was moved to.
UPDATE tasks AS t SET
    waits_until = %(at)s, snoozed_by = NULL, due_at = %(due_at)s, escalate_at = %(escalate_at)s, escalated_at = NULL, held_by = NULL, held_until = NULL
WHERE t.id = %(id)s AND t.state = 'open';

-- name: known_meeting
-- Whose a meeting is, and the latest that a calendar said of it, by any of its names.
SELECT c.id AS contact_id, coalesce(%(company_id)s, c.company_id) AS company_id, k.id AS signal_id, k.kind, k.sequence
FROM (SELECT 1) AS one
LEFT JOIN touchpoints AS x ON x.id = %(touchpoint_id)s
LEFT JOIN conversations AS v ON v.id = x.conversation_id
LEFT JOIN contacts AS c ON c.id = coalesce(%(contact_id)s, v.contact_id)
LEFT JOIN LATERAL (
    SELECT g.id, g.kind, (g.data ->> 'sequence')::bigint AS sequence FROM signals AS g
    WHERE g.contact_id = c.id AND g.kind IN ('meeting_booked', 'meeting_missed') AND jsonb_exists_any(g.data -> 'meeting', %(names)s::text[])
    ORDER BY (g.data ->> 'sequence')::bigint DESC NULLS LAST, g.id LIMIT 1
) AS k ON true;

-- name: asked_meeting
-- What is asked about a meeting that is booked.
SELECT t.id AS task_id, g.id AS signal_id, t.waits_until
FROM signals AS g INNER JOIN tasks AS t ON t.signal_id = g.id
WHERE g.contact_id = %(contact_id)s AND g.kind = 'meeting_booked' AND jsonb_exists_any(g.data -> 'meeting', %(names)s::text[])
    AND t.kind = 'meeting_outcome' AND t.state = 'open'
ORDER BY t.created_at DESC, t.id LIMIT 1
FOR UPDATE OF t;

-- name: named_meeting
-- What else a meeting is called.
UPDATE signals AS g SET data = g.data || jsonb_build_object('meeting', (
    SELECT jsonb_agg(n.name) FROM (
        SELECT j.name FROM jsonb_array_elements_text(g.data -> 'meeting') AS j (name)
        UNION
        SELECT u.name FROM unnest(%(names)s::text[]) AS u (name)
    ) AS n
))
WHERE g.id = %(id)s;

-- name: moved_meeting
-- When a meeting that is booked is by now, and how late that was said.
UPDATE signals AS g SET data = g.data || jsonb_strip_nulls(
    jsonb_build_object('sequence', %(sequence)s::bigint, 'until', %(until)s::timestamptz)
)
WHERE g.id = %(id)s;
