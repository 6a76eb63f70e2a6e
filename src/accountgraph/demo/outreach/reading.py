"""What a mail of a campaign is met with: machines that look first, and the person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accountgraph.demo.world.hours import reading_time
from accountgraph.demo.world.talks import BROWSERS, SCANNERS

if TYPE_CHECKING:
    import random
    from uuid import UUID

    from accountgraph.demo.world.rows import Person, Row

_FOLLOWED_AT_ONCE = 0.02
_URL = "https://northlight.example/plan"
_OPENS, _CLICKS, _LOADS_PICTURES, _FOLLOWS_LINKS = 0.31, 0.09, 0.85, 0.22


def read_by(
    one: Person, touchpoint_id: UUID, *, at: datetime, now: datetime, chance: random.Random, events: list[Row], is_read: bool
) -> datetime | None:
    """The events of a mail that left at `at`, as far as they are before `now`; gives when the person read it. `is_read`: they surely do."""

    def add(kind: str, when: datetime, **more: str) -> None:
        if when < now:
            events.append({"touchpoint_id": touchpoint_id, "kind": kind, "at": when, **more})

    arrived = at + timedelta(seconds=chance.uniform(2, 30))
    add("delivered", arrived)
    if one.is_shielded and chance.random() < _LOADS_PICTURES:
        add("opened", arrived + timedelta(seconds=chance.uniform(0.2, 1.9)), user_agent="Mozilla/5.0")
    if one.is_scanned and chance.random() < _FOLLOWS_LINKS:
        add("clicked", arrived + timedelta(seconds=chance.uniform(4, 45)), url=_URL, user_agent=chance.choice(SCANNERS))
    agent = chance.choice(BROWSERS)
    if not is_read and chance.random() > _OPENS:
        if chance.random() < _FOLLOWED_AT_ONCE:  # so soon that nobody knows whether a person did it
            add("clicked", arrived + timedelta(seconds=chance.uniform(90, 540)), url=_URL, user_agent=agent)
        return None
    opened = reading_time(chance, arrived + timedelta(minutes=11), one.zone, typical_hours=7)
    add("opened", opened, user_agent=agent)
    if chance.random() < 0.3:
        add("opened", reading_time(chance, opened, one.zone, typical_hours=20), user_agent=agent)
    if chance.random() < _CLICKS:
        add("clicked", opened + timedelta(seconds=chance.uniform(20, 400)), url=_URL, user_agent=agent)
    return opened
