-- What the API keeps of requests.

-- A request that is sent twice is done once; kept for a day. `role_name`: an agent sees its own alone.
CREATE TABLE idempotency_keys (
    principal_id uuid NOT NULL,
    key text NOT NULL CONSTRAINT idempotency_keys_key_check CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    status integer,
    headers jsonb NOT NULL DEFAULT '{}',
    body bytea,
    role_name text NOT NULL DEFAULT current_user,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (principal_id, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
