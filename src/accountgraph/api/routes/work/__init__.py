"""Work for people, and what came of it: approvals, tasks, the inbox, signals, drafts."""
