"""What agents look at, in a prompt's length."""
