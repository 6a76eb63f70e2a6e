"""How the demo stands today: answers that wait, work that is open, an account on hold, meetings to come."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.holds import HoldScope, set_hold
from accountgraph.campaigns.work.inbox import assign
from accountgraph.demo.outreach.campaigns import RUNNING
from accountgraph.demo.outreach.desk import STEPS, Waiting
from accountgraph.demo.outreach.season import Season, Sent
from accountgraph.demo.world.firms import FIRMS, Story
from accountgraph.demo.world.hours import at_work_before, sending_time
from accountgraph.demo.world.rows import OURS, chance_of, company_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.demo.world.rows import Person

MOST_TASKS, MOST_APPROVALS = 12, 6
MINDS = ("question", "referral", "objection", "positive", "not_now", "positive", "question")
"""What the answers mean that wait in the inbox."""
IN_CAMPAIGN = 3  # of them answer to a campaign; it stands still for their accounts
_HOURS_AGO = (2, 6, 13, 22, 27, 36, 46)  # of weekdays: when each of the answers came
_HELD = "maplewood-dairy.example"
_LATE = timedelta(minutes=25)
_ASSIGNED = 0.75
_ANSWERING = frozenset({Story.RISING, Story.CUSTOMER, Story.NEW})


def plan_ending(season: Season, seed: int, now: datetime, people: Sequence[Person]) -> None:
    """What the last days bring."""
    zone = "America/New_York"
    times = [at_work_before(now - timedelta(hours=1), hours, zone) for hours in _HOURS_AGO]
    begin = min(times) - timedelta(minutes=30)
    season.plan(now - timedelta(days=9), partial(_hold, season, seed))
    season.plan(begin, partial(_plan_answers, season, seed, times))
    for number, one in enumerate(_leading(people)[:3]):
        season.plan(at_work_before(now, 9 + 7 * number, one.zone), partial(_book, season, seed, one, now + timedelta(days=2 + 2 * number)))
    season.plan(now - _LATE, partial(_leave_little, season, seed))


def _leading(people: Sequence[Person]) -> list[Person]:
    return [one for one in people if one.firm.story is Story.RISING and one.place == 1]


async def _hold(season: Season, seed: int) -> None:
    held = next(firm for firm in FIRMS if firm.domain == _HELD)
    note = "Their lawyers look at the data agreement; nobody writes until they are done."
    await set_hold(season.session, HoldScope.ACCOUNT, company_id(seed, held), reason="legal review", note=note, now=season.clock.now)


async def _plan_answers(season: Season, seed: int, times: Sequence[datetime]) -> None:
    """Who answers: some to a campaign, each of another account, and some to what was written by hand."""
    chance = chance_of(seed, "answers")
    under_way = set(await season.session.rows(UUID, "demo.under_way", {"name": RUNNING}))
    in_campaign = [sent for _, sent in reversed(season.sent) if sent.campaign == RUNNING and sent.contact_id in under_way]
    answering = {company_id(seed, firm) for firm in FIRMS if firm.story in _ANSWERING}
    by_hand = [one for one in await season.session.rows(Sent, "demo.latest_by_hand") if one.company_id in answering]
    writers = [*_one_an_account(in_campaign)[:IN_CAMPAIGN], *_one_an_account(by_hand)]
    chosen = list(zip(writers, MINDS, strict=False))
    chance.shuffle(chosen)
    for at, (sent, mind) in zip(times, chosen, strict=False):
        season.plan(at, partial(season.answer, sent, mind))


def _one_an_account(sent: Sequence[Sent]) -> list[Sent]:
    return list({one.company_id: one for one in reversed(sent)}.values())[::-1]


async def _book(season: Season, seed: int, one: Person, day: datetime) -> None:
    at = sending_time(chance_of(seed, one.email, "meeting"), day, one.zone, "call").replace(minute=30, second=0)
    now = season.clock.now
    signal = Signal(
        kind=SignalKind.MEETING_BOOKED, dedupe_key=f"demo meeting {one.email}", source="calendar", at=now, contact_id=one.id, until=at
    )
    await record_signal(season.session, signal, now)


async def _leave_little(season: Season, seed: int) -> None:
    """Of steps and approvals that wait, the latest stay; most of the tasks are somebody's."""
    open_now = await season.session.rows(Waiting, "demo.open")
    owners = {company_id(seed, firm): OURS[firm.owner] for firm in FIRMS}
    for kinds, most in ((STEPS, MOST_TASKS), (frozenset({"approval"}), MOST_APPROVALS)):
        await season.work.do_all_but([one for one in open_now if one.kind in kinds], most)
    for one in await season.session.rows(Waiting, "demo.open"):
        if one.kind != "approval" and one.company_id in owners and chance_of(seed, one.address, "owner").random() < _ASSIGNED:
            await assign(season.session, one.id, owners[one.company_id], season.clock.now)
