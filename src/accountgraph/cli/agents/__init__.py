"""Commands about AI agents."""
