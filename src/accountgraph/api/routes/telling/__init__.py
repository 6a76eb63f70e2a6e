"""What is told to others: outgoing webhooks, notices to people, and the agents that work here."""
