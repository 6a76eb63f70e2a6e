"""MailerSend: mail."""
