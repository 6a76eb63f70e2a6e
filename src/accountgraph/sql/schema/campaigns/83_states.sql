-- The moves that states may make. Everything else is refused here, whoever asks.

CREATE FUNCTION keep_enrolment_states() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF OLD.state IN ('finished', 'failed')
        OR NOT (CASE OLD.state
            WHEN 'pending' THEN NEW.state IN ('active', 'waiting', 'paused', 'finished', 'failed')
            WHEN 'active' THEN NEW.state IN ('pending', 'waiting', 'paused', 'finished', 'failed')
            WHEN 'waiting' THEN NEW.state IN ('active', 'paused', 'finished', 'failed')
            WHEN 'paused' THEN NEW.state IN ('pending', 'waiting', 'finished', 'failed')
        END)
    THEN
        RAISE check_violation USING
            MESSAGE = format('an enrolment cannot go from %s to %s', OLD.state, NEW.state), CONSTRAINT = 'enrolments_state_moves';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_enrolment_states BEFORE UPDATE OF state ON enrolments FOR EACH ROW
WHEN (OLD.state <> NEW.state)
EXECUTE FUNCTION keep_enrolment_states();

CREATE FUNCTION keep_intent_states() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'planned' THEN NEW.state IN ('calling', 'withdrawn')
        WHEN 'calling' THEN NEW.state IN ('planned', 'sent', 'refused', 'unknown') -- planned: a definite transient failure
        WHEN 'unknown' THEN NEW.state IN ('sent', 'refused', 'planned') -- planned: it is known that nothing went out
        WHEN 'withdrawn' THEN NEW.state = 'planned'
        ELSE false
    END)
    THEN
        RAISE check_violation USING
            MESSAGE = format('an intent cannot go from %s to %s', OLD.state, NEW.state), CONSTRAINT = 'intents_state_moves';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_intent_states BEFORE UPDATE OF state ON intents FOR EACH ROW
WHEN (OLD.state <> NEW.state)
EXECUTE FUNCTION keep_intent_states();

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF current_setting('accountgraph.erasing', true) = 'on' THEN -- somebody's data goes, also where a list names them
        RETURN NEW;
    END IF;
    RAISE check_violation USING MESSAGE = format('a row of %s is never changed; make a new version', TG_TABLE_NAME);
END
$$;

CREATE TRIGGER refuse_change BEFORE UPDATE ON campaign_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON template_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
