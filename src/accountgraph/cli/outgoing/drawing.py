"""Endpoints, deliveries, kinds and notices, as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from rich.console import Group
from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, listing
from accountgraph.cli.render.words import ago, count, plain
from accountgraph.notices import composing
from accountgraph.outgoing.deliveries import DeliveryState
from accountgraph.outgoing.endpoints import EndpointState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.notices import Need, NoticeChannel
    from accountgraph.outgoing import Delivery, DeliveryDetail, Endpoint, Kind
    from accountgraph.outgoing.kinds import About


def endpoints_table(found: Sequence[Endpoint], now: datetime) -> RenderableType:
    """An endpoint a row."""
    if not found:
        return Text("No system is told; add one with `webhook endpoint add URL`.", style=QUIET)
    table = listing("Endpoint", "Hears about", "How it fares")
    for one in found:
        name = Text(f"{str(one.id)[:8]}  {one.url}").append(f"\n{one.description}" if one.description else "", style=QUIET)
        table.add_row(name, ", ".join(one.kinds), _fares(one, now))
    return table


def endpoint_facts(one: Endpoint, now: datetime) -> RenderableType:
    """All about one."""
    table = facts_table()
    table.add_row("endpoint", str(one.id))
    table.add_row("address", one.url)
    if one.description:
        table.add_row("for", one.description)
    table.add_row("hears about", ", ".join(one.kinds))
    table.add_row("state", _fares(one, now))
    table.add_row("waiting", count(one.waiting, "delivery", "deliveries"))
    if one.old_secret_until is not None and one.old_secret_until > now:
        table.add_row("old secret", f"signs too until {one.old_secret_until:%Y-%m-%d %H:%M %Z}")
    table.add_row("added", ago(one.created_at, now))
    return table


def _fares(one: Endpoint, now: datetime) -> Text:
    if one.state is not EndpointState.ACTIVE:
        return Text(
            f"{one.state} since {ago(one.stopped_at, now)}: {one.reason}", style=BAD if one.state is EndpointState.GONE else ATTENTION
        )
    if one.failing_since is not None:
        return Text(f"fails since {ago(one.failing_since, now)}, {count(one.failures, 'try', 'tries')}", style=BAD)
    return Text("well", style=GOOD)


def deliveries_table(found: Sequence[Delivery], now: datetime) -> RenderableType:
    """A delivery a row."""
    if not found:
        return Text("Nothing was told.", style=QUIET)
    table = listing("Delivery", "Kind", "To", "When", "How it went")
    for one in found:
        table.add_row(str(one.id), one.kind, one.url, ago(one.created_at, now), _went(one, now))
    return table


def _went(one: Delivery, now: datetime) -> Text:
    if one.state is DeliveryState.DELIVERED:
        return Text(f"delivered ({one.status})", style=GOOD)
    if one.state is DeliveryState.FAILED:
        return Text(f"given up after {count(one.tries, 'try', 'tries')}: {one.error}", style=BAD)
    if one.is_under_way:
        return Text("under way")
    if one.error is None:
        return Text("waits", style=QUIET)
    return Text(f"{one.error}; try {one.tries + 1} {ago(one.next_try_at, now)}", style=ATTENTION)


def delivery_detail(detail: DeliveryDetail, now: datetime) -> RenderableType:
    """A delivery, its payload, and every try."""
    one = detail.delivery
    table = facts_table()
    table.add_row("delivery", str(one.id))
    table.add_row("webhook-id", one.message_id)
    table.add_row("to", f"{one.url} ({str(one.endpoint_id)[:8]})")
    table.add_row("state", _went(one, now))
    payload = msgspec.json.format(msgspec.json.encode(detail.payload), indent=2).decode()
    tries = listing("Tried", "Took", "Answer")
    for attempt in detail.attempts:
        said = Text(attempt.error or str(attempt.status), style=BAD if attempt.error else GOOD)
        said.append(f"\n{attempt.response}" if attempt.response else "", style=QUIET)
        tries.add_row(ago(attempt.at, now), f"{attempt.duration_ms:,} ms", said)
    return Group(table, Text(""), Text(payload), Text(""), tries)


def kinds_table(kinds: Mapping[Kind, About]) -> RenderableType:
    """A kind a row."""
    table = listing("Kind", "When")
    for kind, about in kinds.items():
        table.add_row(kind, about.description)
    return table


def channels_table(found: Sequence[NoticeChannel], now: datetime) -> RenderableType:
    """A channel a row."""
    if not found:
        return Text("Nobody is told; add a channel with `notice add NAME --email ADDRESS`.", style=QUIET)
    table = listing("Channel", "Told", "Of", "When", "How it fares")
    for one in found:
        when = f"daily at {one.daily_at:%H:%M} {one.timezone}" if one.rhythm == "daily" else plain(one.rhythm)
        fares = Text(f"fails: {one.error}", style=BAD) if one.error else Text(f"told {ago(one.last_sent_at, now)}", style=QUIET)
        table.add_row(one.name, f"{one.way} {one.address}", ", ".join(map(plain, one.kinds)), when, fares)
    return table


def notice_text(needs: Sequence[Need], name: str) -> str:
    """What a channel would be told."""
    return f"{composing.headline(needs)}\n\n{composing.text(needs, name)}" if needs else "Nothing waits that it was not told of."
