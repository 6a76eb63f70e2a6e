"""The three lists of what waits for people: what an address leaves out of them, how they are read, and what is next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode

from accountgraph.campaigns.signals.reactions import SignalKind as Signal
from accountgraph.campaigns.work.tasks import TaskKind as Kind
from accountgraph.errors import InvalidValueError
from accountgraph.listing import page_approvals, page_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from accountgraph.campaigns.work.approvals import Approval
    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.listing import Page

ROWS = 50  # of a list
_LONGEST = 1000  # characters of a list's address in a form


class Chip(NamedTuple):
    """A choice above a list. `kinds`: of the signals that made what came in, else of the tasks."""

    key: str
    says: str
    kinds: tuple[str, ...]


CHIPS = {
    "inbox": (
        Chip("interested", "Interested", (Signal.REPLY_POSITIVE,)),
        Chip("question", "Questions", (Signal.REPLY_QUESTION,)),
        Chip("objection", "Objections", (Signal.REPLY_OBJECTION,)),
        Chip("referral", "Referrals", (Signal.REFERRAL,)),
        Chip("later", "Not now", (Signal.REPLY_NOT_NOW,)),
        Chip("away", "Out of office", (Signal.OUT_OF_OFFICE,)),
        Chip("no", "Not interested", (Signal.REPLY_REFUSAL, Signal.UNSUBSCRIBE, Signal.COMPLAINT)),
        Chip("meeting", "Meetings", (Signal.MEETING_BOOKED, Signal.MEETING_HELD, Signal.MEETING_MISSED)),
        Chip("unclear", "Unclear", (Signal.REPLY,)),
    ),
    "tasks": (
        Chip("calls", "Calls", (Kind.CALL,)),
        Chip("linkedin", "LinkedIn", (Kind.LINKEDIN,)),
        Chip("messages", "Letters and texts", (Kind.MAIL, Kind.SMS, Kind.WHATSAPP)),
        Chip("meetings", "Meetings", (Kind.MEETING, Kind.MEETING_OUTCOME)),
        Chip("questions", "Questions", (Kind.QUESTION, Kind.RESOLVE_UNKNOWN, Kind.REPLY, Kind.PROPOSAL)),
        Chip("own", "To do", (Kind.TO_DO,)),
    ),
    "approvals": (),
}
WHOSE = (("", "Everybody's"), ("mine", "Mine"), ("nobody", "Nobody's"))


@dataclass(frozen=True, slots=True)
class View:
    """A list as its address says. `desk`: which one; `what`: a chip's key; `whose`: mine, nobody, or empty; `after`: a later page."""

    root: str
    desk: str
    what: str = ""
    whose: str = ""
    snoozed: bool = False
    after: str = ""

    @classmethod
    def of(cls, base: str, desk: str, get: Callable[[str], str | None]) -> View:
        """As somebody asks for it; a word that is not known asks for nothing."""
        what, whose = get("what") or "", get("whose") or ""
        return cls(
            root=f"{base}/{desk}",
            desk=desk,
            what=what if any(chip.key == what for chip in CHIPS[desk]) else "",
            whose=whose if desk != "approvals" and any(key == whose for key, _ in WHOSE) else "",
            snoozed=bool(get("snoozed")) and desk != "approvals",
            after=get("after") or "",
        )

    @classmethod
    def sent(cls, visit: Visit, desk: str, form: Form) -> View:
        """The list that a form was beside."""
        given = dict(parse_qsl(form.get("view")[:_LONGEST]))
        return cls.of(visit.base, desk, given.get)

    @property
    def query(self) -> str:
        """The address's part after the question mark."""
        said = {"what": self.what, "whose": self.whose, "snoozed": "yes" if self.snoozed else "", "after": self.after}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def is_filtered(self) -> bool:
        """Whether something is left out."""
        return bool(self.what or self.whose)

    def address(self, item: UUID | str | None = None) -> str:
        """The list's address, or that of something in it."""
        path = f"{self.root}/{item}" if item else self.root
        return f"{path}?{self.query}" if self.query else path

    def other(self, **changes: str | bool) -> str:
        """The address of the same list with another choice, from its beginning."""
        return replace(self, **{"after": "", **changes}).address()  # type: ignore[arg-type]

    async def read(self, visit: Visit) -> Page[Task] | Page[Approval]:
        """A page of it; what the address says of a page that there never was is forgotten."""
        try:
            return await self._read(visit)
        except InvalidValueError:
            return await replace(self, after="")._read(visit)

    async def _read(self, visit: Visit) -> Page[Task] | Page[Approval]:
        if self.desk == "approvals":
            return await page_approvals(visit.db, limit=ROWS, after=self.after or None)
        kinds = next((chip.kinds for chip in CHIPS[self.desk] if chip.key == self.what), None)
        is_inbox = self.desk == "inbox"
        return await page_desk(
            visit.db,
            visit.now,
            came_in=is_inbox,
            signals=kinds if is_inbox else None,
            kinds=None if is_inbox else kinds,
            owners=mine(visit) if self.whose == "mine" else None,
            is_unassigned=self.whose == "nobody",
            include_snoozed=self.snoozed,
            limit=ROWS,
            after=self.after or None,
        )


def mine(visit: Visit) -> tuple[str, str]:
    """What tasks may call who looks at them."""
    return visit.principal.name, str(visit.principal.id)


def is_anothers(visit: Visit, held_by: str | None) -> bool:
    """Whether somebody else is at it."""
    return held_by is not None and held_by.lower() != visit.principal.name.lower()


def next_of(visit: Visit, items: Sequence[Task] | Sequence[Approval], item: UUID) -> UUID | None:
    """What comes after something in a list, which nobody else is at."""
    ids = [one.id for one in items]
    at = ids.index(item) + 1 if item in ids else 0
    free = [one.id for one in (*items[at:], *items[:at]) if one.id != item and not is_anothers(visit, one.held_by)]
    return free[0] if free else None


async def following(visit: Visit, view: View, form: Form, done: UUID) -> str:
    """Where it goes on after something was done: what came next in the list, else what is first in it, else the empty list."""
    items = (await view.read(visit)).items
    free = [one.id for one in items if one.id != done and not is_anothers(visit, one.held_by)]
    wanted = next((one for one in free if str(one) == form.get("next")), free[0] if free else None)
    return view.address(wanted) if wanted else replace(view, after="").address()
