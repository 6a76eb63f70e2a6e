"""Commands about what carries messages."""
