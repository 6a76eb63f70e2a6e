"""Postmark: mail."""
