"""What a form of ours sends, read field by field, and what is said once it is done."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from accountgraph.dashboard import reading
from accountgraph.errors import InvalidValueError
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from fastapi import Request
    from starlette.responses import Response

    from accountgraph.http.bodies import Bodies

LARGEST = 300_000  # bytes: a template or a campaign's file is in a form too
MOST_FIELDS = 2000
SAID = "__Host-accountgraph-said"  # the cookie that carries what was done to the next page
_LONGEST_SAID = 2500  # bytes of that cookie
_SHOWN_FOR = 30  # seconds that it waits for the next page


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with all its values."""

    fields: Mapping[str, Sequence[str]]

    def get(self, name: str) -> str:
        """The last value, without spaces around it; empty where there is none."""
        values = self.fields.get(name)
        return values[-1].strip() if values else ""

    def text(self, name: str) -> str | None:
        """The last value as it was written, with browsers' line ends as ours; None where it is empty."""
        values = self.fields.get(name)
        return (values[-1].replace("\r\n", "\n") if values else "") or None

    def all(self, name: str) -> list[str]:
        """Every value that is not empty."""
        return [value.strip() for value in self.fields.get(name, ()) if value.strip()]

    def required(self, name: str, cure: str) -> str:
        """A value that has to be there.

        Raises:
            InvalidValueError: it is empty; `cure` says what to write.
        """
        if not (value := self.get(name)):
            raise InvalidValueError(name, cure)
        return value

    def is_on(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.get(name))

    def number(self, name: str) -> int | None:
        """A whole number; None where it is empty.

        Raises:
            InvalidValueError: it is none.
        """
        return reading.number(name, self.get(name))

    def day(self, name: str) -> date:
        """A day.

        Raises:
            InvalidValueError: it is none.
        """
        if (found := reading.day(name, self.get(name))) is None:
            raise InvalidValueError(name, "choose a day.")
        return found

    def id(self, name: str) -> UUID:
        """An id.

        Raises:
            InvalidValueError: it is none.
        """
        if (found := reading.id_of(name, self.get(name))) is None:
            raise InvalidValueError(name, "choose one of the list.")
        return found

    def ids(self, name: str) -> list[UUID]:
        """All ids of the rows that are ticked.

        Raises:
            InvalidValueError: one is none.
        """
        found = [reading.id_of(name, value, "choose rows of the table.") for value in self.all(name)]
        return [one for one in found if one is not None]


async def form_of(request: Request, bodies: Bodies, largest: int = LARGEST) -> Form:
    """The form that a request carries.

    Raises:
        ProblemError: 400, it is none; 413, it is too large.
    """
    async with bodies.of(request, largest=largest) as body:
        try:
            given = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError:
            raise ProblemError(400, "This is not the form of the page.") from None
    if any("\0" in value for values in given.values() for value in values):
        raise ProblemError(400, "This is not the form of the page.", detail="A text cannot hold the sign NUL.")
    return Form(given)


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes an action back: a form of ours, by its path and fields."""

    path: str
    fields: Mapping[str, str] = field(default_factory=dict)
    label: str = "Undo"


@dataclass(frozen=True, slots=True)
class Done:
    """An action succeeded. `message`: one calm sentence. `to`: where it leads, else back to the page that the form was on."""

    message: str
    to: str | None = None
    undo: Undo | None = None

    def put_on(self, response: Response) -> Response:
        """Let the next page say it."""
        undo = {"path": self.undo.path, "fields": dict(self.undo.fields), "label": self.undo.label} if self.undo else None
        packed = urlsafe_b64encode(json.dumps({"message": self.message, "undo": undo}).encode()).decode()
        if len(packed) > _LONGEST_SAID:
            packed = urlsafe_b64encode(json.dumps({"message": self.message[:400], "undo": None}).encode()).decode()
        response.set_cookie(SAID, packed, _SHOWN_FOR, path="/", secure=True, httponly=True, samesite="lax")
        return response


def said_in(request: Request, base: str) -> Done | None:
    """What the action before this page did; nothing where somebody else wrote the cookie."""
    try:
        given = json.loads(urlsafe_b64decode(request.cookies.get(SAID, "")))
        undo = Undo(**given["undo"]) if given["undo"] else None
        return Done(str(given["message"]), undo=undo if undo is None or undo.path.startswith(f"{base}/") else None)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def way_back(request: Request, form: Form, base: str) -> str:
    """The page of this workspace that a form was on, as the form or the browser says; the accounts where neither does."""
    referer = urlsplit(request.headers.get("referer", ""))
    came_from = referer.path + (f"?{referer.query}" if referer.query else "")
    for one in (form.get("back"), came_from):
        if one.startswith(f"{base}/") and one.isprintable() and "\\" not in one:
            return one
    return f"{base}/accounts"
