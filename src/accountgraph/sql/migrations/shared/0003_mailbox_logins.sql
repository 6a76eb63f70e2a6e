-- A login of a mailbox that went to its service and has not come back: the client, and what proves that we began, sealed with the
-- workspace's keys.
CREATE TABLE mailbox_logins (
    state_hash text PRIMARY KEY CONSTRAINT mailbox_logins_state_hash_check CHECK (state_hash ~ '^[0-9a-f]{64}$'),
    workspace text NOT NULL CONSTRAINT mailbox_logins_workspace_fkey REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid CONSTRAINT mailbox_logins_user_id_fkey REFERENCES users ON DELETE CASCADE, -- NULL: a key began it
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX mailbox_logins_workspace_idx ON mailbox_logins (workspace);
CREATE INDEX mailbox_logins_user_id_idx ON mailbox_logins (user_id);

DO $$
BEGIN
    ALTER TABLE mailbox_logins ENABLE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY registry ON mailbox_logins TO %I USING (true) WITH CHECK (true)', current_user);
END
$$;
