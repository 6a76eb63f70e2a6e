-- Who changed what: a row for each row that somebody changed, kept for ever unless the workspace forgets what is old.

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT current_moment(),
    actor_kind text NOT NULL CONSTRAINT audit_log_actor_kind_check CHECK (actor_kind IN ('user', 'key', 'agent', 'command', 'worker')),
    actor_id text, -- of the user or of the key
    actor_name text NOT NULL,
    request_id text,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    table_name text NOT NULL,
    row_id text, -- its primary key, a JSON array where that has several columns; NULL: many rows by one statement, only counted
    row_count integer NOT NULL DEFAULT 1,
    action text NOT NULL CONSTRAINT audit_log_action_check CHECK (action IN ('insert', 'update', 'delete')),
    before jsonb, -- of an update: the changed columns alone
    after jsonb,
    company_id uuid, -- the account it is about, where that is known; no reference: the log outlasts it
    contact_id uuid,
    is_redacted boolean NOT NULL DEFAULT false, -- what it said was taken out, since the person was erased
    undoes_id bigint -- the change that this one took back
);
CREATE INDEX audit_log_at_idx ON audit_log (at, id);
CREATE INDEX audit_log_table_name_idx ON audit_log (table_name, at, id);
CREATE INDEX audit_log_row_id_idx ON audit_log (row_id, table_name, at, id) WHERE row_id IS NOT NULL;
CREATE INDEX audit_log_actor_name_idx ON audit_log (actor_name, at, id);
CREATE INDEX audit_log_company_id_idx ON audit_log (company_id, at, id) WHERE company_id IS NOT NULL;
CREATE INDEX audit_log_contact_id_idx ON audit_log (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX audit_log_transaction_id_idx ON audit_log (transaction_id, id);
CREATE INDEX audit_log_undoes_id_idx ON audit_log (undoes_id) WHERE undoes_id IS NOT NULL;

-- Tables whose changes are not logged, and why. `logs_deletes`: what is never deleted at work is logged where
-- it is after all, and where it loses its reference to what was deleted.
CREATE TABLE audit_exemptions (
    table_name text PRIMARY KEY,
    logs_deletes boolean NOT NULL,
    reason text NOT NULL
);
INSERT INTO audit_exemptions (table_name, logs_deletes, reason) VALUES
('alembic_version', false, 'the program''s own: which migrations ran'),
('audit_log', false, 'the log itself, which only grows'),
('audit_exemptions', false, 'a rule of the log, changed by migrations alone'),
('audit_columns', false, 'a rule of the log, changed by migrations alone'),
('events', true, 'says itself what happened, when, and who told us'),
('intents', true, 'the engine''s ledger: says itself what was decided and sent'),
('attempts', true, 'the engine''s ledger: every call to a provider'),
('sends', true, 'the engine''s ledger: what counts against the caps'),
('decisions', true, 'the engine''s ledger: why something was done or not'),
('signals', true, 'says itself what happened and who told us'),
('manual_messages', true, 'says itself who wrote what and what came of it'),
('drafts', true, 'says itself which model wrote what; people decide in approvals'),
('queues', false, 'the engine''s bookkeeping: who waits for the same opening hours'),
('webhook_payloads', false, 'kept as it came; what it did stands in events and signals'),
('idempotency_keys', false, 'what was answered to requests; what they did stands in its own rows'),
('import_chunks', false, 'an uploaded file, until it is imported; that it was stands in imports'),
('import_rejects', false, 'rows of an uploaded file that were not imported; how many stands in imports'),
('import_erasures', false, 'hashes of whom an import leaves out, until it is over; that somebody was erased stands in erasures'),
('changes', false, 'what is told to who watches; what happened stands in its own rows'),
('merge_records', false, 'says itself who merged what, and what there was before'),
('merge_rows', false, 'what a merge moved, to be put back'),
('erasures', false, 'says itself who asked for it; what was erased is in no log'),
('outgoing_events', false, 'what is told to endpoints; what happened stands in its own rows'),
('outgoing_deliveries', false, 'bookkeeping: what was told to whom'),
('outgoing_attempts', false, 'says itself what was tried and answered'),
('notice_tellings', false, 'bookkeeping: of what people were told'),
('mailbox_folders', false, 'bookkeeping: how far a folder was read'),
('mail_headers', false, 'read from a mailbox; says itself when and from where'),
('account_health_daily', false, 'reckoned from other rows, day by day; what changed stands in those');

-- Columns that are not logged, and those that look as if they should not be.
CREATE TABLE audit_columns (
    table_name text NOT NULL,
    column_name text NOT NULL,
    treatment text NOT NULL CONSTRAINT audit_columns_treatment_check CHECK (treatment IN ('left_out', 'bookkeeping', 'kept')),
    reason text NOT NULL,
    PRIMARY KEY (table_name, column_name)
);
INSERT INTO audit_columns (table_name, column_name, treatment, reason)
SELECT v.table_name, c.column_name, v.treatment, v.reason
FROM (VALUES
    ('secrets', '{sealed}', 'left_out', 'a secret, encrypted'),
    ('mails', '{raw,understood}', 'left_out', 'a whole mail, which stands in its own row'),
    ('companies', '{total_contacts,active_conversations,updated_at}', 'bookkeeping', 'counted by triggers'),
    (
        'contacts',
        '{engagement_score,engagement_light,engagement_deep,engagement_excluded,last_engaged_at,total_touchpoints,updated_at}',
        'bookkeeping', 'reckoned from events by triggers'
    ),
    ('relationships', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    (
        'conversations',
        '{last_touchpoint_at,touchpoint_count,last_response_at,response_count,avg_response_time_hours,updated_at}',
        'bookkeeping', 'reckoned from touchpoints by triggers'
    ),
    (
        'touchpoints',
        '{sent_at,delivered_at,opened_at,clicked_at,replied_at,bounced_at,failed_at,outcome,updated_at}',
        'bookkeeping', 'reckoned from events by triggers'
    ),
    ('senders', '{next_free_at,next_dry_at,inbound_synced_at,updated_at}', 'bookkeeping', 'kept by the engine'),
    ('mailboxes', '{history_read_at,failing_since,error,next_sync_at}', 'bookkeeping', 'kept by who reads it'),
    (
        'imports',
        '{bytes_total,bytes_done,row_count,created_count,updated_count,unchanged_count,repeated_count,rejected_count,companies_count}',
        'bookkeeping', 'counted by who runs it'
    ),
    ('imports', '{earlier,reasons,step,tries,lease,lease_until}', 'bookkeeping', 'kept by who runs it'),
    ('campaigns', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    ('enrolments', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    ('drafting_settings', '{updated_at}', 'bookkeeping', 'kept by a trigger'),
    ('account_views', '{updated_at}', 'bookkeeping', 'kept with each change'),
    ('tasks', '{held_by,held_until}', 'bookkeeping', 'who is at it at this moment, which ends by itself'),
    ('approvals', '{held_by,held_until}', 'bookkeeping', 'who is at it at this moment, which ends by itself'),
    ('suppressions', '{address_hash}', 'kept', 'what is suppressed could not be restored without it'),
    ('campaigns', '{preview_hash}', 'kept', 'of a version, not of a secret'),
    ('campaign_versions', '{content_hash}', 'kept', 'of words, not of a secret'),
    ('template_versions', '{content_hash}', 'kept', 'of words, not of a secret'),
    ('approvals', '{content_hash}', 'kept', 'of words, not of a secret'),
    ('drafting_settings', '{key,key_env}', 'kept', 'names where a secret is, never holds one'),
    ('outgoing_endpoints', '{old_secret_until}', 'kept', 'when, and not what')
) AS v (table_name, columns, treatment, reason)
CROSS JOIN LATERAL unnest(v.columns::text []) AS c (column_name);
