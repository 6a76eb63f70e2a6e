-- How people enter: sessions, tokens that are used once, single sign-on, what holds guessing back, and the log of it all.
-- Nothing that opens a door stands here: of each token its SHA-256 (it is 256 random bits, so that there is nothing to guess at),
-- of each password its Argon2id.

CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), -- what people call it by; it opens nothing
    token_hash text NOT NULL CONSTRAINT sessions_token_hash_key UNIQUE CONSTRAINT sessions_token_hash_check CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    user_id uuid NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    idle_seconds integer NOT NULL CONSTRAINT sessions_idle_seconds_check CHECK (idle_seconds > 0),
    expires_at timestamptz NOT NULL,
    ip inet,
    user_agent text
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);

CREATE TABLE password_resets (
    token_hash text PRIMARY KEY CONSTRAINT password_resets_token_hash_check CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    user_id uuid NOT NULL CONSTRAINT password_resets_user_id_fkey REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX password_resets_user_id_idx ON password_resets (user_id);

CREATE TABLE invitations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash text NOT NULL CONSTRAINT invitations_token_hash_key UNIQUE
    CONSTRAINT invitations_token_hash_check CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    workspace text NOT NULL CONSTRAINT invitations_workspace_fkey REFERENCES workspaces ON DELETE CASCADE,
    email text NOT NULL,
    role text NOT NULL CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    invited_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT invitations_workspace_email_key UNIQUE (workspace, email)
);

CREATE TABLE user_identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL CONSTRAINT user_identities_user_id_fkey REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX user_identities_user_id_idx ON user_identities (user_id);

-- A login that went to the identity provider and has not come back.
CREATE TABLE oidc_logins (
    state_hash text PRIMARY KEY CONSTRAINT oidc_logins_state_hash_check CHECK (state_hash ~ '^[0-9a-f]{64}$'),
    browser_hash text NOT NULL CONSTRAINT oidc_logins_browser_hash_check CHECK (browser_hash ~ '^[0-9a-f]{64}$'),
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    return_to text NOT NULL,
    expires_at timestamptz NOT NULL
);

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

-- How often a login failed of late: by account and by address of the network, each hashed or cut as the program wants it.
CREATE TABLE login_throttles (
    subject text PRIMARY KEY,
    failures integer NOT NULL CONSTRAINT login_throttles_failures_check CHECK (failures >= 0),
    last_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
CREATE INDEX login_throttles_last_at_idx ON login_throttles (last_at);

-- What was done about entering, by whom and from where. It names no row of other tables: it outlives them all.
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    action text NOT NULL,
    workspace text,
    subject_id uuid, -- the user or key that it is about
    subject text, -- and by what name people know it
    actor_kind text NOT NULL,
    actor_id text,
    actor text NOT NULL,
    ip inet,
    user_agent text,
    request_id text,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX access_log_at_idx ON access_log (at);
CREATE INDEX access_log_workspace_idx ON access_log (workspace, id);
CREATE INDEX access_log_subject_id_idx ON access_log (subject_id, id);

-- It only grows; what is older than 400 days may be deleted, for nobody may keep where people were for ever.
CREATE FUNCTION keep_access_log() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF tg_op = 'DELETE' AND old.at < now() - interval '400 days' THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION 'the access log only grows; what is older than 400 days may be deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER access_log_kept BEFORE UPDATE OR DELETE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_access_log();
CREATE TRIGGER access_log_kept_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_access_log();

-- A workspace that has an owner who can enter keeps one. Whoever takes an owner away writes the workspace's row first: of two who
-- do so at once the second waits, and then sees what the first has left.
CREATE FUNCTION keep_owner(in_workspace text) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    UPDATE workspaces SET created_at = created_at WHERE name = in_workspace;
    IF FOUND AND NOT EXISTS (
        SELECT FROM memberships AS m INNER JOIN users AS u ON u.id = m.user_id
        WHERE m.workspace = in_workspace AND m.role = 'owner' AND u.disabled_at IS NULL
    ) THEN
        RAISE EXCEPTION 'workspace % would be left without an owner; make somebody else its owner first', in_workspace
            USING ERRCODE = 'check_violation', COLUMN = 'role', TABLE = 'memberships';
    END IF;
END
$$;

CREATE FUNCTION keep_owner_of_membership() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM keep_owner(old.workspace);
    RETURN NULL;
END
$$;
CREATE TRIGGER memberships_keep_owner AFTER UPDATE ON memberships
FOR EACH ROW WHEN (old.role = 'owner' AND (new.role <> 'owner' OR new.workspace <> old.workspace))
EXECUTE FUNCTION keep_owner_of_membership();
CREATE TRIGGER memberships_keep_owner_deleted AFTER DELETE ON memberships
FOR EACH ROW WHEN (old.role = 'owner')
EXECUTE FUNCTION keep_owner_of_membership();

CREATE FUNCTION keep_owner_of_user() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM keep_owner(m.workspace) FROM memberships AS m WHERE m.user_id = new.id AND m.role = 'owner' ORDER BY m.workspace;
    RETURN NULL;
END
$$;
CREATE TRIGGER users_keep_owner AFTER UPDATE OF disabled_at ON users
FOR EACH ROW WHEN (old.disabled_at IS NULL AND new.disabled_at IS NOT NULL)
EXECUTE FUNCTION keep_owner_of_user();

REVOKE EXECUTE ON FUNCTION keep_access_log(), keep_owner(text), keep_owner_of_membership(), keep_owner_of_user() FROM PUBLIC;

-- Closed to all but whoever migrates, as the tables of before are; and the log is not even theirs to change.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOREACH relation IN ARRAY ARRAY[
        'sessions', 'password_resets', 'invitations', 'user_identities', 'oidc_logins', 'mailbox_logins', 'login_throttles', 'access_log'
    ]::regclass [] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY registry ON %s TO %I USING (true) WITH CHECK (true)', relation, current_user);
    END LOOP;
    EXECUTE format('REVOKE UPDATE, TRUNCATE ON access_log FROM %I', current_user);
END
$$;
