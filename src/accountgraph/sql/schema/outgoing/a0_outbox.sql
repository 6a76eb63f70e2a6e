-- What is told to the outside: who wants to hear, what happened, how each telling went.

-- An address of a system that wants to hear. Its signing secret is sealed in `secrets`, under `webhook/ID`.
CREATE TABLE outgoing_endpoints (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    url text NOT NULL CONSTRAINT outgoing_endpoints_url_check CHECK (url ~ '^https?://' AND length(url) <= 2000),
    description text NOT NULL DEFAULT '' CONSTRAINT outgoing_endpoints_description_check CHECK (length(description) <= 500),
    kinds text [] NOT NULL CONSTRAINT outgoing_endpoints_kinds_check CHECK (cardinality(kinds) > 0), -- what it hears about; `*`: everything
    state text NOT NULL DEFAULT 'active' CONSTRAINT outgoing_endpoints_state_check CHECK (state IN ('active', 'paused', 'gone')),
    reason text CONSTRAINT outgoing_endpoints_reason_check CHECK ((state = 'active') = (reason IS NULL)), -- why it is paused or gone
    stopped_at timestamptz, -- since when
    old_secret_until timestamptz, -- until then the secret before the present one signs too
    failing_since timestamptz, -- nothing got through since; NULL: the last try did
    failures integer NOT NULL DEFAULT 0, -- tries in a row that did not get through
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    updated_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE TRIGGER touch BEFORE UPDATE ON outgoing_endpoints FOR EACH ROW EXECUTE FUNCTION touch();

-- Something that happened while somebody wanted to hear of it; written in the transaction in which it happened.
CREATE TABLE outgoing_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL DEFAULT gen_random_uuid(), -- goes out as `webhook-id`, the same at every try
    kind text NOT NULL CONSTRAINT outgoing_events_kind_check CHECK (kind ~ '^[a-z]+[.][a-z]+$'),
    at timestamptz NOT NULL,
    account_key uuid NOT NULL, -- what is about the same account (else person, else thing) goes out in order
    data jsonb NOT NULL,
    is_trial boolean NOT NULL DEFAULT false, -- an example for one endpoint: it never happened, and is never replayed
    created_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX outgoing_events_created_at_idx ON outgoing_events (created_at, id);

-- One event on its way to one endpoint.
CREATE TABLE outgoing_deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL CONSTRAINT outgoing_deliveries_event_id_fkey REFERENCES outgoing_events ON DELETE CASCADE,
    endpoint_id uuid NOT NULL CONSTRAINT outgoing_deliveries_endpoint_id_fkey REFERENCES outgoing_endpoints ON DELETE CASCADE,
    account_key uuid NOT NULL, -- the event's
    state text NOT NULL DEFAULT 'pending'
        CONSTRAINT outgoing_deliveries_state_check CHECK (state IN ('pending', 'delivered', 'failed')), -- failed: given up
    tries integer NOT NULL DEFAULT 0, -- since it was last asked for
    next_try_at timestamptz NOT NULL DEFAULT current_moment(), -- not before; while somebody is at it, when they are taken for dead
    lease uuid, -- who is at it
    status integer, -- what the last try was answered; NULL: nothing was
    error text, -- why the last try did not get through
    settled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT outgoing_deliveries_event_id_key UNIQUE (event_id, endpoint_id),
    CONSTRAINT outgoing_deliveries_settled_at_check CHECK ((state = 'pending') = (settled_at IS NULL))
);
CREATE INDEX outgoing_deliveries_due_idx ON outgoing_deliveries (endpoint_id, next_try_at, event_id) WHERE state = 'pending';
CREATE INDEX outgoing_deliveries_account_idx ON outgoing_deliveries (endpoint_id, account_key, event_id) WHERE state = 'pending';
CREATE INDEX outgoing_deliveries_endpoint_id_idx ON outgoing_deliveries (endpoint_id, id);

-- Each try, and what came of it.
CREATE TABLE outgoing_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id bigint NOT NULL CONSTRAINT outgoing_attempts_delivery_id_fkey REFERENCES outgoing_deliveries ON DELETE CASCADE,
    at timestamptz NOT NULL,
    duration_ms integer NOT NULL,
    status integer, -- NULL: no answer came
    response text, -- the beginning of the answer's body
    error text
);
CREATE INDEX outgoing_attempts_delivery_id_idx ON outgoing_attempts (delivery_id, id);

-- Whether anybody wants to hear of one of these: what a change costs where nobody does.
CREATE FUNCTION is_told(wanted text []) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM FROM outgoing_endpoints AS e WHERE e.state <> 'gone' AND e.kinds && wanted;
    RETURN FOUND;
END
$$;

-- Write down what happened, in this order, for those who want to hear of it. The arrays are of one length.
CREATE FUNCTION tell(happened text [], moments timestamptz [], accounts uuid [], facts jsonb []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    WITH told AS (
        SELECT u.happened, u.moment, u.account, u.fact, u.nth
        FROM unnest(happened, moments, accounts, facts) WITH ORDINALITY AS u (happened, moment, account, fact, nth)
        WHERE EXISTS (
            SELECT FROM outgoing_endpoints AS e WHERE e.state <> 'gone' AND e.kinds && ARRAY[u.happened, '*']
        )
    ),
    written AS (
        INSERT INTO outgoing_events (kind, at, account_key, data)
        SELECT t.happened, t.moment, coalesce(t.account, gen_random_uuid()), jsonb_strip_nulls(t.fact) FROM told AS t ORDER BY t.nth
        RETURNING id, kind, account_key
    )
    INSERT INTO outgoing_deliveries (event_id, endpoint_id, account_key)
    SELECT w.id, e.id, w.account_key
    FROM written AS w INNER JOIN outgoing_endpoints AS e ON e.state <> 'gone' AND e.kinds && ARRAY[w.kind, '*']
    ORDER BY w.id;
    IF FOUND THEN
        PERFORM pg_notify('accountgraph_outgoing', current_schema());
    END IF;
END
$$;
