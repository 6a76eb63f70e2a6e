"""Mailjet: mail."""
