"""Commands about what is told to the outside."""
