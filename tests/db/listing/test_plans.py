"""Each order and each filter of each list is found by an index, however long the list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from accountgraph.audit import log
from accountgraph.campaigns.work.tasks import everything
from accountgraph.listing import decided, graph, ledger, outreach, participants, permission, work
from accountgraph.listing.page import Type, written
from accountgraph.listing.reading import Listing, ask
from accountgraph.queries import query
from accountgraph.tools import agents

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LISTS = {
    name.lower(): value
    for module in (agents, decided, graph, ledger, log, outreach, participants, permission, work)
    for name, value in vars(module).items()
    if isinstance(value, Listing)
}
SMALL = {"mailboxes", "senders"}  # as many as a workspace has mailboxes: read whole
PLANNED = "; ".join(f"SET LOCAL enable_{way} = off" for way in ("seqscan", "sort", "incremental_sort", "bitmapscan"))


def cases() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name, listing in LISTS.items():
        for sort in listing.sorts:
            yield name, sort, ()
            for key, one in listing.filters.items():
                if one.is_narrow or sort in one.sorts:
                    yield name, sort, (key,)
    yield "enrolments", "created_at", ("campaign_id", "state")
    yield "participants", "created_at", ("campaign_id", "state")
    yield "tasks", "due_at", ("in_state", "of_kind")
    yield "tasks", "due_at", ("in_state", "of_owner")
    yield "tasks", "due_at", ("in_state", "came_in")


def value(name: str) -> Any:
    if name.endswith("_id"):
        return str(uuid4()) if name == "row_id" else uuid4()
    if name in {"since", "until"}:
        return NOW
    if name == "transaction":
        return "700"
    return True if name.startswith("is_") else "acme.com"


def plan(url: str, listing: Listing[Any], sort: str, keys: tuple[str, ...], settings: str = PLANNED) -> str:
    chosen = listing.sorts[sort.removeprefix("-")]
    at: Any = {Type.TEXT: "Acme", Type.MOMENT: NOW, Type.NUMBER: 7}[chosen.type]
    after = written(listing.order(sort), at, 7 if listing.key_type is Type.NUMBER else uuid4())
    asked = ask(listing, {key: value(key) for key in keys}, sort=sort, limit=50, after=after)
    params = {**asked.params, **(everything(NOW, include_snoozed=False) if listing is work.TASKS else {})}
    params["limit"] = 51
    with psycopg.connect(url, options="-c search_path=abm") as connection:
        connection.execute(settings.encode())
        return "\n".join(line for (line,) in connection.execute(b"EXPLAIN " + query(asked.query), params))


@pytest.mark.parametrize(("name", "sort", "keys"), list(cases()), ids=str)
def test_page_is_found_by_an_index(url: str, name: str, sort: str, keys: tuple[str, ...]) -> None:
    listing = LISTS[name]
    if name in SMALL:
        return
    is_narrow = any(listing.filters[key].is_narrow for key in keys)
    for way in (sort, f"-{sort}"):
        if is_narrow:
            narrow = plan(url, listing, way, keys, "SET LOCAL enable_seqscan = off")
            assert "Seq Scan" not in narrow
            assert "Index Cond" in narrow
            continue
        found = plan(url, listing, way, keys)
        assert "Sort" not in found, found
        assert "Seq Scan" not in found, found
        conditions = " ".join(line for line in found.splitlines() if "Index Cond" in line)
        assert "ROW(" in conditions or listing.key in {"e.id", "a.id"}, found
        for key in keys:
            column = listing.filters[key].condition.split(".")[1].split(" ")[0].split(",")[0]
            assert column in conditions, found


@pytest.mark.parametrize("name", sorted(set(LISTS) - SMALL))
def test_filter_without_an_index_does_not_stand_alone(name: str) -> None:
    listing = LISTS[name]
    for key, one in listing.filters.items():
        if not one.is_narrow and not one.sorts:
            with pytest.raises(ValueError, match="narrowed already"):
                _refused(listing, key)


def _refused(listing: Listing[Any], key: str) -> None:
    from accountgraph.errors import InvalidValueError

    try:
        ask(listing, {key: value(key)}, sort=next(iter(listing.sorts)), limit=1, after=None)
    except InvalidValueError as error:
        raise ValueError(str(error)) from error
