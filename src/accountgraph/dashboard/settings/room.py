"""What all pages of the settings share: their ways, the list of subjects, and a form that is drawn again with what was typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from accountgraph.access import Actor
from accountgraph.api.recognising import origin_of
from accountgraph.api.refusals import problem_of
from accountgraph.dashboard.settings.subjects import SUBJECTS
from accountgraph.dashboard.visits import WORKSPACE
from accountgraph.errors import AccountGraphError
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from accountgraph.access import Permission, Registry
    from accountgraph.dashboard.forms import Done, Form
    from accountgraph.dashboard.visits import Visit, Visits

    Drawing = Callable[[Visit, "Typed"], Awaitable[Response]]
    Doing = Callable[[Visit, Form], Awaitable[Done | Response]]

# What is never written back into a page, by its exact name: `new_key` is no secret.
_SECRET = frozenset({"password", "secret", "secret_value", "client_secret", "old", "new", "new_again", "token", "csrf"})
_NOT_AGAIN = frozenset({403, 404, 500})  # what no other words in the form would change


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form that was refused. `form`: which of the page; `problem`: what is wrong with `field`."""

    form: str = ""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    field: str = ""
    problem: str = ""
    status: int = 200

    @classmethod
    def of(cls, form: Form, error: ProblemError) -> Typed:
        """What was typed, without secrets, and the first thing that is wrong with it."""
        kept = {name: values for name, values in form.fields.items() if name not in _SECRET}
        first = error.errors[0] if error.errors else None
        problem = f"{first.field}: {first.message}" if first else f"{error.title} {error.detail or ''}".strip()
        return cls(form.get("form"), kept, first.field if first else "", problem, error.status)

    def value(self, form: str, name: str, otherwise: object = "") -> str:
        """What stands in a field: what was typed, else what is stored; a field that the form did not have shows what is stored too."""
        if form == self.form and name in self.fields:
            return self.fields[name][-1]
        return "" if otherwise is None else str(otherwise)

    def is_on(self, form: str, name: str, *, otherwise: bool = False) -> bool:
        """Whether a box is ticked; one that is not is no part of what was sent."""
        return bool(self.fields.get(name)) if form == self.form and self.fields else otherwise

    def seen(self, form: str, now: str) -> str:
        """What the form says it was made from: still that, unless it was refused for it and the page has shown what is there now."""
        return now if self.is_clash(form) else self.value(form, "seen", now)

    def is_clash(self, form: str) -> bool:
        """Whether this form was refused because somebody else was faster."""
        return self.status == 409 and form == self.form and self.problem == CLASH

    def all(self, form: str, name: str, otherwise: Iterable[object] = ()) -> list[str]:
        """All that is chosen of a field with several values."""
        if form == self.form and self.fields:
            return list(self.fields.get(name, ()))
        return [str(one) for one in otherwise]

    def is_wrong(self, form: str, name: str = "") -> bool:
        """Whether this form was refused, or just this field of it."""
        return bool(self.problem) and form == self.form and (not name or name == self.field)


NOTHING = Typed()
CLASH = "Somebody changed this while you were writing; nothing of yours was saved."


def state_of(thing: object) -> str:
    """Which state of something a form is made from; the form sends it back as `seen`."""
    return sha256(msgspec.json.encode(thing, order="deterministic")).hexdigest()[:16]


def check_seen(form: Form, thing: object) -> None:
    """Refuse a form that was made from another state than the one that is there now.

    Raises:
        ProblemError: 409.
    """
    if form.get("seen") != state_of(thing):
        raise ProblemError(409, CLASH)


@dataclass(frozen=True, slots=True)
class Way:
    """A page or an action of the settings, below `settings/`."""

    path: str
    needs: Permission
    draw: Drawing | None = None
    do: Doing | None = None

    @property
    def method(self) -> str:
        """How it is asked for."""
        return "GET" if self.do is None else "POST"

    @property
    def below(self) -> str:
        """Its path below the workspace."""
        return f"/settings/{self.path}".rstrip("/")

    @property
    def address(self) -> str:
        """As the router takes it."""
        return f"{WORKSPACE}{self.below}"

    def route(self, visits: Visits) -> Route:
        """For the app."""
        if self.do is not None:
            return visits.does(self.below, self.needs, partial(_done, self))
        assert self.draw is not None  # noqa: S101 - a way has one of the two
        return visits.shows(self.below, self.needs, partial(_drawn, self.draw))


def shows(path: str, needs: Permission, draw: Drawing) -> Way:
    """A page."""
    return Way(path, needs, draw)


def does(path: str, needs: Permission, do: Doing, again: Drawing | None = None) -> Way:
    """What a form does. `again`: the page that the form was on, drawn with what was typed where it is refused."""
    return Way(path, needs, again, do)


async def _drawn(draw: Drawing, visit: Visit) -> Response:
    return await draw(visit, NOTHING)


async def _done(way: Way, visit: Visit, form: Form) -> Done | Response:
    assert way.do is not None  # noqa: S101 - `route` has looked
    try:
        return await way.do(visit, form)
    except (AccountGraphError, ProblemError, msgspec.ValidationError) as error:
        problem = problem_of(error)
        if way.draw is None or visit.is_partial or problem.status in _NOT_AGAIN:
            raise
        return await way.draw(visit, Typed.of(form, problem))


def drawn(visit: Visit, template: str, title: str, subject: str, typed: Typed = NOTHING, **known: Any) -> Response:  # noqa: ANN401
    """A page of the settings. `subject`: the path of the one that is marked at the left."""
    seen = [one for one in SUBJECTS if visit.principal.may(one.needs)]
    subjects = [(group, [one for one in seen if one.group == group]) for group in dict.fromkeys(one.group for one in seen)]
    status = known.pop("status", typed.status)
    base = f"{visit.base}/settings"
    return visit.drawn(f"settings/{template}", title, status=status, subjects=subjects, subject=subject, typed=typed, base=base, **known)


def registry_of(visit: Visit) -> Registry:
    """Where users and keys are."""
    return visit.parts.recognise.registry


def actor_of(visit: Visit) -> Actor:
    """Who changes users and keys, and how far they may go."""
    return Actor.of(visit.principal, origin_of(visit.request), str(uuid4()))


def to(visit: Visit, path: str) -> str:
    """The address of a page of the settings."""
    return f"{visit.base}/settings/{path}".rstrip("/")
