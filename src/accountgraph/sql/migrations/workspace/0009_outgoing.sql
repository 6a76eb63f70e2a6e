-- What is told to the outside: who wants to hear, what happened, how each telling went.

-- An address of a system that wants to hear. Its signing secret is sealed in `secrets`, under `webhook/ID`.
CREATE TABLE outgoing_endpoints (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    url text NOT NULL CONSTRAINT outgoing_endpoints_url_check CHECK (url ~ '^https?://' AND length(url) <= 2000),
    description text NOT NULL DEFAULT '' CONSTRAINT outgoing_endpoints_description_check CHECK (length(description) <= 500),
    kinds text [] NOT NULL CONSTRAINT outgoing_endpoints_kinds_check CHECK (cardinality(kinds) > 0), -- what it hears about; `*`: everything
    state text NOT NULL DEFAULT 'active' CONSTRAINT outgoing_endpoints_state_check CHECK (state IN ('active', 'paused', 'gone')),
    reason text CONSTRAINT outgoing_endpoints_reason_check CHECK ((state = 'active') = (reason IS NULL)), -- why it is paused or gone
    stopped_at timestamptz, -- since when
    old_secret_until timestamptz, -- until then the secret before the present one signs too
    failing_since timestamptz, -- nothing got through since; NULL: the last try did
    failures integer NOT NULL DEFAULT 0, -- tries in a row that did not get through
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE TRIGGER touch BEFORE UPDATE ON outgoing_endpoints FOR EACH ROW EXECUTE FUNCTION touch();

-- Something that happened while somebody wanted to hear of it; written in the transaction in which it happened.
CREATE TABLE outgoing_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL DEFAULT gen_random_uuid(), -- goes out as `webhook-id`, the same at every try
    kind text NOT NULL CONSTRAINT outgoing_events_kind_check CHECK (kind ~ '^[a-z]+[.][a-z]+$'),
    at timestamptz NOT NULL,
    account_key uuid NOT NULL, -- what is about the same account (else person, else thing) goes out in order
    data jsonb NOT NULL,
    is_trial boolean NOT NULL DEFAULT false, -- an example for one endpoint: it never happened, and is never replayed
    created_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX outgoing_events_created_at_idx ON outgoing_events (created_at, id);

-- One event on its way to one endpoint.
CREATE TABLE outgoing_deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL CONSTRAINT outgoing_deliveries_event_id_fkey REFERENCES outgoing_events ON DELETE CASCADE,
    endpoint_id uuid NOT NULL CONSTRAINT outgoing_deliveries_endpoint_id_fkey REFERENCES outgoing_endpoints ON DELETE CASCADE,
    account_key uuid NOT NULL, -- the event's
    state text NOT NULL DEFAULT 'pending'
        CONSTRAINT outgoing_deliveries_state_check CHECK (state IN ('pending', 'delivered', 'failed')), -- failed: given up
    tries integer NOT NULL DEFAULT 0, -- since it was last asked for
    next_try_at timestamptz NOT NULL DEFAULT current_moment(), -- not before; while somebody is at it, when they are taken for dead
    lease uuid, -- who is at it
    status integer, -- what the last try was answered; NULL: nothing was
    error text, -- why the last try did not get through
    settled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT outgoing_deliveries_event_id_key UNIQUE (event_id, endpoint_id),
    CONSTRAINT outgoing_deliveries_settled_at_check CHECK ((state = 'pending') = (settled_at IS NULL))
);
CREATE INDEX outgoing_deliveries_due_idx ON outgoing_deliveries (endpoint_id, next_try_at, event_id) WHERE state = 'pending';
CREATE INDEX outgoing_deliveries_account_idx ON outgoing_deliveries (endpoint_id, account_key, event_id) WHERE state = 'pending';
CREATE INDEX outgoing_deliveries_endpoint_id_idx ON outgoing_deliveries (endpoint_id, id);

-- Each try, and what came of it.
CREATE TABLE outgoing_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id bigint NOT NULL CONSTRAINT outgoing_attempts_delivery_id_fkey REFERENCES outgoing_deliveries ON DELETE CASCADE,
    at timestamptz NOT NULL,
    duration_ms integer NOT NULL,
    status integer, -- NULL: no answer came
    response text, -- the beginning of the answer's body
    error text
);
CREATE INDEX outgoing_attempts_delivery_id_idx ON outgoing_attempts (delivery_id, id);

-- Whether anybody wants to hear of one of these: what a change costs where nobody does.
CREATE FUNCTION is_told(wanted text []) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM FROM outgoing_endpoints AS e WHERE e.state <> 'gone' AND e.kinds && wanted;
    RETURN FOUND;
END
$$;

-- Write down what happened, in this order, for those who want to hear of it. The arrays are of one length.
CREATE FUNCTION tell(happened text [], moments timestamptz [], accounts uuid [], facts jsonb []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    WITH told AS (
        SELECT u.happened, u.moment, u.account, u.fact, u.nth
        FROM unnest(happened, moments, accounts, facts) WITH ORDINALITY AS u (happened, moment, account, fact, nth)
        WHERE EXISTS (
            SELECT FROM outgoing_endpoints AS e WHERE e.state <> 'gone' AND e.kinds && ARRAY[u.happened, '*']
        )
    ),
    written AS (
        INSERT INTO outgoing_events (kind, at, account_key, data)
        SELECT t.happened, t.moment, coalesce(t.account, gen_random_uuid()), jsonb_strip_nulls(t.fact) FROM told AS t ORDER BY t.nth
        RETURNING id, kind, account_key
    )
    INSERT INTO outgoing_deliveries (event_id, endpoint_id, account_key)
    SELECT w.id, e.id, w.account_key
    FROM written AS w INNER JOIN outgoing_endpoints AS e ON e.state <> 'gone' AND e.kinds && ARRAY[w.kind, '*']
    ORDER BY w.id;
    IF FOUND THEN
        PERFORM pg_notify('accountgraph_outgoing', current_schema());
    END IF;
END
$$;

-- Which changes are told of. One look says whether anybody wants to hear; then a statement of any size is told in one statement.
-- What is told names things by their ids, and people by nothing else: it has no names, addresses or words of theirs.
-- What a statement changed is found by EXCEPT, as in the other triggers, and for the same reason.

-- The columns of a row that somebody's change of means something to others.
CREATE FUNCTION telling_columns(changed jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN changed - ARRAY[
        'id', 'created_at', 'updated_at', 'email_key', 'total_contacts', 'active_conversations', 'engagement_score', 'engagement_light',
        'engagement_deep', 'engagement_excluded', 'last_engaged_at', 'total_touchpoints', 'last_researched_at'
    ];
END
$$;

-- What a word of PostgreSQL's is in what is told.
CREATE FUNCTION telling_word(operation text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE operation WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END;
END
$$;

CREATE FUNCTION tell_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    word constant text := 'account.' || telling_word(TG_OP);
    accounts jsonb[];
BEGIN
    IF NOT is_told(ARRAY[word, '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        accounts := ARRAY(SELECT to_jsonb(n) FROM new_rows AS n);
    ELSIF TG_OP = 'DELETE' THEN
        accounts := ARRAY(SELECT to_jsonb(o) FROM old_rows AS o);
    ELSE
        accounts := ARRAY(
            SELECT to_jsonb(c) || jsonb_build_object('changed', d.fields)
            FROM (
                SELECT b.id, jsonb_agg(b.key ORDER BY b.key) AS fields
                FROM (
                    SELECT n.id, f.key, f.value FROM new_rows AS n CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(n))) AS f
                    EXCEPT
                    SELECT o.id, f.key, f.value FROM old_rows AS o CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(o))) AS f
                ) AS b
                GROUP BY b.id
            ) AS d INNER JOIN companies AS c ON c.id = d.id
        );
    END IF;
    PERFORM tell(
        array_agg(word), array_agg(current_moment()), array_agg((a.account ->> 'id')::uuid),
        array_agg(jsonb_build_object(
            'account_id', a.account -> 'id', 'name', a.account -> 'name', 'domain', a.account -> 'domain',
            'tier', a.account -> 'account_tier', 'status', a.account -> 'account_status', 'changed', a.account -> 'changed'
        ))
    )
    FROM unnest(accounts) AS a (account);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_accounts();
CREATE TRIGGER tell_updated AFTER UPDATE ON companies
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_accounts();
CREATE TRIGGER tell_deleted AFTER DELETE ON companies
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_accounts();

CREATE FUNCTION tell_contacts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    word constant text := 'contact.' || telling_word(TG_OP);
    people jsonb[];
BEGIN
    IF NOT is_told(ARRAY[word, 'contact.unsubscribed', '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        people := ARRAY(SELECT to_jsonb(n) FROM new_rows AS n);
    ELSIF TG_OP = 'DELETE' THEN
        people := ARRAY(SELECT to_jsonb(o) FROM old_rows AS o);
    ELSE
        people := ARRAY(
            SELECT to_jsonb(c) || jsonb_build_object('changed', d.fields)
            FROM (
                SELECT b.id, jsonb_agg(b.key ORDER BY b.key) AS fields
                FROM (
                    SELECT n.id, f.key, f.value FROM new_rows AS n CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(n))) AS f
                    EXCEPT
                    SELECT o.id, f.key, f.value FROM old_rows AS o CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(o))) AS f
                ) AS b
                GROUP BY b.id
            ) AS d INNER JOIN contacts AS c ON c.id = d.id
        );
    END IF;
    PERFORM tell(
        array_agg(k.word), array_agg(current_moment()), array_agg(coalesce(p.person ->> 'company_id', p.person ->> 'id')::uuid),
        array_agg(jsonb_build_object('contact_id', p.person -> 'id', 'account_id', p.person -> 'company_id') || k.facts)
    )
    FROM unnest(people) AS p (person)
    CROSS JOIN LATERAL (
        SELECT word AS word, jsonb_build_object('status', p.person -> 'status', 'changed', p.person -> 'changed') AS facts
        UNION ALL
        SELECT 'contact.unsubscribed', jsonb_build_object('channel', 'all', 'reason', 'unsubscribed')
        WHERE p.person -> 'changed' ? 'status' AND p.person ->> 'status' = 'unsubscribed' AND NOT EXISTS (
            SELECT FROM suppressions AS s WHERE s.contact_id = (p.person ->> 'id')::uuid AND s.reason = 'unsubscribed' -- that was told
        )
    ) AS k;
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_contacts();
CREATE TRIGGER tell_updated AFTER UPDATE ON contacts
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_contacts();
CREATE TRIGGER tell_deleted AFTER DELETE ON contacts
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_contacts();

CREATE FUNCTION tell_suppressions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF NOT is_told(ARRAY['contact.unsubscribed', 'contact.suppressed', '*']) THEN
        RETURN NULL;
    END IF;
    PERFORM tell(
        array_agg(CASE WHEN n.reason = 'unsubscribed' THEN 'contact.unsubscribed' ELSE 'contact.suppressed' END),
        array_agg(n.created_at), array_agg(coalesce(c.company_id, c.id, n.id)),
        array_agg(jsonb_build_object(
            'contact_id', c.id, 'account_id', c.company_id, 'suppression_id', n.id, 'channel', n.channel, 'reason', n.reason
        ))
    )
    FROM new_rows AS n
    LEFT JOIN contacts AS c ON c.id = coalesce(n.contact_id, (SELECT p.id FROM contacts AS p WHERE p.email_key = n.address));
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON suppressions
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_suppressions();

-- What happened to messages and in meetings. What is a week old when it is recorded is history that is brought in, and nobody's news.
CREATE FUNCTION tell_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF NOT is_told(ARRAY[
        'message.sent', 'message.delivered', 'message.opened', 'message.clicked', 'message.bounced', 'message.failed', 'message.received',
        'reply.received', 'call.answered', 'meeting.booked', 'meeting.held', 'meeting.missed', 'contact.complained', '*'
    ]) THEN
        RETURN NULL;
    END IF;
    PERFORM tell(
        array_agg(k.told ORDER BY n.id), array_agg(n.at ORDER BY n.id), array_agg(coalesce(v.company_id, c.company_id, c.id, t.id) ORDER BY n.id),
        array_agg(jsonb_build_object(
            'event_id', n.id, 'message_id', t.id, 'conversation_id', v.id, 'contact_id', c.id, 'account_id', coalesce(v.company_id, c.company_id),
            'campaign_id', v.campaign_id, 'channel', t.channel, 'detail', n.detail
        ) ORDER BY n.id)
    )
    FROM new_rows AS n
    INNER JOIN events AS e ON e.id = n.id -- who acted is known by now
    LEFT JOIN touchpoints AS t ON t.id = n.touchpoint_id
    LEFT JOIN conversations AS v ON v.id = t.conversation_id
    LEFT JOIN contacts AS c ON c.id = coalesce(n.contact_id, v.contact_id)
    CROSS JOIN LATERAL (
        VALUES (CASE n.kind
            WHEN 'sent' THEN CASE WHEN t.direction = 'outbound' THEN 'message.sent' END
            WHEN 'opened' THEN CASE WHEN e.actor = 'human' THEN 'message.opened' END
            WHEN 'clicked' THEN CASE WHEN e.actor = 'human' THEN 'message.clicked' END
            WHEN 'delivered' THEN 'message.delivered'
            WHEN 'bounced' THEN 'message.bounced'
            WHEN 'failed' THEN 'message.failed'
            WHEN 'received' THEN 'message.received'
            WHEN 'replied' THEN 'reply.received'
            WHEN 'answered' THEN 'call.answered'
            WHEN 'meeting_booked' THEN 'meeting.booked'
            WHEN 'meeting_held' THEN 'meeting.held'
            WHEN 'meeting_missed' THEN 'meeting.missed'
            WHEN 'complained' THEN 'contact.complained'
        END)
    ) AS k (told)
    WHERE k.told IS NOT NULL AND n.at > current_moment() - interval '7 days';
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON events
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_events();

CREATE FUNCTION tell_conversations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['conversation.changed', '*']) THEN
        RETURN NULL;
    END IF;
    ids := ARRAY(
        SELECT d.id FROM (
            SELECT n.id, n.status, n.qualification_tier, n.outcome FROM new_rows AS n
            EXCEPT
            SELECT o.id, o.status, o.qualification_tier, o.outcome FROM old_rows AS o
        ) AS d
    );
    PERFORM tell(
        array_agg('conversation.changed'::text), array_agg(current_moment()), array_agg(coalesce(v.company_id, v.contact_id)),
        array_agg(jsonb_build_object(
            'conversation_id', v.id, 'contact_id', v.contact_id, 'account_id', v.company_id, 'campaign_id', v.campaign_id,
            'status', v.status, 'qualification_tier', v.qualification_tier
        ))
    )
    FROM conversations AS v WHERE v.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_updated AFTER UPDATE ON conversations
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_conversations();

-- Which changes of campaigns and of the work for people are told of, in the way of a1_tellings.sql.

CREATE FUNCTION tell_enrolments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['enrolment.started', 'enrolment.paused', 'enrolment.finished', 'enrolment.failed', '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT n.id FROM new_rows AS n);
    ELSE
        ids := ARRAY(
            SELECT d.id FROM (
                SELECT n.id, n.state, n.reason FROM new_rows AS n WHERE n.state IN ('paused', 'finished', 'failed')
                EXCEPT
                SELECT o.id, o.state, o.reason FROM old_rows AS o
            ) AS d
        );
    END IF;
    PERFORM tell(
        array_agg('enrolment.' || CASE WHEN TG_OP = 'INSERT' THEN 'started' ELSE e.state END),
        array_agg(current_moment()), array_agg(coalesce(e.company_id, e.contact_id, e.id)),
        array_agg(jsonb_build_object(
            'enrolment_id', e.id, 'campaign_id', e.campaign_id, 'campaign', p.name, 'contact_id', e.contact_id, 'account_id', e.company_id,
            'is_live', e.is_live, 'step', e.step_key, 'reason', e.reason, 'until', e.paused_until
        ))
    )
    FROM enrolments AS e INNER JOIN campaigns AS p ON p.id = e.campaign_id WHERE e.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON enrolments
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_enrolments();
CREATE TRIGGER tell_updated AFTER UPDATE ON enrolments
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_enrolments();

CREATE FUNCTION tell_approvals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['approval.needed', 'approval.decided', '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT n.id FROM new_rows AS n WHERE n.state = 'pending');
    ELSE
        ids := ARRAY(
            SELECT d.id FROM (
                SELECT n.id, n.state FROM new_rows AS n WHERE n.state IN ('accepted', 'rejected', 'withdrawn')
                EXCEPT
                SELECT o.id, o.state FROM old_rows AS o
            ) AS d
        );
    END IF;
    PERFORM tell(
        array_agg(CASE WHEN a.state = 'pending' THEN 'approval.needed' ELSE 'approval.decided' END),
        array_agg(current_moment()), array_agg(coalesce(e.company_id, e.contact_id, a.id)),
        array_agg(jsonb_build_object(
            'approval_id', a.id, 'enrolment_id', e.id, 'campaign_id', e.campaign_id, 'campaign', p.name, 'contact_id', e.contact_id,
            'account_id', e.company_id, 'is_live', e.is_live, 'step', a.step_key, 'channel', a.channel, 'state', a.state
        ))
    )
    FROM approvals AS a
    INNER JOIN enrolments AS e ON e.id = a.enrolment_id
    INNER JOIN campaigns AS p ON p.id = e.campaign_id
    WHERE a.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON approvals
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_approvals();
CREATE TRIGGER tell_updated AFTER UPDATE ON approvals
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_approvals();

CREATE FUNCTION tell_tasks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['task.created', 'task.closed', '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT n.id FROM new_rows AS n WHERE n.state = 'open');
    ELSE
        ids := ARRAY(
            SELECT d.id FROM (
                SELECT n.id, n.state FROM new_rows AS n WHERE n.state <> 'open'
                EXCEPT
                SELECT o.id, o.state FROM old_rows AS o
            ) AS d
        );
    END IF;
    PERFORM tell(
        array_agg(CASE WHEN t.state = 'open' THEN 'task.created' ELSE 'task.closed' END),
        array_agg(current_moment()), array_agg(coalesce(t.company_id, c.company_id, t.contact_id, t.id)),
        array_agg(jsonb_build_object(
            'task_id', t.id, 'kind', t.kind, 'account_id', coalesce(t.company_id, c.company_id), 'contact_id', t.contact_id, 'enrolment_id', t.enrolment_id,
            'state', t.state, 'due_at', t.due_at, 'outcome', t.outcome
        ))
    )
    FROM tasks AS t LEFT JOIN contacts AS c ON c.id = t.contact_id WHERE t.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON tasks
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_tasks();
CREATE TRIGGER tell_updated AFTER UPDATE ON tasks
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_tasks();

CREATE FUNCTION tell_campaigns() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['campaign.started', 'campaign.paused', 'campaign.finished', 'campaign.cancelled', '*']) THEN
        RETURN NULL;
    END IF;
    ids := ARRAY(
        SELECT d.id FROM (
            SELECT n.id, n.status FROM new_rows AS n WHERE n.status <> 'draft'
            EXCEPT
            SELECT o.id, o.status FROM old_rows AS o
        ) AS d
    );
    PERFORM tell(
        array_agg('campaign.' || CASE WHEN p.status = 'active' THEN 'started' ELSE p.status END),
        array_agg(current_moment()), array_agg(p.id),
        array_agg(jsonb_build_object('campaign_id', p.id, 'campaign', p.name, 'is_live', p.is_live))
    )
    FROM campaigns AS p WHERE p.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_updated AFTER UPDATE ON campaigns
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_campaigns();

CREATE FUNCTION tell_holds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['hold.set', 'hold.lifted', '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT n.id FROM new_rows AS n WHERE n.lifted_at IS NULL);
    ELSE
        ids := ARRAY(
            SELECT d.id FROM (
                SELECT n.id, n.lifted_at FROM new_rows AS n WHERE n.lifted_at IS NOT NULL
                EXCEPT
                SELECT o.id, o.lifted_at FROM old_rows AS o
            ) AS d
        );
    END IF;
    PERFORM tell(
        array_agg(CASE WHEN h.lifted_at IS NULL THEN 'hold.set' ELSE 'hold.lifted' END),
        array_agg(current_moment()), array_agg(coalesce(h.company_id, c.company_id, h.contact_id, h.sender_id, h.id)),
        array_agg(jsonb_build_object(
            'hold_id', h.id, 'scope', h.scope, 'reason', h.reason, 'sender_id', h.sender_id, 'account_id', coalesce(h.company_id, c.company_id),
            'contact_id', h.contact_id, 'until', h.until
        ))
    )
    FROM holds AS h LEFT JOIN contacts AS c ON c.id = h.contact_id WHERE h.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON holds
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_holds();
CREATE TRIGGER tell_updated AFTER UPDATE ON holds
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_holds();

-- Of signals only what no other change says: deals, and who left.
CREATE FUNCTION tell_signals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF NOT is_told(ARRAY['deal.opened', 'deal.won', 'deal.lost', 'contact.left', '*']) THEN
        RETURN NULL;
    END IF;
    PERFORM tell(
        array_agg(CASE WHEN n.kind = 'left_company' THEN 'contact.left' ELSE replace(n.kind, '_', '.') END),
        array_agg(n.at), array_agg(coalesce(n.company_id, n.contact_id, n.id)),
        array_agg(jsonb_build_object('signal_id', n.id, 'account_id', n.company_id, 'contact_id', n.contact_id))
    )
    FROM new_rows AS n WHERE n.kind IN ('deal_opened', 'deal_won', 'deal_lost', 'left_company');
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON signals
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_signals();

-- Of messages that the engine sends, only what no event says: that nobody knows whether one left.
CREATE FUNCTION tell_intents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['message.unknown', '*']) THEN
        RETURN NULL;
    END IF;
    ids := ARRAY(
        SELECT d.id FROM (
            SELECT n.id, n.state FROM new_rows AS n WHERE n.state = 'unknown'
            EXCEPT
            SELECT o.id, o.state FROM old_rows AS o
        ) AS d
    );
    PERFORM tell(
        array_agg('message.unknown'::text), array_agg(current_moment()), array_agg(coalesce(i.company_id, i.contact_id, i.id)),
        array_agg(jsonb_build_object(
            'intent_id', i.id, 'enrolment_id', i.enrolment_id, 'campaign_id', e.campaign_id, 'contact_id', i.contact_id,
            'account_id', i.company_id, 'channel', i.channel, 'step', i.step_key, 'is_live', i.is_live
        ))
    )
    FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id WHERE i.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_updated AFTER UPDATE ON intents
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_intents();

-- Telling the people who run the workspace what waits for them.

-- Where and when somebody is told. What signs a webhook, and the address of a Slack webhook, is sealed in `secrets`, under `notice/ID`.
CREATE TABLE notice_channels (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT notice_channels_name_key UNIQUE CONSTRAINT notice_channels_name_check CHECK (length(name) BETWEEN 1 AND 100),
    way text NOT NULL CONSTRAINT notice_channels_way_check CHECK (way IN ('email', 'webhook', 'slack')),
    address text NOT NULL CONSTRAINT notice_channels_address_check CHECK (length(address) BETWEEN 1 AND 2000), -- of Slack only the host
    sender text, -- the mailbox that a mail leaves from; NULL: the only one there is
    kinds text[] NOT NULL CONSTRAINT notice_channels_kinds_check CHECK (cardinality(kinds) > 0), -- what it is told of; `*`: everything
    rhythm text NOT NULL CONSTRAINT notice_channels_rhythm_check CHECK (rhythm IN ('at_once', 'hourly', 'daily')),
    daily_at time NOT NULL DEFAULT '08:00', -- by the clock of its zone
    timezone text NOT NULL DEFAULT 'UTC',
    gap_minutes integer NOT NULL DEFAULT 15 CONSTRAINT notice_channels_gap_minutes_check CHECK (gap_minutes BETWEEN 0 AND 10080),
    quiet_from time,
    quiet_to time,
    reply_hours integer NOT NULL DEFAULT 4 CONSTRAINT notice_channels_reply_hours_check CHECK (reply_hours BETWEEN 0 AND 720),
    is_active boolean NOT NULL DEFAULT true,
    next_look_at timestamptz NOT NULL, -- not before; while somebody is at it, when they are taken for dead
    lease uuid,
    last_sent_at timestamptz,
    failures integer NOT NULL DEFAULT 0, -- tries in a row that told nobody
    error text, -- why the last one did not
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT notice_channels_quiet_to_check CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to)
);

-- What a channel was told of and still waits: it is not told twice. Written before it is told, so that nothing is told twice by a death either.
CREATE TABLE notice_tellings (
    channel_id uuid CONSTRAINT notice_tellings_channel_id_fkey REFERENCES notice_channels ON DELETE CASCADE,
    key text NOT NULL,
    notice_id uuid NOT NULL, -- the message that told it
    told_at timestamptz NOT NULL,
    PRIMARY KEY (channel_id, key)
);

-- What needs a person at a time: a key that stands for it as long as it does, since when, whose it is, and a word about it.
CREATE FUNCTION notice_needs(at_time timestamptz, reply_wait interval) RETURNS TABLE (
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
    )
    SELECT
        n.key, n.kind, n.since, o.name, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email), n.about
    FROM needs AS n
    LEFT JOIN contacts AS c ON c.id = n.contact_id
    LEFT JOIN companies AS o ON o.id = coalesce(n.company_id, c.company_id);
END
$$;

-- Endpoints, what was told and notices are for people: an agent reads none of it, and what its changes tell is told by the owner.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT c.oid FROM pg_class AS c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
            AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I USING (true) WITH CHECK (true)', relation, current_user);
    END LOOP;
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
END
$$;
