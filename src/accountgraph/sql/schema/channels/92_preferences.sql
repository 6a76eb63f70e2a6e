-- What people choose for themselves on the preference page.

-- What one may hear about. A campaign names its topic.
CREATE TABLE topics (
    key text PRIMARY KEY CONSTRAINT topics_key_check CHECK (key ~ '^[a-z][a-z0-9_-]{0,62}$'),
    name text NOT NULL CONSTRAINT topics_name_check CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT current_moment()
);

-- A topic that somebody does not want to hear about. No row: they were not asked, or want it.
CREATE TABLE topic_refusals (
    contact_id uuid CONSTRAINT topic_refusals_contact_id_fkey REFERENCES contacts ON DELETE CASCADE,
    topic text CONSTRAINT topic_refusals_topic_fkey REFERENCES topics ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT current_moment(),
    PRIMARY KEY (contact_id, topic)
);
CREATE INDEX topic_refusals_topic_idx ON topic_refusals (topic);
