"""Mailgun: mail."""
