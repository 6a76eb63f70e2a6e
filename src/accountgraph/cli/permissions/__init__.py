"""Commands about what may be done: consents, suppressions, holds, the law, free days, accounts that are left out."""
