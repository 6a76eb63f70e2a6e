"""The people of an account as a tree: reporting lines first, the others by department."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from rich.text import Text
from rich.tree import Tree

from accountgraph.cli.render.account import roles_of
from accountgraph.cli.render.page import DATA, GOOD, QUIET
from accountgraph.cli.render.words import bar, plain
from accountgraph.enums import RelationshipType

if TYPE_CHECKING:
    from accountgraph.graph.answers import AccountOverview, OverviewContact

_LEVELS = ["c-level", "vp", "director", "manager", "individual_contributor", None]


class Person(TypedDict):
    """One person of the tree."""

    id: UUID
    name: str
    title: str | None
    engagement_score: int
    reports: list[Person]


class People(TypedDict):
    """`lines` begin with those who report to nobody here; `departments` hold who is in no line, "" where none is known."""

    lines: list[Person]
    departments: dict[str, list[Person]]


def people_of(overview: AccountOverview) -> People:
    """Arrange the contacts of an account; in a circle of reports the most senior one comes first."""
    boss = _bosses(overview)
    reports: dict[UUID, list[UUID]] = {}
    for below, above in boss.items():
        reports.setdefault(above, []).append(below)
    entries = overview["contacts"]
    placed: set[UUID] = set()
    tops = [key for key in _by_level(entries, list(reports)) if key not in boss]
    lines = [_person(entries, reports, key, placed) for key in tops]
    lines += [_person(entries, reports, key, placed) for key in _by_level(entries, list(reports)) if key not in placed]
    departments: dict[str, list[Person]] = {}
    for key in _by_level(entries, [key for key in entries if key not in placed]):
        departments.setdefault(entries[key]["contact"].department or "", []).append(_person(entries, {}, key, placed))
    return {"lines": lines, "departments": departments}


def _bosses(overview: AccountOverview) -> dict[UUID, UUID]:
    """Who reports to whom; where somebody has two lines, the stronger one (they come strongest first)."""
    boss: dict[UUID, UUID] = {}
    for edge in overview["relationships"]:
        one, other = edge["contact_1"]["id"], edge["contact_2"]["id"]
        if one not in overview["contacts"] or other not in overview["contacts"]:
            continue
        if edge["type"] == RelationshipType.REPORTS_TO:
            boss.setdefault(one, other)
        elif edge["type"] == RelationshipType.MANAGER_OF:
            boss.setdefault(other, one)
    return boss


def _by_level(entries: dict[UUID, OverviewContact], keys: list[UUID]) -> list[UUID]:
    return sorted(keys, key=lambda key: (_LEVELS.index(entries[key]["contact"].seniority_level), entries[key]["contact"].name))


def _person(entries: dict[UUID, OverviewContact], reports: dict[UUID, list[UUID]], key: UUID, placed: set[UUID]) -> Person:
    placed.add(key)
    contact = entries[key]["contact"]
    below = [_person(entries, reports, report, placed) for report in _by_level(entries, reports.get(key, [])) if report not in placed]
    return {"id": key, "name": contact.name, "title": contact.title, "engagement_score": entries[key]["engagement_score"], "reports": below}


def people_tree(overview: AccountOverview, people: People) -> Tree:
    """Draw it."""
    tree = Tree(Text(overview["company"]["name"], style="bold"), guide_style=QUIET)
    for person in people["lines"]:
        _grow(tree, overview, person)
    for department, members in people["departments"].items():
        branch = tree.add(Text(department or "Department unknown", style=QUIET))
        for person in members:
            _grow(branch, overview, person)
    if not overview["contacts"]:
        tree.add(Text("Nobody yet. `accountgraph import contacts FILE` brings people in.", style=QUIET))
    return tree


def _grow(branch: Tree, overview: AccountOverview, person: Person) -> None:
    entry = overview["contacts"][person["id"]]
    contact = entry["contact"]
    label = Text.assemble((contact.name, "bold"), f"  {contact.title or 'no title'}")
    if contact.seniority_level:
        label.append(f", {plain(contact.seniority_level)}", style=QUIET)
    label.append("\n")
    label.append(bar(entry["engagement_score"] / 100, 6), style=DATA).append(f" {entry['engagement_score']}  ")
    if entry["active_conversations"]:
        label.append("in conversation  ", style=GOOD)
    label.append(roles_of(contact), style=QUIET)
    inner = branch.add(label)
    for report in person["reports"]:
        _grow(inner, overview, report)
