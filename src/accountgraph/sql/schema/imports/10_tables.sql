-- Files that were uploaded to be imported: kept here, so that whatever process is there takes them up.

-- An import over HTTP. Who works at it holds a lease; where the lease ends, another begins it anew, which changes nothing twice.
CREATE TABLE imports (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    entity text CONSTRAINT imports_entity_check CHECK ( -- NULL: still being uploaded
        entity IN ('companies', 'contacts', 'relationships', 'conversations', 'touchpoints')
    ),
    file_name text NOT NULL CONSTRAINT imports_file_name_check CHECK (length(file_name) BETWEEN 1 AND 200), -- its last part, to be shown
    options jsonb NOT NULL DEFAULT '{}', -- mapping and dialect, as they were said
    is_dry_run boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'uploading' CONSTRAINT imports_state_check
        CHECK (state IN ('uploading', 'pending', 'running', 'done', 'failed', 'cancelled')),
    is_cancelled boolean NOT NULL DEFAULT false, -- somebody asked for that; who runs it sees to it
    error text, -- why it failed
    acting jsonb NOT NULL, -- who started it, and under whose name its changes are logged
    bytes_total bigint NOT NULL DEFAULT 0,
    bytes_done bigint NOT NULL DEFAULT 0,
    row_count bigint NOT NULL DEFAULT 0, -- = created + updated + unchanged + repeated + rejected, but for those in work
    created_count bigint NOT NULL DEFAULT 0,
    updated_count bigint NOT NULL DEFAULT 0,
    unchanged_count bigint NOT NULL DEFAULT 0,
    repeated_count bigint NOT NULL DEFAULT 0,
    rejected_count bigint NOT NULL DEFAULT 0,
    companies_count bigint NOT NULL DEFAULT 0, -- made because contacts name them
    earlier jsonb NOT NULL DEFAULT '{}', -- what runs that were broken off had created and updated
    reasons jsonb NOT NULL DEFAULT '[]', -- why rows were rejected, the most frequent first
    step bigint NOT NULL DEFAULT 0, -- grows with each change: where whoever watches it is
    tries integer NOT NULL DEFAULT 0,
    lease uuid, -- who runs it
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT imports_lease_check CHECK ((state = 'running') = (lease IS NOT NULL) AND (lease IS NULL) = (lease_until IS NULL)),
    CONSTRAINT imports_finished_at_check CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CONSTRAINT imports_entity_known_check CHECK (state = 'uploading' OR entity IS NOT NULL)
);
CREATE INDEX imports_created_at_idx ON imports (created_at, id);
CREATE INDEX imports_open_idx ON imports (created_at, id) WHERE state IN ('uploading', 'pending', 'running');

-- The bytes of an uploaded file, until it is imported.
CREATE TABLE import_chunks (
    import_id uuid NOT NULL CONSTRAINT import_chunks_import_id_fkey REFERENCES imports ON DELETE CASCADE,
    number integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- The rows that were not imported, as a CSV file that can be corrected and imported again.
CREATE TABLE import_rejects (
    import_id uuid NOT NULL CONSTRAINT import_rejects_import_id_fkey REFERENCES imports ON DELETE CASCADE,
    number integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (import_id, number)
);
