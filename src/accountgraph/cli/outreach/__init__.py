"""The work around campaigns: what waits for people, who writes, whom not to write to, what stops, the worker."""
