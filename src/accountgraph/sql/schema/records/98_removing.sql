-- How a person goes: their words and names, what says who they were; what was done stays as a count of nobody.

-- Their way through campaigns ends, and nothing of it says what was written to them or why.
CREATE FUNCTION erase_ledger(person uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    ways constant uuid[] := ARRAY(SELECT e.id FROM enrolments AS e WHERE e.contact_id = person ORDER BY e.id);
    acts constant uuid[] := ARRAY(SELECT i.id FROM intents AS i WHERE i.contact_id = person OR i.enrolment_id = ANY (ways));
    told constant uuid[] := ARRAY(SELECT g.id FROM signals AS g WHERE g.contact_id = person OR g.intent_id = ANY (acts));
BEGIN
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, settled_at = current_moment()
    WHERE i.id = ANY (acts) AND i.state = 'planned';
    UPDATE intents AS i SET
        contact_id = NULL, touchpoint_id = NULL, mentions_id = NULL, address = NULL, subject = NULL, content = NULL, content_hash = NULL,
        wire_message_id = NULL, provider_id = NULL, in_reply_to = NULL, message_references = NULL, links = NULL, detail = NULL
    WHERE i.id = ANY (acts);
    UPDATE attempts AS a SET detail = NULL, raw = '{}' WHERE a.intent_id = ANY (acts);
    UPDATE sends AS s SET contact_id = NULL, touchpoint_id = NULL WHERE s.contact_id = person OR s.intent_id = ANY (acts);
    UPDATE decisions AS d SET reason = '[erased]', inputs = '{}' WHERE d.enrolment_id = ANY (ways);
    UPDATE approvals AS a SET
        address = NULL, subject = NULL, content = '', content_hash = '', note = NULL, mentions_id = NULL,
        state = CASE WHEN a.state IN ('pending', 'accepted') THEN 'withdrawn' ELSE a.state END
    WHERE a.enrolment_id = ANY (ways);
    DELETE FROM drafts AS d WHERE d.enrolment_id = ANY (ways);
    UPDATE manual_messages AS m SET
        contact_id = NULL, touchpoint_id = NULL, address = '', subject = '', content = '', content_hash = '', message_id = '',
        wire_message_id = NULL, provider_id = NULL, in_reply_to = NULL, message_references = NULL, detail = NULL
    WHERE m.contact_id = person;
    DELETE FROM tasks AS t WHERE t.state = 'open' AND (t.contact_id = person OR t.enrolment_id = ANY (ways) OR t.signal_id = ANY (told));
    UPDATE tasks AS t SET title = '[erased]', body = NULL, note = NULL, contact_id = NULL
    WHERE t.contact_id = person OR t.enrolment_id = ANY (ways) OR t.signal_id = ANY (told);
    UPDATE signals AS g SET
        contact_id = NULL, touchpoint_id = NULL, source = '[erased]', data = '{}', effects = '[]', dedupe_key = 'erased:' || g.id
    WHERE g.id = ANY (told);
    UPDATE enrolments AS e SET state = 'finished', reason = 'contact_removed', finished_at = current_moment()
    WHERE e.id = ANY (ways) AND e.state NOT IN ('finished', 'failed');
    UPDATE enrolments AS e SET contact_id = NULL, conversation_id = NULL, referred_by_id = NULL WHERE e.id = ANY (ways);
    UPDATE enrolments AS e SET referred_by_id = NULL WHERE e.referred_by_id = person;
END
$$;

-- What came in from them, or says so: mails, deliveries of providers, who wrote to whom.
CREATE FUNCTION erase_intake(person uuid, addresses text[], names text[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    pattern constant text := pattern_of(names);
BEGIN
    -- The hash of what identified a mail stays, so that the same mail does not come in again.
    UPDATE mails AS m SET
        contact_id = NULL, touchpoint_id = NULL, from_email = NULL, subject = NULL, message_id = NULL, understood = '{}', effects = '[]',
        raw = '', dedupe_key = 'erased:' || encode(sha256(convert_to(m.dedupe_key, 'UTF8')), 'hex')
    WHERE m.contact_id = person OR lower(m.from_email) = ANY (addresses);
    -- What is about others too keeps what is theirs.
    UPDATE mails AS m SET raw = decode(regexp_replace(encode(m.raw, 'escape'), pattern, '[erased]', 'gi'), 'escape')
    WHERE encode(m.raw, 'escape') ~* pattern;
    UPDATE webhook_payloads AS p SET
        body = CASE p.state WHEN 'new' THEN decode(regexp_replace(encode(p.body, 'escape'), pattern, '[erased]', 'gi'), 'escape') ELSE '' END,
        effects = '[]', error = NULL
    WHERE encode(p.body, 'escape') ~* pattern;
    DELETE FROM mail_headers AS h WHERE h.email_key = ANY (addresses);
END
$$;

-- Nobody may write to them again, whoever brings their address: only its hash is kept.
CREATE FUNCTION keep_hashes(person uuid, addresses text[], numbers text[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    hashes constant text[] := ARRAY(SELECT address_hash(k.key) FROM unnest(addresses || numbers) AS k (key));
BEGIN
    UPDATE suppressions AS s SET note = NULL, address = NULL WHERE s.contact_id = person OR s.address_hash = ANY (hashes);
    INSERT INTO suppressions (address_hash, channel, reason)
    SELECT address_hash(k.key), 'all', 'objection' FROM unnest(addresses) AS k (key)
    UNION ALL
    SELECT address_hash(k.key), c.channel, 'objection' FROM unnest(numbers) AS k (key) CROSS JOIN (VALUES ('sms'), ('call'), ('whatsapp')) AS c (channel)
    WHERE NOT EXISTS ( -- a switchboard is others' too
        SELECT FROM contacts AS o
        WHERE o.id IS DISTINCT FROM person AND o.phone IS NOT NULL
            AND ltrim(regexp_replace(o.phone, '[^0-9]', '', 'g'), '0') = ltrim(k.key, '+')
    )
    ON CONFLICT DO NOTHING;
    DELETE FROM suppressions AS s WHERE s.contact_id = person AND s.address_hash IS NULL AND s.domain IS NULL;
END
$$;

-- Erase a person; gives how many rows of each table were about them, or named them. `person` is NULL where only an address is known.
CREATE FUNCTION erase_person(person uuid, former uuid[], addresses text[], numbers text[], by_whom text) RETURNS jsonb
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
