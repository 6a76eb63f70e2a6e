"""The graph: companies, contacts, relationships, conversations, touchpoints and events."""
