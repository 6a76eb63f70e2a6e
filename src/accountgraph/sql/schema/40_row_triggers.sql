-- What one row needs before it is written.

CREATE FUNCTION touch() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    NEW.updated_at := current_moment();
    RETURN NEW;
END
$$;

CREATE TRIGGER touch BEFORE UPDATE ON companies FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON relationships FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON touchpoints FOR EACH ROW EXECUTE FUNCTION touch();

-- A conversation is closed when its status says so, and open again when it does not.
CREATE FUNCTION keep_closed_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    NEW.closed_at := CASE WHEN NEW.status IN ('closed', 'won', 'lost') THEN coalesce(NEW.closed_at, current_moment()) END;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_closed_at BEFORE INSERT OR UPDATE OF status, closed_at ON conversations
FOR EACH ROW EXECUTE FUNCTION keep_closed_at();

-- An event knows who acted (the conversation's contact, unless it says otherwise) and what makes it
-- the same event when it is reported again: the provider's id, else message, kind, time and URL.
CREATE FUNCTION complete_event() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF NEW.kind = 'replied' THEN
        NEW.detail := coalesce(NEW.detail, 'other');
    ELSIF NEW.kind = 'bounced' THEN
        NEW.detail := coalesce(NEW.detail, 'hard');
    END IF;
    IF NEW.contact_id IS NULL AND NEW.kind NOT IN ('sent', 'delivered', 'failed') THEN
        SELECT v.contact_id INTO NEW.contact_id
        FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
        WHERE t.id = NEW.touchpoint_id;
    END IF;
    NEW.actor_is_given := NEW.actor IS NOT NULL;
    IF NEW.kind IN ('sent', 'delivered', 'bounced', 'failed', 'meeting_missed') THEN
        NEW.actor := NULL;
    ELSE
        NEW.actor := coalesce(NEW.actor, 'human');
    END IF;
    NEW.dedupe_key := coalesce(NEW.dedupe_key, CASE
        WHEN NEW.provider_event_id IS NOT NULL
            THEN md5(format('%L %L %L', NEW.provider, NEW.provider_account, NEW.provider_event_id))::uuid
        ELSE md5(format('%L %L %L %L', coalesce(NEW.touchpoint_id, NEW.contact_id), NEW.kind, extract(EPOCH FROM NEW.at), NEW.url))::uuid
    END);
    RETURN NEW;
END
$$;

CREATE TRIGGER complete_event BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION complete_event();
