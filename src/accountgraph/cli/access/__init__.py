"""Commands of users and of API keys."""
