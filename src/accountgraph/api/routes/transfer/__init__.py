"""Files in and out, and what happens as it happens."""
