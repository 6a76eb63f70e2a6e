-- Who is at a task, and until when that keeps others away; before when it is not handed out; and the hold that it asks about.
ALTER TABLE tasks
ADD COLUMN held_by text CONSTRAINT tasks_held_by_check CHECK (length(held_by) BETWEEN 1 AND 200),
ADD COLUMN held_until timestamptz CONSTRAINT tasks_held_until_check CHECK ((held_by IS NULL) = (held_until IS NULL)),
ADD COLUMN waits_until timestamptz,
-- The column is new and empty, so that there is nothing to look through while the tables are locked.
-- squawk-ignore adding-foreign-key-constraint
ADD COLUMN hold_id uuid CONSTRAINT tasks_hold_id_fkey REFERENCES holds ON DELETE SET NULL;

CREATE INDEX tasks_held_by_idx ON tasks (lower(held_by), held_until) WHERE held_by IS NOT NULL;
CREATE INDEX tasks_hold_id_idx ON tasks (hold_id);

-- Telephone numbers are suppressed as addresses are.
-- A telephone number as suppressions know it: a plus and its digits, however it is written; NULL where it has too few.
CREATE FUNCTION phone_key(phone text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    digits constant text := ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0');
BEGIN
    RETURN CASE WHEN length(digits) >= 7 THEN '+' || digits END;
END
$$;

-- What keeps us from writing to these people: themselves, their address or number, its domain or a domain above that.
-- Look-ups of their own, for no index answers an OR over joined values.
CREATE OR REPLACE FUNCTION suppressions_among(people uuid[]) RETURNS TABLE (person uuid, suppression_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT
            c.id, address_hash(c.email_key) AS mail, address_hash(phone_key(c.phone)) AS number,
            string_to_array(split_part(c.email_key, '@', -1), '.') AS parts
        FROM contacts AS c WHERE c.id = ANY (people)
    )
    SELECT s.contact_id AS person, s.id FROM suppressions AS s WHERE s.contact_id = ANY (people)
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s WHERE s.address_hash IN (k.mail, k.number) AND s.contact_id IS DISTINCT FROM k.id
    ) AS s
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s
        WHERE s.domain = ANY (ARRAY(
            SELECT array_to_string(k.parts[n.nth :], '.') FROM generate_series(1, cardinality(k.parts) - 1) AS n (nth)
        ))
    ) AS s;
END
$$;

-- Whoever was suppressed stays suppressed after erasure, by the hash of the address, and of the number on what uses it.
CREATE OR REPLACE FUNCTION keep_suppressions() RETURNS trigger
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

DO $$
BEGIN
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %I.phone_key FROM PUBLIC', current_schema());
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I.phone_key TO %I', current_schema(), current_setting('accountgraph.agent_role'));
END
$$;
