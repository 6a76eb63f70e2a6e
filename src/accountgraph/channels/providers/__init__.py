"""Providers of mail and text messages: translation only. What they send us becomes one set of types, what we send becomes theirs."""

NAMES = ("sendgrid", "mailgun", "postmark", "ses", "brevo", "resend", "mailjet", "sparkpost", "mailersend", "twilio", "vonage")
"""The providers there are; what each does is loaded when it is used, for the HTTP client is slow to load."""
