"""Brevo: mail."""
