"""Accounts, people and their past, as rows: pure, from a seed and a moment."""
