-- What agents asked for is read a page at a time.

CREATE INDEX agent_messages_asked_at_idx ON agent_messages (asked_at, id);
CREATE INDEX agent_messages_agent_asked_at_idx ON agent_messages (agent, asked_at, id);
