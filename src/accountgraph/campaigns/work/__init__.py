"""What waits for people of ours: tasks, approvals, answers."""
