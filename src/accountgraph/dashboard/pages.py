"""Drawing pages: templates, the words in them, and the files that they load."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from accountgraph.dashboard import words
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

_KINDS = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"  # its address changes with its content


class Pages:
    """Draws pages, and hands out the files that they load."""

    def __init__(self) -> None:
        self._files = {one.name: one.read_bytes() for one in (files("accountgraph.dashboard") / "static").iterdir() if one.is_file()}
        self._environment = Environment(
            loader=PackageLoader("accountgraph.dashboard"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(words.FILTERS)
        self._environment.globals["asset"] = self.asset

    def page(
        self,
        template: str,
        title: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **known: Any,  # noqa: ANN401 - what the template takes
    ) -> HTMLResponse:
        """A page as an answer."""
        text = self._environment.get_template(f"{template}.html.j2").render(title=title, **known)
        return HTMLResponse(text, status_code=status, headers=dict(headers or {}))

    def problem(self, error: ProblemError) -> HTMLResponse:
        """The page that says what went wrong, and what can be done."""
        details = [f"{one.field}: {one.message}" for one in error.errors] or ([error.detail] if error.detail else [])
        headers = {name: value for name, value in error.headers.items() if name.lower() != "www-authenticate"}
        return self.page("problem", error.title, status=error.status, headers=headers, details=details)

    def asset(self, name: str) -> str:
        """The address of a file; another one whenever its content is another."""
        return f"/app/static/{name}?v={sha256(self._files[name]).hexdigest()[:12]}"

    async def file(self, request: Request) -> Response:
        """A file that pages load."""
        name = request.path_params["name"]
        if name not in self._files:
            return self.problem(ProblemError(404, "There is no such file."))
        kind = _KINDS[name.rpartition(".")[2]]
        return Response(self._files[name], media_type=kind, headers={"Cache-Control": _FOR_EVER})
