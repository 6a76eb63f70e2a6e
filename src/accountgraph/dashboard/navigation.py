"""Where one can go: the side bar, the palette and the shortcuts read this one list."""

from __future__ import annotations

from dataclasses import dataclass

from accountgraph.access import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the workspace. `key`: what leads there after `g`. `group`: places of one group stand together."""

    name: str
    path: str
    needs: Permission
    key: str = ""
    group: int = 1
    also: str = ""  # other words that the palette finds it by
    counts: str = ""  # what of `listing.counts` stands beside it

    @property
    def here(self) -> str:
        """What a page sets as `here` to be marked in the side bar."""
        return self.path.partition("/")[0]


PLACES = (
    Place("Inbox", "inbox", Permission.TASKS_READ, "n", 0, "replies answers mail", counts="inbox"),
    Place("Tasks", "tasks", Permission.TASKS_READ, "t", 0, "calls to do linkedin", counts="tasks"),
    Place("Approvals", "approvals", Permission.CAMPAIGNS_READ, "v", 0, "messages that wait approve drafts", counts="approvals"),
    Place("Accounts", "accounts", Permission.GRAPH_READ, "a", 1, "companies table", counts="accounts"),
    Place("Import", "imports", Permission.IMPORTS_WRITE, "i", 3, "upload a file csv companies contacts"),
)
