"""Who may be written to: suppressions, consents, topics, exclusions, holds, the law, free days."""
