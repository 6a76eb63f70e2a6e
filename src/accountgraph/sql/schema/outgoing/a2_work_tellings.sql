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
