"""The commands of campaigns: what waits for people, who writes, what stops."""
