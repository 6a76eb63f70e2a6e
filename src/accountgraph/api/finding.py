"""Finding the operation of a path among some hundreds, without trying one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from starlette.routing import compile_path

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send


class Found(Protocol):
    """What answers on a path."""

    @property
    def methods(self) -> Collection[str]:
        """Those it answers."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        ...


class Index:
    """Goes straight to what answers; what it does not know it leaves to the app around it, which says why not.

    Paths are looked up by how many parts they have and by the first one behind the prefix; few share these.
    """

    def __init__(self, app: ASGIApp, *, prefix: str, found: Mapping[str, Found]) -> None:
        self._app, self._place = app, prefix.count("/") + 1
        self._known: dict[tuple[str, int], list[tuple[re.Pattern[str], Found]]] = {}
        for path, answers in found.items():
            pattern, _, _ = compile_path(prefix + path)
            self._known.setdefault(self._key(prefix + path), []).append((pattern, answers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and not scope.get("root_path"):
            for pattern, answers in self._known.get(self._key(scope["path"]), ()):
                if (match := pattern.match(scope["path"])) is not None:
                    if scope["method"] not in answers.methods:
                        break
                    scope["path_params"] = match.groupdict()
                    await answers(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    def _key(self, path: str) -> tuple[str, int]:
        parts = path.split("/")
        return (parts[self._place] if len(parts) > self._place else "", len(parts))
