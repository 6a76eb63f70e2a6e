"""Twilio SendGrid: mail."""
