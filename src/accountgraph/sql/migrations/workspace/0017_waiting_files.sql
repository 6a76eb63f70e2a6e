-- Who is erased while a file waits to be imported does not come back by it; a kept answer can be forgotten.

-- Whose rows an import leaves out: hashes of addresses, numbers and external ids, for as long as it is not over.
CREATE TABLE import_erasures (
    import_id uuid NOT NULL CONSTRAINT import_erasures_import_id_fkey REFERENCES imports ON DELETE CASCADE,
    key_hash text NOT NULL,
    PRIMARY KEY (import_id, key_hash)
);

-- An erasure and the rows of an import wait for each other: what an import wrote before is found, and what it writes after is left out.
CREATE FUNCTION erasures_lock() RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN hashtextextended('erasures of ' || current_schema(), 0);
END
$$;

-- Bytes without whoever the pattern names; NULL where they name nobody. A part of a file may begin within a letter.
CREATE FUNCTION erased_from(content bytea, pattern text) RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
    said text;
BEGIN
    BEGIN
        said := convert_from(content, 'UTF8');
    EXCEPTION WHEN character_not_in_repertoire THEN
        said := encode(content, 'escape');
        RETURN CASE WHEN said ~* pattern THEN decode(regexp_replace(said, pattern, '[erased]', 'gi'), 'escape') END;
    END;
    RETURN CASE WHEN said ~* pattern THEN convert_to(regexp_replace(said, pattern, '[erased]', 'gi'), 'UTF8') END;
END
$$;

-- Files that wait, rows that were rejected, and answers that are kept for whoever asks twice say nothing of a person any more.
CREATE FUNCTION erase_uploads(person uuid, addresses text[], numbers text[], names text[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    pattern constant text := pattern_of(names);
BEGIN
    INSERT INTO import_erasures (import_id, key_hash)
    SELECT i.id, address_hash(k.key)
    FROM imports AS i CROSS JOIN (
        SELECT a.key FROM unnest(addresses) AS a (key)
        UNION
        SELECT n.key FROM unnest(numbers) AS n (key)
        WHERE NOT EXISTS ( -- a switchboard is others' too
            SELECT FROM contacts AS o
            WHERE o.id IS DISTINCT FROM person AND o.phone IS NOT NULL
                AND ltrim(regexp_replace(o.phone, '[^0-9]', '', 'g'), '0') = ltrim(n.key, '+')
        )
        UNION
        SELECT x.source || E'\x1f' || x.key FROM external_ids AS x WHERE x.contact_id = person
    ) AS k
    WHERE i.state IN ('uploading', 'pending', 'running')
    ON CONFLICT DO NOTHING;
    UPDATE import_rejects AS r SET content = n.content
    FROM (SELECT o.import_id, o.number, erased_from(o.content, pattern) AS content FROM import_rejects AS o) AS n
    WHERE n.import_id = r.import_id AND n.number = r.number AND n.content IS NOT NULL;
    UPDATE idempotency_keys AS k SET body = NULL WHERE erased_from(k.body, pattern) IS NOT NULL;
END
$$;

CREATE OR REPLACE FUNCTION erase_person(person uuid, former uuid[], addresses text[], numbers text[], by_whom text) RETURNS jsonb
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    is_namesake constant boolean := EXISTS (
        SELECT FROM contacts AS c INNER JOIN contacts AS o
            ON lower(btrim(o.first_name)) = lower(btrim(c.first_name)) AND lower(btrim(o.last_name)) = lower(btrim(c.last_name)) AND o.id <> c.id
        WHERE c.id = person
    );
    names constant text[] := addresses || ARRAY(
        SELECT c.email FROM contacts AS c WHERE c.id = person AND c.email IS NOT NULL
        UNION
        SELECT n.name FROM contacts AS c LEFT JOIN companies AS a ON a.id = c.company_id CROSS JOIN LATERAL unnest(ARRAY[
            c.phone, c.linkedin_url, c.twitter_url, c.personal_website,
            CASE WHEN c.first_name <> '' AND c.last_name <> '' AND NOT is_namesake THEN btrim(c.first_name) || ' ' || btrim(c.last_name) END
        ]) AS n (name)
        WHERE c.id = person AND length(n.name) > 4 AND coalesce(strpos(n.name, a.domain), 0) = 0
            AND NOT EXISTS ( -- a switchboard, a page of the firm: what others have too does not name them
                SELECT FROM contacts AS o
                WHERE o.id <> person AND n.name IN (o.phone, o.linkedin_url, o.twitter_url, o.personal_website)
            )
        UNION
        SELECT n.name FROM merged_contacts AS m CROSS JOIN LATERAL unnest(ARRAY[m.email, m.phone]) AS n (name)
        WHERE m.contact_id = person AND n.name IS NOT NULL AND NOT EXISTS (SELECT FROM contacts AS o WHERE o.id <> person AND o.phone = n.name)
        UNION
        SELECT format('%s', n.name) FROM merge_records AS m
        INNER JOIN merge_rows AS r ON r.merge_id = m.id AND r.table_name = 'contacts' AND r.after IS NULL
        CROSS JOIN LATERAL unnest(ARRAY[
            r.before ->> 'linkedin_url', r.before ->> 'twitter_url', r.before ->> 'personal_website',
            CASE WHEN NOT is_namesake THEN btrim(r.before ->> 'first_name') || ' ' || btrim(r.before ->> 'last_name') END
        ]) AS n (name)
        WHERE m.dropped_id = ANY (former) AND length(n.name) > 4
    );
    counts jsonb;
    given text[];
BEGIN
    SELECT coalesce(jsonb_object_agg(r.key, jsonb_array_length(r.value)), '{}') INTO counts
    FROM jsonb_each(CASE WHEN EXISTS (SELECT FROM contacts AS c WHERE c.id = person) THEN rows_of_person(person) ELSE '{}' END) AS r (key, value);
    given := ARRAY(
        SELECT '\m' || literally(n.name) || '\M' FROM contacts AS c CROSS JOIN LATERAL unnest(ARRAY[c.first_name, c.last_name]) AS n (name)
        WHERE c.id = person AND n.name <> ''
    );
    -- Messages to others that name them, by their first name perhaps.
    UPDATE intents AS i SET
        subject = regexp_replace(i.subject, array_to_string(given, '|'), '[erased]', 'g'),
        content = regexp_replace(i.content, array_to_string(given, '|'), '[erased]', 'g')
    WHERE i.mentions_id = person AND cardinality(given) > 0;
    UPDATE touchpoints AS t SET
        subject = regexp_replace(t.subject, array_to_string(given, '|'), '[erased]', 'g'),
        content = regexp_replace(t.content, array_to_string(given, '|'), '[erased]', 'g')
    FROM intents AS i WHERE i.touchpoint_id = t.id AND i.mentions_id = person AND cardinality(given) > 0;
    UPDATE approvals AS a SET
        subject = regexp_replace(a.subject, array_to_string(given, '|'), '[erased]', 'g'),
        content = regexp_replace(a.content, array_to_string(given, '|'), '[erased]', 'g'),
        state = CASE a.state WHEN 'pending' THEN 'withdrawn' ELSE a.state END
    WHERE a.mentions_id = person AND cardinality(given) > 0;
    DELETE FROM drafts AS d WHERE d.mentions_id = person;
    UPDATE intents AS i SET mentions_id = NULL WHERE i.mentions_id = person;
    -- What they did and said in the conversations of others.
    UPDATE touchpoints AS t SET content = CASE t.direction WHEN 'inbound' THEN NULL ELSE t.content END, response = NULL, call_transcript = NULL
    WHERE t.id IN (SELECT e.touchpoint_id FROM events AS e WHERE e.contact_id = person AND e.kind IN ('received', 'replied', 'answered'));
    UPDATE events AS e SET contact_id = NULL, url = NULL, user_agent = NULL, address = NULL, provider_event_id = NULL, raw = '{}', actor_is_given = true
    WHERE e.contact_id = person;
    PERFORM erase_ledger(person);
    PERFORM erase_intake(person, addresses, names);
    PERFORM erase_uploads(person, addresses, numbers, names);
    PERFORM keep_hashes(person, addresses, numbers);
    DELETE FROM merge_rows AS r USING merge_records AS m WHERE m.id = r.merge_id AND (person IN (m.kept_id, m.dropped_id) OR m.dropped_id = ANY (former));
    DELETE FROM contacts AS c WHERE c.id = person;
    SELECT counts || coalesce(jsonb_object_agg(t.table_name, coalesce((counts ->> t.table_name)::bigint, 0) + t.total), '{}') INTO counts
    FROM erase_traces(names) AS t;
    INSERT INTO erasures (erased_by, counts) VALUES (by_whom, counts);
    RETURN counts;
END
$$;

DO $$
BEGIN
    ALTER TABLE import_erasures ENABLE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY workspace ON import_erasures TO %I USING (true) WITH CHECK (true)', current_user);
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
END
$$;

INSERT INTO audit_exemptions (table_name, logs_deletes, reason) VALUES
('import_erasures', false, 'hashes of whom an import leaves out, until it is over; that somebody was erased stands in erasures');

-- Further lists are read a page at a time.
CREATE INDEX tasks_inbox_idx ON tasks (state, due_at, id)
WHERE signal_id IS NOT NULL AND contact_id IS NOT NULL AND kind IN ('reply', 'proposal', 'meeting_outcome', 'question');
CREATE INDEX drafts_asked_at_idx ON drafts (asked_at, id);
CREATE INDEX drafts_state_idx ON drafts (state, asked_at, id);
CREATE INDEX holds_created_at_idx ON holds (created_at, id);
CREATE INDEX holds_standing_idx ON holds (created_at, id) WHERE lifted_at IS NULL;
CREATE INDEX account_exclusions_created_at_idx ON account_exclusions (created_at, id);
CREATE INDEX account_exclusions_standing_idx ON account_exclusions (created_at, id) WHERE ended_at IS NULL;
CREATE INDEX signals_at_idx ON signals (at, id);
CREATE INDEX signals_kind_idx ON signals (kind, at, id);

-- What needs a person at a time: a key that stands for it as long as it does, since when, whose it is, and a word about it.
CREATE OR REPLACE FUNCTION notice_needs(at_time timestamptz, reply_wait interval) RETURNS TABLE (
    key text, kind text, since timestamptz, account text, person text, about text
)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN QUERY
    WITH needs AS (
        SELECT 'approval:' || a.id AS key, 'approval_waiting' AS kind, a.created_at AS since, e.company_id, e.contact_id, p.name AS about
        FROM approvals AS a
        INNER JOIN enrolments AS e ON e.id = a.enrolment_id
        INNER JOIN campaigns AS p ON p.id = e.campaign_id
        WHERE a.state = 'pending'
        UNION ALL
        SELECT
            CASE WHEN t.kind = 'reply' THEN 'reply:' ELSE 'task:' END || t.id, CASE WHEN t.kind = 'reply' THEN 'reply_waiting' ELSE 'task_overdue' END,
            CASE WHEN t.kind = 'reply' THEN t.created_at ELSE t.due_at END, t.company_id, t.contact_id, t.title
        FROM tasks AS t
        WHERE t.state = 'open' AND coalesce(t.waits_until <= at_time, true) AND t.kind <> 'resolve_unknown' AND (
            CASE WHEN t.kind = 'reply' THEN t.created_at <= at_time - reply_wait ELSE t.due_at <= at_time - interval '1 day' END
        )
        UNION ALL
        SELECT 'intent:' || i.id, 'message_unknown', i.called_at, i.company_id, i.contact_id, i.channel FROM intents AS i WHERE i.state = 'unknown'
        UNION ALL
        SELECT 'answer:' || m.id, 'message_unknown', m.called_at, m.company_id, m.contact_id, 'email'
        FROM manual_messages AS m WHERE m.state = 'unknown' OR (m.state = 'calling' AND m.lease_until <= at_time)
        UNION ALL
        SELECT
            'hold:' || h.id, CASE WHEN h.scope = 'sender' THEN 'mailbox_stopped' ELSE 'workspace_stopped' END, h.created_at, NULL, NULL,
            concat_ws(': ', s.address, h.reason)
        FROM holds AS h LEFT JOIN senders AS s ON s.id = h.sender_id
        WHERE h.scope IN ('workspace', 'sender') AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at_time)
        UNION ALL
        SELECT 'mailbox:' || b.sender_id, 'mailbox_stopped', b.failing_since, NULL, NULL, s.address || ' cannot be read: ' || coalesce(b.error, '')
        FROM mailboxes AS b INNER JOIN senders AS s ON s.id = b.sender_id
        WHERE b.failing_since <= at_time - interval '1 hour'
        UNION ALL
        SELECT 'campaign:' || p.id, 'campaign_paused', p.updated_at, NULL, NULL, p.name FROM campaigns AS p WHERE p.status = 'paused'
        UNION ALL
        SELECT 'endpoint:' || e.id, 'endpoint_stopped', coalesce(e.stopped_at, e.updated_at), NULL, NULL, split_part(e.url, '?', 1) || ': ' || e.reason
        FROM outgoing_endpoints AS e WHERE e.state = 'gone' OR (e.state = 'paused' AND e.failing_since IS NOT NULL)
        UNION ALL
        SELECT 'drafts', 'budget_spent', min(d.asked_at), NULL, NULL, count(*) || ' messages wait for a model'
        FROM drafting_settings AS s INNER JOIN drafts AS d ON d.state = 'wanted'
        WHERE s.drafts_per_day <= (SELECT count(*) FROM drafts AS c WHERE c.called_at > at_time - interval '1 day')
        HAVING count(*) > 0
        UNION ALL
        SELECT
            'agent:' || g.name || ':' || d.day || ':' || b.what, 'budget_spent', u.since, NULL, NULL,
            'agent ' || g.name || ' has used its ' || b.most || ' ' || b.what || ' of the day'
        FROM agents AS g
        CROSS JOIN LATERAL (SELECT (at_time AT TIME ZONE g.timezone)::date AS day) AS d
        CROSS JOIN LATERAL (
            SELECT
                count(*) AS proposals, count(*) FILTER (WHERE m.released_at IS NOT NULL AND m.withdrawn_at IS NULL) AS touches,
                max(greatest(m.asked_at, m.released_at)) AS since
            FROM agent_messages AS m WHERE m.agent = g.name AND m.day = d.day
        ) AS u
        CROSS JOIN LATERAL (
            VALUES ('touches', g.touches_a_day, u.touches, g.may_send), ('proposals', g.proposals_a_day, u.proposals, true)
        ) AS b (what, most, used, is_used)
        WHERE NOT g.is_paused AND b.is_used AND b.used > 0 AND b.used >= b.most
    )
    SELECT
        n.key, n.kind, n.since, o.name, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email), n.about
    FROM needs AS n
    LEFT JOIN contacts AS c ON c.id = n.contact_id
    LEFT JOIN companies AS o ON o.id = coalesce(n.company_id, c.company_id);
END
$$;
