"""Amazon SES: mail, its events over Amazon SNS."""
