"""Setting up the demo's campaigns: who writes, whom they write to, and what each campaign's life was."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from accountgraph.campaigns.apply import apply
from accountgraph.campaigns.enrolment.enrol import Newcomer, Version, enrol
from accountgraph.campaigns.lifecycle import find_campaign, finish, pause
from accountgraph.demo.outreach.campaigns import DRAFT, FINISHED, PAUSED, RUNNING, definition_of
from accountgraph.demo.outreach.ending import plan_ending
from accountgraph.demo.outreach.season import Season
from accountgraph.demo.world.rows import OUR_DOMAIN, OURS, Person, id_of
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from accountgraph.db import Session

SPRING, SPRING_END = timedelta(days=168), timedelta(days=138)
NIGHTS, NIGHTS_END, AUTUMN = timedelta(days=62), timedelta(days=52), timedelta(days=25)
BEFORE = timedelta(days=12)  # whoever goes through a campaign has had no other word of ours for so long
_FIRST_ASKED = 7  # people of an account, in spring
_AT_A_TIME = 6  # people of an account
IDENTITY = "Northlight (made up)"
_ZONES = ("Europe/Stockholm", "America/New_York", "Europe/London", "Europe/Berlin")


def participants(people: Iterable[Person]) -> dict[str, list[Person]]:
    """Who goes through which campaign, in the order in which those of an account are approached."""
    chosen: dict[str, list[Person]] = {FINISHED: [], PAUSED: [], RUNNING: []}
    for one in people:
        if not one.firm.campaign:
            continue
        if one.place < _FIRST_ASKED:
            chosen[FINISHED].append(one)
        chosen[RUNNING if one.firm.campaign == "depot" else PAUSED].append(one)
    return chosen


def quiet_from(chosen: dict[str, list[Person]], now: datetime) -> dict[UUID, datetime]:
    """Until when people of campaigns have a history of their own."""
    first = {FINISHED: SPRING, PAUSED: NIGHTS, RUNNING: AUTUMN}
    until: dict[UUID, datetime] = {}
    for name in (RUNNING, PAUSED, FINISHED):
        until |= {one.id: now - first[name] - BEFORE for one in chosen[name]}
    return until


async def run_campaigns(session: Session, seed: int, now: datetime, people: Sequence[Person], on_step: Callable[[str], None]) -> Season:
    """Live through all campaigns, up to now; the events of their mails are left to be written. `on_step`: told when one begins."""
    chosen = participants(people)
    season = Season(session, seed, now - SPRING, now, {one.id: one for one in people})

    async def begin(name: str, who: Sequence[Person]) -> None:
        on_step(f"  {season.clock.now:%d %B}: {name} begins with {len(who)} people ...")
        await _begin(season, seed, name, who)

    await season.session.tell_time(now - SPRING)
    await _add_senders(season.session, seed)
    season.plan(now - SPRING + timedelta(seconds=1), partial(begin, FINISHED, chosen[FINISHED]))
    season.plan(now - NIGHTS, partial(begin, PAUSED, chosen[PAUSED]))
    season.plan(now - NIGHTS_END, partial(_pause, season))
    season.plan(now - AUTUMN, partial(begin, RUNNING, chosen[RUNNING]))
    season.plan(now - SPRING_END, partial(_finish, season))
    season.plan(now - timedelta(days=2), partial(_draft, season))
    plan_ending(season, seed, now, people)
    await season.live()
    return season


async def _add_senders(session: Session, seed: int) -> None:
    identity = await SettingsRepository(session).add_legal_identity(
        {
            "id": id_of(seed, "identity"),
            "name": IDENTITY,
            "postal_address": "1 Example Quay, 00000 Nowhere",
            "privacy_url": f"https://{OUR_DOMAIN}/privacy",
        }
    )
    for name, zone in zip(OURS, _ZONES, strict=True):
        first = name.partition(" ")[0]
        address = f"{first.lower()}@{OUR_DOMAIN}"
        await SenderRepository(session).add_sender(
            {
                "id": id_of(seed, "sender", address),
                "address": address,
                "display_name": name,
                "transport": "console",
                "settings": {"demo": True},
                "timezone": zone,
                "legal_identity_id": identity.id,
                "signature": f"{name}\nNorthlight",
            }
        )


async def _begin(season: Season, seed: int, name: str, people: Sequence[Person]) -> None:
    session, now, definition = season.session, season.clock.now, definition_of(name)
    season.is_active = True
    applied = await apply(session, definition, with_audience=False)
    await session.affect("demo.begin_campaign", {"id": applied.campaign_id, "version_id": applied.version_id, "by": OURS[0], "now": now})
    newcomers = [Newcomer(one.id, 1 + one.place // _AT_A_TIME, id=id_of(seed, name, one.email)) for one in people]
    await enrol(session, Version(applied.campaign_id, applied.version_id, definition), newcomers, now, is_live=True)
    await session.execute("ANALYZE enrolments, queues, intents, decisions, sends, signals, tasks")


async def _pause(season: Season) -> None:
    season.is_active = False
    await pause(season.session, PAUSED)


async def _finish(season: Season) -> None:
    season.is_active = False
    found = await find_campaign(season.session, FINISHED)
    over = {"id": found.id, "reason": "stopped", "dry_only": False, "now": season.clock.now}
    await season.session.affect("campaigns.campaigns.end_all", over)
    await finish(season.session, FINISHED)


async def _draft(season: Season) -> None:
    await apply(season.session, definition_of(DRAFT), with_audience=False)
