"""Drawing pages: templates and the words in them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from accountgraph.dashboard import words
from accountgraph.dashboard.accounts import words as of_accounts
from accountgraph.dashboard.assets import Assets
from accountgraph.live.changes import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.http.problems import ProblemError


class Pages:
    """Draws pages and parts of pages."""

    def __init__(self) -> None:
        self.assets = Assets()
        self._environment = Environment(
            loader=PackageLoader("accountgraph.dashboard"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.do"],
        )
        self._environment.filters.update(words.FILTERS | of_accounts.FILTERS)
        self._environment.globals["ui"] = self._environment.get_template("parts.html.j2").module
        self._environment.globals.update(asset=self.assets.address, look=None, kinds=KINDS)

    def page(
        self,
        template: str,
        title: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **known: Any,  # noqa: ANN401 - what the template takes
    ) -> HTMLResponse:
        """A page, or a part of one, as an answer."""
        text = self._environment.get_template(f"{template}.html.j2").render(title=title, **known)
        return HTMLResponse(text, status_code=status, headers=dict(headers or {}))

    def problem(self, error: ProblemError) -> HTMLResponse:
        """The page that says what went wrong, and what can be done."""
        headers = {name: value for name, value in error.headers.items() if name.lower() != "www-authenticate"}
        return self.page("problem", error.title, status=error.status, headers=headers, details=details_of(error))


@cache
def shared_pages() -> Pages:
    """Those of this process: its files are read, packed and compiled once, however many apps it has."""
    return Pages()


def details_of(error: ProblemError) -> list[str]:
    """What is wrong, field by field, each with its cure."""
    return [f"{one.field}: {one.message}" for one in error.errors] or ([error.detail] if error.detail else [])
