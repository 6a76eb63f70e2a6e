"""The desk of a person of ours: the queue of tasks, what one has to know for each, and what can come of it."""
