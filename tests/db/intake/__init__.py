"""What comes in, on a real database."""
