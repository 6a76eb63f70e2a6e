"""The addresses of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.people import editing, finding, happened, merging, page, privacy, relations, table, wishes

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Doing, Drawing, Visits

_ONE = "/people/{contact_id}"
# Names before ids: `new` is nobody's id.
_PAGES: tuple[tuple[str, Permission, Drawing], ...] = (
    ("/people", Permission.GRAPH_READ, table.people_page),
    ("/people.csv", Permission.EXPORTS_READ, table.people_file),
    ("/people/new", Permission.GRAPH_WRITE, editing.new_person_page),
    ("/people/offered", Permission.GRAPH_READ, finding.offered),
    ("/people/relationships/new", Permission.GRAPH_WRITE, relations.new_relationship_page),
    ("/accounts/new", Permission.GRAPH_WRITE, editing.new_account_page),
    (_ONE, Permission.GRAPH_READ, page.contact_page),
    (f"{_ONE}/edit", Permission.GRAPH_WRITE, editing.edit_page),
    (f"{_ONE}/merge", Permission.GRAPH_MERGE, merging.merge_page),
    (f"{_ONE}/erase", Permission.PRIVACY_ERASE, privacy.erase_page),
    (f"{_ONE}/data.json", Permission.PRIVACY_EXPORT, privacy.person_file),
)
_ACTIONS: tuple[tuple[str, Permission, Doing], ...] = (
    ("/people/new", Permission.GRAPH_WRITE, editing.new_person),
    ("/people/relationships/new", Permission.GRAPH_WRITE, relations.new_relationship),
    ("/people/relationships/change", Permission.GRAPH_WRITE, relations.change),
    ("/people/relationships/remove", Permission.GRAPH_WRITE, relations.remove),
    ("/people/merges/undo", Permission.GRAPH_MERGE, merging.undo_merge),
    ("/accounts/new", Permission.GRAPH_WRITE, editing.new_account),
    (f"{_ONE}/edit", Permission.GRAPH_WRITE, editing.edit),
    (f"{_ONE}/merge", Permission.GRAPH_MERGE, merging.merge),
    (f"{_ONE}/stops", Permission.SUPPRESSIONS_WRITE, wishes.stop),
    (f"{_ONE}/stops/remove", Permission.SUPPRESSIONS_WRITE, wishes.lift),
    (f"{_ONE}/consents", Permission.SUPPRESSIONS_WRITE, wishes.consent),
    (f"{_ONE}/consents/revoke", Permission.SUPPRESSIONS_WRITE, wishes.revoke),
    (f"{_ONE}/topics", Permission.SUPPRESSIONS_WRITE, wishes.topics),
    (f"{_ONE}/happened", Permission.TASKS_WORK, happened.record),
    (f"{_ONE}/campaigns", Permission.CAMPAIGNS_RUN, happened.steer),
    (f"{_ONE}/erase", Permission.PRIVACY_ERASE, privacy.erase),
)


def routes(visits: Visits) -> list[Route]:
    """All of them; they stand before those of one account, whose `new` would be an id."""
    return [*(visits.shows(*one) for one in _PAGES), *(visits.does(*one) for one in _ACTIONS)]
