"""The editor's form as a browser sends it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tests.dashboard.html import page

if TYPE_CHECKING:
    import httpx

    from tests.dashboard.conftest import Browser


class _Fields(HTMLParser):
    """The fields of the editor's form as a browser would send them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._area: str | None = None
        self._select: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "editor-form"
        name = given.get("name")
        if not self._inside:
            return
        if tag == "option":
            if self._select and ("selected" in given or self._select not in self.fields):
                self.fields[self._select] = [given.get("value", "")]
        elif name and tag == "textarea":
            self._area, self.fields[name] = name, [""]
        elif name and tag == "select":
            self._select = name
        elif name and tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.fields[self._area][0] = self.fields[self._area][0].removeprefix("\n")
            self._area = None
        if tag == "select":
            self._select = None
        if tag == "form":
            self._inside = False


def fields_of(text: str) -> dict[str, list[str]]:
    return _Fields(text).fields


async def press(who: Browser, path: str, fields: dict[str, list[str]], do: str) -> httpx.Response:
    """Press a button of the editor, and look whether the page that comes is a page."""
    answer = await who.post(path, {**fields, "do": do})
    if answer.status_code != 303:
        page(answer.text)
    return answer
