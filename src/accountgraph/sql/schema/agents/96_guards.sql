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
