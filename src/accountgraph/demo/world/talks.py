"""One conversation as it went: messages, calls and meetings, and what came of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from accountgraph.demo.world.hours import reading_time, sending_time
from accountgraph.demo.world.rows import MADE_UP, OUR_DOMAIN, OURS, Person, Row, Rows, id_of
from accountgraph.demo.world.texts import CALLS, LINKEDIN, MAILS, MEETINGS, REPLIES, TALKS, TOPICS, VOICES

if TYPE_CHECKING:
    import random

_LINK = "https://northlight.example/"
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
)
SCANNERS = ("Mozilla/5.0 (compatible; Mimecast URL Protect)", "Mozilla/5.0 (compatible; Proofpoint URL Defense)")
_MINDS = ("positive", "question", "other", "referral", "not_now", "refusal")


class Touched(Enum):
    """What came of a touch, as far as the next one depends on it."""

    SILENT = 1
    ANSWERED = 2
    ANSWERED_WELL = 3
    GONE = 4


class Talk:
    """A conversation with one person, written into `rows` as it goes."""

    def __init__(self, seed: int, one: Person, chance: random.Random, rows: Rows) -> None:
        self._seed, self._one, self._chance, self._rows = seed, one, chance, rows
        self.id = id_of(seed, "talk", one.email)
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None
        self.answers = self.meetings = self._number = 0
        self.ended: str | None = None
        self.topics: set[str] = set()

    def touch(self, channel: str, at: datetime, warmth: float, end: datetime) -> Touched:
        """One touch at `at`, and what follows of it before `end`. `warmth`: 0-1."""
        match channel:
            case "call":
                return self._call(at, warmth, end)
            case "linkedin":
                return self._linkedin(at, warmth, end)
            case _:
                return self._mail(at, warmth, end)

    def meet(self, day: datetime, end: datetime) -> datetime | None:
        """A meeting on or after a day, in nine of ten cases held; gives when, or None where that is after `end`."""
        at = sending_time(self._chance, day, self._one.zone, "call").replace(minute=0, second=0)
        if at + timedelta(hours=1) >= end:
            return None
        booked = (self.last_at or at) + timedelta(hours=self._chance.uniform(0.3, 4))
        if self._rows.touchpoints and booked < at:
            self._event(self._rows.touchpoints[-1], "meeting_booked", booked)
        words, minutes = self._chance.choice(MEETINGS), self._chance.choice((25, 30, 45, 60))
        row = self._add("meeting", at, self._filled(words.subject), words.body)
        row["call_duration_seconds"] = minutes * 60
        if self._chance.random() < 0.9:
            self._event(row, "meeting_held", at + timedelta(minutes=minutes))
            row["outcome_details"] = self._chance.choice(TALKS)
            self.meetings += 1
        else:
            self._event(row, "meeting_missed", at + timedelta(minutes=15))
        return at

    def _mail(self, at: datetime, warmth: float, end: datetime) -> Touched:
        chance, number = self._chance, self._number
        words = MAILS[0] if number == 0 else chance.choice(MAILS[1:])
        row = self._add("email", at, self._filled(words.subject), self._filled(words.body))
        row["email_message_id"] = f"<{row['id']}@{OUR_DOMAIN}>"
        if number < 2 and chance.random() < 0.013:
            return self._bounced(row, at)
        arrived = at + timedelta(seconds=chance.uniform(3, 40))
        self._event(row, "delivered", arrived)
        self._machines(row, arrived, has_link=_LINK in row["content"])
        replied = chance.random() < (0.026 + 0.09 * warmth) * (1.25 if number < 3 else 0.7)
        opened = arrived
        if not replied and _LINK in row["content"] and chance.random() < 0.008:  # so soon that nobody knows whether a person did it
            self._event(row, "clicked", arrived + timedelta(seconds=chance.uniform(90, 540)), url=_LINK, user_agent=chance.choice(BROWSERS))
        elif replied or chance.random() < 0.15 + 0.33 * warmth:
            opened = reading_time(chance, arrived + timedelta(minutes=11), self._one.zone, typical_hours=7)
            self._read(row, opened, warmth, end)
        if chance.random() < 0.004:
            return self._left(row, opened + timedelta(minutes=2), end)
        return self._answer(row, opened, warmth, end) if replied else Touched.SILENT

    def _machines(self, row: Row, arrived: datetime, *, has_link: bool) -> None:
        """Programs that load pictures by themselves, and scanners that follow links."""
        chance = self._chance
        if self._one.is_shielded and chance.random() < 0.85:
            self._event(row, "opened", arrived + timedelta(seconds=chance.uniform(0.2, 1.9)), user_agent="Mozilla/5.0")
        if has_link and self._one.is_scanned and chance.random() < 0.28:
            at, agent = arrived + timedelta(seconds=chance.uniform(4, 45)), chance.choice(SCANNERS)
            self._event(row, "clicked", at, url=_LINK, user_agent=agent)

    def _read(self, row: Row, opened: datetime, warmth: float, end: datetime) -> None:
        chance, agent = self._chance, self._chance.choice(BROWSERS)
        for at in (
            opened,
            *(reading_time(chance, opened, self._one.zone, typical_hours=20) for _ in range(chance.choice((0, 0, 0, 1, 2)))),
        ):
            if at < end:
                self._event(row, "opened", at, user_agent=agent)
        if _LINK not in row["content"] or chance.random() > 0.06 + 0.12 * warmth:
            return
        clicked = opened + timedelta(seconds=chance.uniform(20, 400))
        if clicked < end:
            self._event(row, "clicked", clicked, url=_LINK, user_agent=agent)

    def _answer(self, row: Row, opened: datetime, warmth: float, end: datetime) -> Touched:
        chance = self._chance
        at = reading_time(chance, opened, self._one.zone, typical_hours=6)
        if at >= end:
            return Touched.SILENT
        mind = chance.choices(_MINDS, (2 + 6 * warmth, 2, 1.5, 0.8, 2 - warmth, 1.6 - 1.4 * warmth))[0]
        row["response"] = chance.choice(REPLIES[mind])
        self._event(row, "replied", at, detail=mind, message_id=f"<{row['id']}@{self._one.firm.domain}>")
        self.answers += 1
        self.last_at = max(self.last_at or at, at)
        if mind == "refusal":
            self.ended = "active"
            return Touched.GONE
        return Touched.ANSWERED_WELL if mind in {"positive", "question"} else Touched.ANSWERED

    def _bounced(self, row: Row, at: datetime) -> Touched:
        row["outcome_details"] = "550 5.1.1 user unknown"
        self._event(row, "bounced", at + timedelta(seconds=20), detail="hard")
        self._stop("bounced", at)
        return Touched.GONE

    def _left(self, row: Row, at: datetime, end: datetime) -> Touched:
        if at >= end:
            return Touched.SILENT
        self._event(row, "unsubscribed", at)
        self._stop("unsubscribed", at)
        return Touched.GONE

    def _stop(self, reason: str, at: datetime) -> None:
        self.ended = reason
        self._rows.suppressions.append(
            {
                "id": id_of(self._seed, "suppression", self._one.email),
                "contact_id": self._one.id,
                "channel": "email" if reason == "bounced" else "all",
                "reason": reason,
                "created_at": at,
            }
        )

    def _call(self, at: datetime, warmth: float, end: datetime) -> Touched:
        chance = self._chance
        row = self._add("call", at, None, self._filled(chance.choice(CALLS)))
        if chance.random() > 0.16 + 0.34 * warmth:
            row["outcome_details"] = chance.choice(VOICES)
            row["call_duration_seconds"] = chance.randint(8, 50)
            return Touched.SILENT
        row["call_duration_seconds"] = chance.randint(90, 1100)
        row["outcome_details"] = chance.choice(TALKS)
        row["call_sentiment"] = chance.choices(("positive", "neutral", "negative"), (1 + 4 * warmth, 3, 1))[0]
        if at + timedelta(seconds=40) < end:
            self._event(row, "answered", at + timedelta(seconds=15))
        return Touched.ANSWERED_WELL if row["call_sentiment"] == "positive" else Touched.ANSWERED

    def _linkedin(self, at: datetime, warmth: float, end: datetime) -> Touched:
        chance = self._chance
        row = self._add("linkedin", at, None, self._filled(chance.choice(LINKEDIN).body))
        if chance.random() < 0.3 + 0.3 * warmth:
            accepted = reading_time(chance, at, self._one.zone, typical_hours=30)
            if accepted < end:
                self._event(row, "delivered", accepted)
                if chance.random() < 0.07 + 0.14 * warmth:
                    return self._answer(row, accepted, warmth, end)
        return Touched.SILENT

    def _add(self, channel: str, at: datetime, subject: str | None, content: str) -> Row:
        self.first_at = self.first_at or at
        self.last_at = max(self.last_at or at, at)
        self._number += 1
        row: Row = {
            "id": id_of(self._seed, "touch", self._one.email, self._number),
            "conversation_id": self.id,
            "channel": channel,
            "direction": "outbound",
            "subject": subject,
            "content": content,
            "response": None,
            "sent_at": at,
            "outcome_details": None,
            "call_duration_seconds": None,
            "call_sentiment": None,
            "email_message_id": None,
            "metadata": {"links": [_LINK]} if channel == "email" and _LINK in content else {},
            "attributes": MADE_UP,
            "created_at": at,
            "updated_at": at,
        }
        self._rows.touchpoints.append(row)
        return row

    def _event(self, row: Row, kind: str, at: datetime, **more: Any) -> None:  # noqa: ANN401 - fields of NewEvent
        self._rows.events.append({"touchpoint_id": row["id"], "kind": kind, "at": at, **more})

    def _filled(self, text: str) -> str:
        topic = self._chance.choice(TOPICS)
        if "{topic}" in text:
            self.topics.add(topic)
        us = OURS[self._one.firm.owner]
        return text.format(first=self._one.first, firm=self._one.firm.name, topic=topic, us=us)
