-- What must outlast a person, and what an agent must not lift.

-- Whoever was suppressed stays suppressed after erasure, by the hash of the address, and of the number on what uses it.
CREATE FUNCTION keep_suppressions() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    INSERT INTO suppressions (address_hash, channel, reason, note)
    SELECT address_hash(phone_key(OLD.phone)), s.channel, s.reason, s.note FROM suppressions AS s
    WHERE s.contact_id = OLD.id AND s.channel IN ('sms', 'call', 'whatsapp') AND phone_key(OLD.phone) IS NOT NULL
    ON CONFLICT DO NOTHING;
    IF OLD.email_key IS NOT NULL THEN
        INSERT INTO suppressions (address_hash, channel, reason, note)
        SELECT address_hash(OLD.email_key), s.channel, s.reason, s.note FROM suppressions AS s WHERE s.contact_id = OLD.id
        UNION ALL
        SELECT address_hash(OLD.email_key), 'all', 'unsubscribed', NULL WHERE OLD.status = 'unsubscribed'
        ON CONFLICT DO NOTHING;
        DELETE FROM suppressions AS s WHERE s.contact_id = OLD.id AND s.address_hash IS NULL AND s.domain IS NULL;
    END IF;
    RETURN OLD;
END
$$;

CREATE TRIGGER keep_suppressions BEFORE DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION keep_suppressions();

-- Who may not write suppressions may not get round them either: by another address, another status,
-- other wishes, or another history. What triggers change is not the caller's doing.
CREATE FUNCTION refuse_lifting() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT has_table_privilege(format('%I.suppressions', TG_TABLE_SCHEMA), 'INSERT') THEN
        RAISE insufficient_privilege USING MESSAGE = format('an agent may not change this of %s', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER refuse_lifting BEFORE UPDATE ON contacts FOR EACH ROW
WHEN (
    pg_trigger_depth() = 0
    AND (OLD.email_key, OLD.status, OLD.communication_preferences) IS DISTINCT FROM (NEW.email_key, NEW.status, NEW.communication_preferences)
)
EXECUTE FUNCTION refuse_lifting();
CREATE TRIGGER refuse_lifting BEFORE UPDATE ON events FOR EACH ROW
WHEN (
    pg_trigger_depth() = 0
    AND (OLD.kind, OLD.detail, OLD.at, OLD.touchpoint_id, OLD.contact_id, OLD.actor)
    IS DISTINCT FROM (NEW.kind, NEW.detail, NEW.at, NEW.touchpoint_id, NEW.contact_id, NEW.actor)
)
EXECUTE FUNCTION refuse_lifting();
