-- The event log: the truth behind the touchpoints' `*_at` columns and behind engagement.

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CONSTRAINT events_kind_check CHECK (
        kind IN (
            'sent', 'delivered', 'opened', 'clicked', 'replied', 'received', 'answered',
            'meeting_booked', 'meeting_held', 'meeting_missed', 'bounced', 'failed', 'complained', 'unsubscribed'
        )
    ),
    detail text CONSTRAINT events_detail_check CHECK (
        CASE kind
            WHEN 'replied' THEN detail IN ('positive', 'referral', 'question', 'other', 'not_now', 'refusal')
            WHEN 'bounced' THEN detail IN ('hard', 'soft', 'policy')
            ELSE detail IS NULL
        END
    ),
    at timestamptz NOT NULL,
    touchpoint_id uuid CONSTRAINT events_touchpoint_id_fkey REFERENCES touchpoints ON DELETE CASCADE,
    contact_id uuid CONSTRAINT events_contact_id_fkey REFERENCES contacts ON DELETE SET NULL, -- who acted
    actor text CONSTRAINT events_actor_check CHECK (actor IN ('human', 'prefetch', 'scanner', 'unverified')),
    actor_reason text,
    actor_is_given boolean NOT NULL DEFAULT false, -- said by whoever reported it: never reclassified
    url text,
    user_agent text,
    address inet,
    provider text,
    provider_account text,
    provider_event_id text,
    dedupe_key uuid NOT NULL CONSTRAINT events_dedupe_key UNIQUE,
    raw jsonb NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL DEFAULT current_moment(),
    recorded_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX events_touchpoint_id_idx ON events (touchpoint_id, kind, at);
CREATE INDEX events_contact_id_idx ON events (contact_id, at);
CREATE INDEX events_recorded_in_idx ON events (recorded_in, id);

-- What an act of a person is worth, and how fast it fades. Editable; afterwards call settle_engagement().
CREATE TABLE engagement_weights (
    kind text NOT NULL,
    detail text NOT NULL DEFAULT '',
    points double precision NOT NULL CONSTRAINT engagement_weights_points_check CHECK (points > 0),
    half_life text NOT NULL CONSTRAINT engagement_weights_half_life_check CHECK (half_life IN ('light', 'deep')),
    most_a_message integer CONSTRAINT engagement_weights_most_a_message_check CHECK (most_a_message > 0),
    PRIMARY KEY (kind, detail)
);
INSERT INTO engagement_weights (kind, detail, points, half_life, most_a_message) VALUES
('opened', '', 1, 'light', 3),
('clicked', '', 3, 'light', NULL),
('replied', 'positive', 10, 'deep', NULL),
('replied', 'referral', 8, 'deep', NULL),
('replied', 'question', 6, 'deep', NULL),
('replied', 'other', 6, 'deep', NULL),
('replied', 'not_now', 2, 'deep', NULL),
('received', '', 8, 'deep', NULL),
('answered', '', 8, 'deep', NULL),
('meeting_held', '', 20, 'deep', NULL);

-- Who follows links by machine: a part of the user agent, or a network.
CREATE TABLE known_scanners (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    user_agent_part text,
    network inet,
    CONSTRAINT known_scanners_signature_check CHECK (num_nonnulls(user_agent_part, network) = 1)
);
INSERT INTO known_scanners (name, user_agent_part) VALUES
('Barracuda', 'barracuda'), ('Mimecast', 'mimecast'), ('Proofpoint', 'proofpoint'), ('Bitdefender', 'bitdefender'),
('Trend Micro', 'trendmicro'), ('Symantec', 'symantec'), ('Cisco', 'ironport'), ('headless browser', 'headlesschrome'),
('scripted client', 'python-requests'), ('scripted client', 'curl/');
