"""The year before today: who was written to, rung and met, and what they did. Pure, as `people`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.demo.world.firms import Story
from accountgraph.demo.world.hours import sending_time
from accountgraph.demo.world.rows import MADE_UP, Person, Row, Rows, chance_of, company_id
from accountgraph.demo.world.talks import Talk, Touched
from accountgraph.demo.world.texts import OBJECTIONS, PAINS, TOPICS

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence
    from uuid import UUID

A_WHILE = timedelta(minutes=20)  # before now, nothing of the past happens any more
_MOST_TOUCHES = 26
_HOT, _WARM, _COOL = 0.62, 0.4, 0.2


class Course(NamedTuple):
    """How a story goes: begun and ended so many days ago (least, most), days between touches and warmth (0-1) at the beginning and at the
    end, and how many of 100 people are talked to.
    """

    begun: tuple[int, int]
    ended: tuple[int, int]
    gap: tuple[float, float]
    warmth: tuple[float, float]
    share: int


COURSES: Mapping[Story, Course] = {
    Story.RISING: Course((230, 120), (0, 3), (17, 8), (0.25, 0.85), 72),
    Story.STEADY: Course((350, 240), (0, 20), (24, 22), (0.4, 0.4), 50),
    Story.FALLING: Course((360, 320), (70, 25), (12, 30), (0.8, 0.1), 66),
    Story.QUIET: Course((330, 260), (170, 100), (26, 34), (0.16, 0.05), 40),
    Story.NEW: Course((14, 9), (0, 1), (6, 6), (0.35, 0.45), 55),
    Story.CUSTOMER: Course((362, 335), (0, 8), (17, 15), (0.6, 0.78), 62),
    Story.CHURNED: Course((362, 340), (130, 80), (17, 26), (0.55, 0.04), 70),
}


class Spell(NamedTuple):
    """From when to when somebody is talked to, and the time between as a share of the account's whole story."""

    begin: datetime
    end: datetime
    story_begin: datetime
    story_end: datetime

    def phase(self, at: datetime) -> float:
        """How far the story is, 0-1."""
        return min(1.0, max(0.0, (at - self.story_begin) / (self.story_end - self.story_begin)))


def make_history(seed: int, now: datetime, people: Sequence[Person], until: Mapping[UUID, datetime], rows: Rows) -> None:
    """Conversations, touchpoints and events into `rows`. `until`: who is in a campaign has none after this time."""
    by_firm: dict[str, list[Person]] = {}
    for one in people:
        by_firm.setdefault(one.firm.domain, []).append(one)
    contacts = {row["id"]: row for row in rows.contacts}
    for staff in by_firm.values():
        firm = staff[0].firm
        chance, course = chance_of(seed, firm.domain, "history"), COURSES[firm.story]
        begin = now - timedelta(days=chance.uniform(*course.begun))
        end = min(now - timedelta(days=chance.uniform(*course.ended)), now - A_WHILE)
        talkers = round(len(staff) * course.share / 100) or 1
        for place, one in enumerate(staff):
            if place >= talkers and not (place == talkers and chance.random() < 0.5):
                continue
            own_begin = begin + (end - begin) * (place / max(talkers, 1)) * chance.uniform(0.2, 0.7)
            own_end = min(end, until.get(one.id, end))
            if own_end - own_begin > timedelta(days=3):
                _person_story(seed, one, Spell(own_begin, own_end, begin, end), contact=contacts[one.id], rows=rows)


def _person_story(seed: int, one: Person, spell: Spell, *, contact: Row, rows: Rows) -> None:
    chance, course = chance_of(seed, one.email, "story"), COURSES[one.firm.story]
    talk = Talk(seed, one, chance, rows)
    drive = chance.choice((0.35, 0.7, 0.9, 1.0, 1.15, 1.35)) * (1.2 if one.place < 4 else 0.95)
    at = spell.begin + timedelta(days=chance.uniform(0, 6))
    for number in range(_MOST_TOUCHES):
        channel = _channel(chance, one, number)
        at = sending_time(chance, at, one.zone, channel)
        if at >= spell.end:
            break
        phase = spell.phase(at)
        warmth = min(0.95, drive * _between(course.warmth, phase))
        touched = talk.touch(channel, at, warmth, spell.end)
        if touched is Touched.GONE:
            contact["status"] = talk.ended or contact["status"]
            break
        if touched is Touched.ANSWERED_WELL and warmth > 0.3 and chance.random() < 0.5:
            at = talk.meet(at + timedelta(days=chance.uniform(3, 9)), spell.end) or at
        gap = _between(course.gap, phase) * chance.uniform(0.6, 1.4)
        at += timedelta(days=max(2.0, gap * (0.6 if touched is Touched.ANSWERED_WELL else 1)))
    if talk.first_at is not None:
        rows.conversations.append(_conversation(seed, one, talk, spell, chance))


def _channel(chance: random.Random, one: Person, number: int) -> str:
    if number == 0:
        return "email"
    ways = ["email"] * 13 + ["linkedin"] * 3 + (["call"] * 5 if one.phone else [])
    return chance.choice(ways)


def _between(ends: tuple[float, float], phase: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * phase


def _conversation(seed: int, one: Person, talk: Talk, spell: Spell, chance: random.Random) -> Row:
    assert talk.first_at is not None and talk.last_at is not None  # noqa: S101, PT018 - it was touched
    warmth = COURSES[one.firm.story].warmth[1] * (1 if talk.answers else 0.5)
    status, closed = _standing(one, talk, chance)
    row: Row = {
        "id": talk.id,
        "contact_id": one.id,
        "company_id": company_id(seed, one.firm),
        "status": status,
        "qualification_tier": _tier(warmth, talk.answers, talk.meetings),
        "context": _context(talk, chance),
        "attributes": MADE_UP,
        "started_at": talk.first_at,
        "closed_at": closed,
        "created_at": talk.first_at,
        "updated_at": talk.last_at,
        "estimated_value": None,
        "actual_value": None,
        "outcome": None,
        "outcome_date": closed,
        "next_touchpoint_at": None,
    }
    size = {"small": 9, "medium": 24, "large": 60, "enterprise": 140}[one.firm.size] * 1000
    if talk.meetings or status in {"won", "lost"}:
        row["estimated_value"] = round(size * chance.uniform(0.6, 1.4), -2)
    if status == "won":
        row |= {"actual_value": round(size * chance.uniform(0.7, 1.2), -2), "outcome": "signed"}
    elif status == "lost":
        row["outcome"] = chance.choice(("went with another tool", "no budget", "left after the pilot"))
    elif status == "active":
        row["next_touchpoint_at"] = spell.end + timedelta(days=chance.uniform(1, 12))
    return row


def _standing(one: Person, talk: Talk, chance: random.Random) -> tuple[str, datetime | None]:
    """The status of a conversation, and when it was closed."""
    assert talk.last_at is not None  # noqa: S101 - as above
    story = one.firm.story
    after = talk.last_at + timedelta(hours=chance.uniform(2, 40))
    if talk.ended is not None:
        return "closed", after
    if story is Story.CUSTOMER and one.place in {0, 4}:
        return "won", after
    if story is Story.CHURNED:
        return ("lost" if one.place < 2 else "closed"), after
    if story is Story.FALLING:
        return ("active" if one.place == 0 else chance.choice(("paused", "nurturing", "nurturing"))), None
    if story is Story.QUIET:
        return chance.choice(("nurturing", "paused", "closed")), after
    return "active", None


def _tier(warmth: float, answers: int, meetings: int) -> str:
    if meetings and warmth > _HOT:
        return "scorching"
    if answers and warmth > _WARM:
        return "hot"
    if answers:
        return "warm"
    return "cool" if warmth > _COOL else "cold"


def _context(talk: Talk, chance: random.Random) -> Row:
    found: Row = {"topics_discussed": sorted(talk.topics)} if talk.topics else {}
    if talk.answers:
        found["pain_points_identified"] = chance.sample(PAINS, chance.randint(1, 2))
        if chance.random() < 0.4:
            found["objections_raised"] = [chance.choice(OBJECTIONS)]
    elif chance.random() < 0.2:
        found["topics_discussed"] = [chance.choice(TOPICS)]
    return found
