"""Who writes, and when nobody may: senders, settings, legal identities, the law, exclusions, free days."""
