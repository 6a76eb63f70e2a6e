"""What every server of this package shares: how a body is read, how a request is refused; and whom they trust when they ask."""
