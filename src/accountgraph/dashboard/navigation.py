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
    Place("Inbox", "inbox", Permission.TASKS_READ, "i", 0, "replies answers mail", counts="inbox"),
    Place("Tasks", "tasks", Permission.TASKS_READ, "t", 0, "calls to do linkedin", counts="tasks"),
    Place("Approvals", "approvals", Permission.CAMPAIGNS_READ, "v", 0, "messages that wait approve drafts", counts="approvals"),
    Place("Accounts", "accounts", Permission.GRAPH_READ, "a", 1, "companies table", counts="accounts"),
    Place("People", "people", Permission.GRAPH_READ, "p", 1, "contacts persons table"),
    Place("Campaigns", "campaigns", Permission.CAMPAIGNS_READ, "c", 1, "sequences funnel outreach", counts="campaigns"),
    Place("Analytics", "analytics", Permission.CAMPAIGNS_READ, "n", 1, "engagement funnel health deliverability hours variants charts"),
    Place("Import", "imports", Permission.IMPORTS_WRITE, "u", 3, "upload a file csv companies contacts"),
    Place("Settings", "settings", Permission.SETTINGS_READ, "s", 3, "users keys mailboxes policy templates webhooks audit workspace"),
)
# What the palette offers to do, beside where one can go.
DEEDS = (
    Place("New task", "tasks/new", Permission.TASKS_WORK, also="add to do reminder follow up create"),
    Place("New person", "people/new", Permission.GRAPH_WRITE, also="add contact create"),
    Place("New account", "accounts/new", Permission.GRAPH_WRITE, also="add company create"),
    Place("New relationship", "people/relationships/new", Permission.GRAPH_WRITE, also="add edge relate knows create"),
    Place("Take the tour", "start", Permission.GRAPH_READ, also="welcome first run help begin"),
)
