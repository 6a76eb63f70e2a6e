"""Signals: what happened, and what it does to that person and to the rest of the account."""
