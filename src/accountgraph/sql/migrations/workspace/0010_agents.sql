-- AI agents: what each may do in a day, the messages they ask for, and what none of them gets round.

-- An agent as people let it work. Its row is locked while it reserves, so that two processes cannot overrun its budget.
CREATE TABLE agents (
    name text PRIMARY KEY CONSTRAINT agents_name_check CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,79}$'),
    may_send boolean NOT NULL DEFAULT false, -- false: every message of its waits for a person
    touches_a_day integer NOT NULL DEFAULT 0
        CONSTRAINT agents_touches_a_day_check CHECK (touches_a_day BETWEEN 0 AND 10000), -- that leave without a person
    proposals_a_day integer NOT NULL DEFAULT 100
        CONSTRAINT agents_proposals_a_day_check CHECK (proposals_a_day BETWEEN 0 AND 10000), -- that people are asked about
    timezone text NOT NULL DEFAULT 'UTC', -- whose days they are
    is_paused boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE TRIGGER touch BEFORE UPDATE ON agents FOR EACH ROW EXECUTE FUNCTION touch();

-- On which channels agents ask for messages: each is a campaign of one step, so that arbiter, approvals and ledger are those of all.
CREATE TABLE agent_channels (
    channel text PRIMARY KEY CONSTRAINT agent_channels_channel_check
        CHECK (channel IN ('email', 'sms', 'call', 'linkedin', 'mail', 'whatsapp', 'meeting')),
    campaign_id uuid NOT NULL CONSTRAINT agent_channels_campaign_id_fkey REFERENCES campaigns ON DELETE CASCADE,
    queue_id bigint NOT NULL CONSTRAINT agent_channels_queue_id_fkey REFERENCES queues, -- of those whose message waits for a person
    CONSTRAINT agent_channels_campaign_id_key UNIQUE (campaign_id)
);
CREATE INDEX agent_channels_queue_id_idx ON agent_channels (queue_id);

-- A message that an agent asked for. The words are the approval's; an agent that was removed is still named.
CREATE TABLE agent_messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agent text NOT NULL,
    enrolment_id uuid NOT NULL CONSTRAINT agent_messages_enrolment_id_fkey REFERENCES enrolments ON DELETE CASCADE,
    approval_id uuid NOT NULL CONSTRAINT agent_messages_approval_id_fkey REFERENCES approvals ON DELETE CASCADE,
    continues_id uuid CONSTRAINT agent_messages_continues_id_fkey REFERENCES enrolments ON DELETE SET NULL, -- whose thread it goes on in
    why text CONSTRAINT agent_messages_why_check CHECK (length(why) <= 2000), -- what the agent says for it
    day date NOT NULL, -- of the agent's zone: the one whose budget it uses
    asked_at timestamptz NOT NULL DEFAULT current_moment(),
    released_at timestamptz, -- when its budget let it go without a person; NULL: a person decides
    withdrawn_at timestamptz,
    CONSTRAINT agent_messages_approval_id_key UNIQUE (approval_id)
);
CREATE INDEX agent_messages_agent_idx ON agent_messages (agent, day);
CREATE INDEX agent_messages_enrolment_id_idx ON agent_messages (enrolment_id);
CREATE INDEX agent_messages_continues_id_idx ON agent_messages (continues_id) WHERE continues_id IS NOT NULL;

-- What an agent may do with messages. Its role may not write the tables: these functions are the owner's, and are all there is.

-- The agent's row, nobody else's until the transaction ends; none where there is none or it is paused.
CREATE FUNCTION working_agent(who text) RETURNS SETOF agents
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY SELECT g.* FROM agents AS g WHERE g.name = who AND NOT g.is_paused FOR UPDATE;
END
$$;

-- The day whose budget an agent uses. A session may set its time, but not to a day that is yet to come, or to one before the last that was
-- used (but one, for the agent's zone may change): then there is none.
CREATE FUNCTION agent_day(asking agents) RETURNS date
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    today constant date := (current_moment() AT TIME ZONE asking.timezone)::date;
BEGIN
    IF today > (clock_timestamp() AT TIME ZONE asking.timezone)::date
        OR today < (SELECT max(m.day) - 1 FROM agent_messages AS m WHERE m.agent = asking.name)
    THEN
        RETURN NULL;
    END IF;
    RETURN today;
END
$$;

-- A message that waits for a person. `refusal` says why there is none: no_agent, no_channel, no_contact, no_zone, other_day, too_many,
-- under_way.
-- It is the first step of an enrolment in the channel's campaign, so that everything that holds for campaigns holds for it.
CREATE FUNCTION agent_propose(
    who text, person uuid, by_channel text, line text, words text, colleague uuid, because text, in_zone text, zone_of text, mailbox uuid,
    in_thread_of uuid
) RETURNS TABLE (message_id uuid, enrolment uuid, approval uuid, refusal text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    asking agents;
    place agent_channels;
    whom contacts;
    today date;
    step text;
BEGIN
    SELECT g.* INTO asking FROM working_agent(who) AS g;
    SELECT k.* INTO place
    FROM agent_channels AS k INNER JOIN campaigns AS p ON p.id = k.campaign_id
    WHERE k.channel = by_channel AND p.status = 'active';
    SELECT c.* INTO whom FROM contacts AS c WHERE c.id = person;
    today := agent_day(asking);
    refusal := CASE
        WHEN asking.name IS NULL THEN 'no_agent'
        WHEN place.channel IS NULL THEN 'no_channel'
        WHEN whom.id IS NULL THEN 'no_contact'
        WHEN NOT EXISTS (SELECT FROM agent_zones(person) AS z WHERE z.zone = in_zone) THEN 'no_zone'
        WHEN today IS NULL THEN 'other_day'
        WHEN (SELECT count(*) FROM agent_messages AS m WHERE m.agent = who AND m.day = today) >= asking.proposals_a_day THEN 'too_many'
    END;
    IF refusal IS NULL THEN
        INSERT INTO enrolments AS e (
            campaign_id, version_id, contact_id, company_id, conversation_id, is_live, state, reason, step_key, queue_id, next_due_at, zone,
            zone_source, region, sender_id, started_at
        )
        SELECT
            p.id, v.id, whom.id, whom.company_id, t.id, p.is_live, 'paused', 'approval', v.step_key, place.queue_id,
            current_moment(), in_zone, zone_of, coalesce(whom.country, a.country), coalesce(s.sender_id, m.id), current_moment()
        FROM campaigns AS p
        CROSS JOIN LATERAL ( -- live, the version whose preview was approved; else the newest
            SELECT v.id, v.definition #>> '{steps,0,key}' AS step_key FROM campaign_versions AS v WHERE v.campaign_id = p.id
            ORDER BY (p.is_live AND v.content_hash = p.preview_hash) DESC NULLS LAST, v.number DESC LIMIT 1
        ) AS v
        LEFT JOIN companies AS a ON a.id = whom.company_id
        LEFT JOIN LATERAL (
            SELECT t.id FROM conversations AS t WHERE p.is_live AND t.contact_id = whom.id AND t.status = 'active'
            ORDER BY t.started_at DESC, t.id LIMIT 1
        ) AS t ON true
        LEFT JOIN LATERAL (
            SELECT i.sender_id FROM intents AS i
            WHERE i.contact_id = whom.id AND i.channel = by_channel AND i.state = 'sent' AND i.sender_id IS NOT NULL
            ORDER BY i.settled_at DESC LIMIT 1
        ) AS s ON true
        LEFT JOIN senders AS m ON m.id = mailbox AND m.channel = by_channel AND m.is_active
        WHERE p.id = place.campaign_id
        ON CONFLICT DO NOTHING
        RETURNING e.id, e.step_key INTO enrolment, step;
        IF enrolment IS NULL THEN
            refusal := 'under_way';
        ELSE
            INSERT INTO approvals AS v (enrolment_id, step_key, channel, address, subject, content, content_hash, mentions_id)
            VALUES (
                enrolment, step, by_channel,
                CASE WHEN by_channel = 'email' THEN whom.email WHEN by_channel = 'linkedin' THEN whom.linkedin_url ELSE whom.phone END,
                line, words, encode(sha256(convert_to(coalesce(line, '') || E'\n' || words, 'UTF8')), 'hex'), colleague
            )
            RETURNING v.id INTO approval;
            INSERT INTO agent_messages AS m (agent, enrolment_id, approval_id, continues_id, why, day)
            VALUES (
                who, enrolment, approval, (SELECT e.id FROM enrolments AS e WHERE e.id = in_thread_of AND e.contact_id = person), because, today
            )
            RETURNING m.id INTO message_id;
        END IF;
    END IF;
    RETURN NEXT;
END
$$;

-- The zones that somebody's hours may be kept by: their own, the account's, those of mailboxes, the workspace's.
CREATE FUNCTION agent_zones(person uuid) RETURNS TABLE (zone text)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT c.communication_preferences ->> 'timezone' FROM contacts AS c WHERE c.id = person
    UNION ALL
    SELECT coalesce(a.attributes ->> 'timezone', a.research_data ->> 'timezone')
    FROM contacts AS c INNER JOIN companies AS a ON a.id = c.company_id WHERE c.id = person
    UNION ALL
    SELECT s.timezone FROM senders AS s WHERE s.is_active AND s.timezone IS NOT NULL
    UNION ALL
    SELECT w.timezone FROM workspace_settings AS w
    UNION ALL
    SELECT 'UTC';
END
$$;

-- Whom of the account a message seems to name, beside the person it goes to: first or last names as words of their own.
CREATE FUNCTION named_in(words text, person uuid) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN (
        SELECT min(concat_ws(' ', o.first_name, o.last_name))
        FROM contacts AS c
        INNER JOIN contacts AS o ON o.company_id = c.company_id AND o.id <> c.id
        CROSS JOIN LATERAL (VALUES (o.first_name), (o.last_name)) AS n (name)
        WHERE c.id = person AND length(n.name) >= 3 AND position(n.name IN words) > 0
            AND n.name NOT IN (coalesce(c.first_name, ''), coalesce(c.last_name, ''))
            AND words ~ ('\m' || regexp_replace(n.name, '([^[:alnum:] ])', '\\\1', 'g') || '\M')
    );
END
$$;

-- Let an agent's message go without a person, within its budget of the day. Gives why it waits for one all the same: no_agent,
-- may_not_send, decided, colleague, law, other_day, budget; NULL: it goes. The row of the agent is locked, and what is let go counts at once.
CREATE FUNCTION agent_release(who text, message uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    asking agents;
    asked record;
    today date;
    used bigint;
    kept text;
BEGIN
    SELECT g.* INTO asking FROM working_agent(who) AS g;
    today := agent_day(asking);
    SELECT
        m.id, e.id AS enrolment_id, e.contact_id, e.state, e.reason, v.id AS approval_id, v.state AS decision, v.channel, v.content,
        v.subject, v.mentions_id, coalesce(c.country, a.country) AS country
    INTO asked
    FROM agent_messages AS m
    INNER JOIN enrolments AS e ON e.id = m.enrolment_id
    INNER JOIN approvals AS v ON v.id = m.approval_id
    INNER JOIN contacts AS c ON c.id = e.contact_id
    LEFT JOIN companies AS a ON a.id = c.company_id
    WHERE m.id = message AND m.agent = who
    FOR UPDATE OF e;
    SELECT count(*) INTO used FROM agent_messages AS m
    WHERE m.agent = who AND m.day = today AND m.released_at IS NOT NULL AND m.withdrawn_at IS NULL;
    kept := CASE
        WHEN asking.name IS NULL THEN 'no_agent'
        WHEN NOT asking.may_send THEN 'may_not_send'
        WHEN asked.id IS NULL OR asked.decision <> 'pending' OR asked.state <> 'paused' OR asked.reason <> 'approval' THEN 'decided'
        WHEN asked.mentions_id IS NOT NULL OR named_in(concat_ws(E'\n', asked.subject, asked.content), asked.contact_id) IS NOT NULL
            THEN 'colleague'
        WHEN NOT EXISTS (
            SELECT FROM jurisdictions AS j
            WHERE j.country = asked.country AND j.channel = asked.channel AND j.valid_from <= current_moment()::date
        ) THEN 'law'
        WHEN today IS NULL THEN 'other_day'
        WHEN used >= asking.touches_a_day THEN 'budget'
    END;
    IF kept IS NULL THEN
        UPDATE agent_messages AS m SET released_at = current_moment(), day = today WHERE m.id = asked.id;
        UPDATE approvals AS v SET
            state = 'accepted', decided_by = 'agent ' || who, decided_at = current_moment(), note = 'within its budget of the day'
        WHERE v.id = asked.approval_id;
        -- The engine ends the pause, and finds mailbox and hours.
        UPDATE enrolments AS e SET reason = 'agent', paused_until = current_moment() WHERE e.id = asked.enrolment_id;
        PERFORM accountgraph.wake(current_moment());
    END IF;
    RETURN kept;
END
$$;

-- Take back a message of an agent's own that has not left: what it used of the budget and of the caps is given back. Gives what came of
-- it: withdrawn, decided (a person rejected it), over, or left (it went out, or nobody knows whether); NULL: it has none such.
CREATE FUNCTION agent_withdraw(who text, message uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    asked record;
    outcome text;
BEGIN
    SELECT m.id, m.withdrawn_at, e.id AS enrolment_id, e.state INTO asked
    FROM agent_messages AS m INNER JOIN enrolments AS e ON e.id = m.enrolment_id
    WHERE m.id = message AND m.agent = who
    FOR UPDATE OF e;
    IF asked.id IS NULL THEN
        RETURN NULL;
    END IF;
    outcome := CASE
        WHEN EXISTS (
            SELECT FROM intents AS i WHERE i.enrolment_id = asked.enrolment_id AND i.state IN ('calling', 'sent', 'unknown', 'refused')
        ) THEN 'left'
        WHEN asked.withdrawn_at IS NOT NULL THEN 'over'
        WHEN EXISTS (SELECT FROM approvals AS v WHERE v.enrolment_id = asked.enrolment_id AND v.state = 'rejected') THEN 'decided'
        WHEN asked.state IN ('finished', 'failed') THEN 'over'
        ELSE 'withdrawn'
    END;
    IF outcome = 'withdrawn' THEN
        DELETE FROM sends AS x USING intents AS i WHERE x.intent_id = i.id AND i.enrolment_id = asked.enrolment_id AND i.state = 'planned';
        UPDATE intents AS i SET
            state = 'withdrawn', lease = NULL, lease_until = NULL, detail = 'withdrawn by its agent', settled_at = current_moment()
        WHERE i.enrolment_id = asked.enrolment_id AND i.state = 'planned';
        UPDATE tasks AS t SET state = 'skipped', outcome = 'withdrawn', closed_by = 'agent ' || who, closed_at = current_moment()
        WHERE t.enrolment_id = asked.enrolment_id AND t.state = 'open';
        UPDATE approvals AS v SET state = 'withdrawn', note = concat_ws(' ', 'withdrawn by agent', who)
        WHERE v.enrolment_id = asked.enrolment_id AND v.state IN ('pending', 'accepted');
        UPDATE enrolments AS e SET state = 'finished', reason = 'withdrawn', finished_at = current_moment() WHERE e.id = asked.enrolment_id;
        UPDATE agent_messages AS m SET withdrawn_at = current_moment() WHERE m.id = asked.id;
    END IF;
    RETURN outcome;
END
$$;

-- What no agent gets round, whatever it was told.

-- Words that were accepted stay as they were accepted: other words are another decision.
CREATE FUNCTION keep_accepted_words() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    RAISE check_violation USING
        MESSAGE = 'accepted words are not changed; withdraw them and have the new ones accepted', CONSTRAINT = 'approvals_content_kept';
END
$$;

CREATE TRIGGER keep_accepted_words BEFORE UPDATE ON approvals FOR EACH ROW
WHEN (
    old.state = 'accepted' AND new.state = 'accepted'
    AND (old.channel, old.subject, old.content, old.content_hash, old.mentions_id)
    IS DISTINCT FROM (new.channel, new.subject, new.content, new.content_hash, new.mentions_id)
)
EXECUTE FUNCTION keep_accepted_words();

-- Nobody accepts what they asked for themselves: an agent's message is a person's to accept, or its budget's.
CREATE FUNCTION refuse_own_approval() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM agent_messages AS m
        WHERE m.approval_id = NEW.id AND m.released_at IS NULL AND lower(NEW.decided_by) IN (lower(m.agent), 'agent ' || lower(m.agent))
    ) THEN
        RAISE check_violation USING
            MESSAGE = 'an agent does not accept its own message; a person does', CONSTRAINT = 'approvals_decided_by_other';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER refuse_own_approval BEFORE UPDATE OF state ON approvals FOR EACH ROW
WHEN (new.state = 'accepted' AND old.state <> 'accepted')
EXECUTE FUNCTION refuse_own_approval();

-- What the law is looked up by, whose hours are kept, and what keeps an account out of outreach, is not an agent's to say.
CREATE TRIGGER refuse_lifting_of_law BEFORE UPDATE ON contacts FOR EACH ROW
WHEN (
    pg_trigger_depth() = 0
    AND (old.country, old.source, old.collected_at, old.company_id, old.phone)
    IS DISTINCT FROM (new.country, new.source, new.collected_at, new.company_id, new.phone)
)
EXECUTE FUNCTION refuse_lifting();
CREATE TRIGGER refuse_claimed_source BEFORE INSERT ON contacts FOR EACH ROW
WHEN (pg_trigger_depth() = 0 AND new.source = 'inbound')
EXECUTE FUNCTION refuse_lifting();
CREATE TRIGGER refuse_lifting_of_law BEFORE UPDATE ON companies FOR EACH ROW
WHEN (
    pg_trigger_depth() = 0
    AND (old.country, old.account_status, old.attributes ->> 'timezone', old.research_data ->> 'timezone')
    IS DISTINCT FROM (new.country, new.account_status, new.attributes ->> 'timezone', new.research_data ->> 'timezone')
)
EXECUTE FUNCTION refuse_lifting();

-- Budgets and messages of agents are open to the workspace's role; its agent reads them, and calls three functions.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
    function_name text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['agents', 'agent_channels', 'agent_messages']::regclass[]
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I, %I USING (true) WITH CHECK (true)', relation, current_user, agent);
        EXECUTE format('GRANT SELECT ON %s TO %I', relation, agent);
    END LOOP;
    FOREACH function_name IN ARRAY ARRAY[
        'working_agent', 'agent_day', 'agent_propose', 'agent_zones', 'named_in', 'agent_release', 'agent_withdraw', 'keep_accepted_words',
        'refuse_own_approval'
    ]
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %I.%I FROM PUBLIC', current_schema(), function_name);
    END LOOP;
    FOREACH function_name IN ARRAY ARRAY['agent_propose', 'agent_zones', 'named_in', 'agent_release', 'agent_withdraw', 'keep_accepted_words',
        'refuse_own_approval']
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I.%I TO %I', current_schema(), function_name, agent);
    END LOOP;
END
$$;
