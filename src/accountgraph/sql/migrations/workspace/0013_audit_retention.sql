-- The audit log is kept for as long as a rule says; for ever, until somebody says so.

-- A dozen rows: to look at them while the table is locked takes no time.
-- squawk-ignore ban-drop-constraint, constraint-missing-not-valid
ALTER TABLE retention_rules DROP CONSTRAINT retention_rules_kind_check, ADD CONSTRAINT retention_rules_kind_check CHECK (
    kind IN (
        'webhook_payloads', 'mails', 'mail_headers', 'message_bodies', 'raw_events', 'addresses', 'attempts', 'drafts', 'decisions', 'merges',
        'audit_log'
    )
);
INSERT INTO retention_rules (kind, days) VALUES ('audit_log', NULL);

-- Forgets these changes; gives how many they were.
CREATE FUNCTION forget_audit(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM audit_log AS a WHERE a.id = ANY (ids);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- What an erasure takes out of other rows stood in the log of that very erasure.
CREATE OR REPLACE FUNCTION redact_audit(person uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    redacted bigint;
BEGIN
    UPDATE audit_log AS a SET before = NULL, after = NULL, is_redacted = true
    WHERE NOT a.is_redacted AND (
        a.contact_id = person
        OR a.transaction_id = pg_current_xact_id_if_assigned()
        OR (a.table_name = 'relationships' AND person::text IN (
            a.before ->> 'contact_id_1', a.before ->> 'contact_id_2', a.after ->> 'contact_id_1', a.after ->> 'contact_id_2'
        ))
        OR (a.table_name, a.row_id) IN (
            SELECT g.table_name, g.row_id FROM audit_log AS g
            WHERE g.transaction_id = pg_current_xact_id_if_assigned() AND g.action = 'delete'
        )
    );
    GET DIAGNOSTICS redacted = ROW_COUNT;
    RETURN redacted;
END
$$;

DO $$
BEGIN
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %I.forget_audit(bigint[]) FROM PUBLIC', current_schema());
END
$$;
