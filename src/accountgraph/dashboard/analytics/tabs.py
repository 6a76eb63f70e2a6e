"""The pages one by one: the bar of filters comes first, and what takes the database long comes after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from accountgraph.analytics import choices
from accountgraph.dashboard.analytics.asking import PRESETS, given_of, question_of
from accountgraph.dashboard.words import tier
from accountgraph.enums import AccountTier, Channel
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from accountgraph.dashboard.analytics.asking import Given, Question
    from accountgraph.dashboard.visits import Visit

    Finding = Callable[[Visit, Question], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Tab:
    """One page. `path`: below `analytics`; `own`: parameters that it has beside the filters; `find`: what its template draws."""

    name: str
    path: str
    template: str
    find: Finding
    own: tuple[str, ...] = ()
    is_listed: bool = True  # among the tabs; others belong to one of them, and are named by `find`


class Pages:
    """Draws tabs: the page with an empty place, or that place alone (`part`), or all in one for who has no script (`whole`)."""

    def __init__(self, tabs: tuple[Tab, ...]) -> None:
        self._tabs = tabs

    def draw(self, tab: Tab) -> Callable[[Visit], Awaitable[Response]]:
        """What answers for a tab."""

        async def answer(visit: Visit) -> Response:
            path = tab.path.format(**visit.request.path_params)
            given = given_of(visit, path, *tab.own)
            try:
                question = await question_of(visit, given)
            except InvalidValueError as error:
                return await self._page(visit, tab, given, None, wrong=error, status=422)
            if visit.asked("part") and visit.is_partial:
                return visit.drawn("analytics/part", tab.name, **await _found(visit, tab, question))
            found = await _found(visit, tab, question) if visit.asked("whole") else None
            return await self._page(visit, tab, question.given, question, found=found)

        return answer

    async def _page(
        self,
        visit: Visit,
        tab: Tab,
        given: Given,
        question: Question | None,
        *,
        found: dict[str, Any] | None = None,
        wrong: InvalidValueError | None = None,
        status: int = 200,
    ) -> Response:
        known = await choices(visit.db)
        of = {kind: [one for one in known if one.kind == kind] for kind in ("campaign", "sender", "industry")}
        return visit.drawn(
            "analytics/page",
            f"{tab.name}: analytics",
            status=status,
            tab=tab,
            tabs=[one for one in self._tabs if one.is_listed],
            choices=of,
            channels=list(Channel),
            tiers=list(AccountTier),
            presets=PRESETS,
            chips=_chips(given, {one.id: one.name for one in known}),
            wrong=wrong,
            **(found or {"given": given, "question": question, "body": None}),
        )


def narrower(question: Question, **fields: str | None) -> Given:
    """The filters of a question with some changed, for links that lead behind a number."""
    kept = {**question.given.kept, **fields}
    return replace(question.given, fields={name: value for name, value in kept.items() if value})


async def _found(visit: Visit, tab: Tab, question: Question) -> dict[str, Any]:
    drawn = await tab.find(visit, question)
    return {"given": question.given, "question": question, "body": f"analytics/{tab.template}.html.j2", **drawn}


def _chips(given: Given, names: dict[str, str]) -> list[tuple[str, str]]:
    """The filters that hold, in words, and the address without each."""
    words: dict[str, Callable[[str], str]] = {
        "channel": lambda value: value,
        "tier": lambda value: f"tier is {tier(value)}",
        "industry": lambda value: value,
        "campaign": lambda value: names.get(value, "a campaign"),
        "sender": lambda value: f"from {names.get(value, 'a sender')}",
        "view": lambda value: "people only" if value == "human" else value,
    }
    return [(say(given.get(name)), given.address(**{name: None, "after": None})) for name, say in words.items() if given.get(name)]
