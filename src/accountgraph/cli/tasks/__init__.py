"""`task`: the queue of work for people."""
