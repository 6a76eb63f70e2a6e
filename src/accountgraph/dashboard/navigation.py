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

    @property
    def here(self) -> str:
        """What a page sets as `here` to be marked in the side bar."""
        return self.path.partition("/")[0]


PLACES = (
    Place("Accounts", "accounts", Permission.GRAPH_READ, "a", 1, "companies table"),
    Place(
        "Analytics", "analytics", Permission.CAMPAIGNS_READ, "n", 1, "engagement funnel health deliverability best hours variants charts"
    ),
    Place("Import", "imports", Permission.IMPORTS_WRITE, "i", 3, "upload a file csv companies contacts"),
)
