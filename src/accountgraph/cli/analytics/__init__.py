"""Commands about what came of it."""
