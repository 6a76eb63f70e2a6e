"""Providers of mail and text messages: translation only. What they send us becomes one set of types, what we send becomes theirs."""
