"""What happens in a workspace, as it is committed: the event log, and beside it what happens to work for people and to imports."""

from accountgraph.live.changes import Change, changes_after, forget_changes, newest, order_of

__all__ = ["Change", "changes_after", "forget_changes", "newest", "order_of"]
