"""What every page has to be: well-formed, labelled, with nothing inline and nothing from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LOADS = {"src", "srcset", "action", "formaction", "data", "poster"}
FIELDS = {"input", "select", "textarea", "meter", "progress"}


class Page(HTMLParser):
    """A page as a strict reader takes it; `problems` is what it finds wrong."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.hidden: dict[str, str] = {}
        self.undo: tuple[str, dict[str, str | list[str]]] = ("", {})  # the form in what was said: its address and fields
        self._in_said = False
        self.text = ""
        self._open: list[str] = []
        self._ids: set[str] = set()
        self._labelled: set[str] = set()
        self._named_by: list[tuple[str, str]] = []
        self.described_by: set[str] = set()
        if not text.startswith("<!DOCTYPE html>"):
            self.problems.append("no doctype")
        self.feed(text)
        self.close()
        self._conclude()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if len(found) != len(attrs):
            self.problems.append(f"an attribute twice in <{tag}>")
        self.tags.append(tag)
        self._inspect(tag, found)
        self._note_undo(tag, found)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open and self._open[-1] in {"script", "style"} and data.strip():
            self.problems.append(f"inline <{self._open[-1]}>")

    def _inspect(self, tag: str, found: dict[str, str]) -> None:
        if "style" in found or tag == "style" or any(name.startswith("on") for name in found):
            self.problems.append(f"inline in <{tag}>: {found}")
        loaded = [value for name, value in found.items() if name in LOADS] + ([found["href"]] if tag == "link" else [])
        self.problems += [f"from elsewhere: {one}" for one in loaded if urlsplit(one).scheme or urlsplit(one).netloc]
        if (key := found.get("id")) is not None:
            self.problems += [f"id {key} twice"] if key in self._ids else []
            self._ids.add(key)
        if tag == "script" and not found.get("src", "").startswith("/app/static/"):
            self.problems.append(f"a script that is not ours: {found}")
        if tag == "label":
            self._labelled.add(found.get("for", ""))
        if tag in FIELDS and found.get("type") != "hidden" and "aria-label" not in found:
            self._named_by.append((tag, found.get("id", "")))
        if found.get("type") == "hidden":
            self.hidden[found.get("name", "")] = found.get("value", "")
        if tag == "a":
            self.links.append(found.get("href", ""))
            self.problems += [f"a link that runs: {found}"] if found.get("href", "").lower().startswith(("javascript:", "data:")) else []
        if tag == "img" and "alt" not in found:
            self.problems.append("an image without words")
        self.described_by |= set(found.get("aria-describedby", "").split())

    def _note_undo(self, tag: str, found: dict[str, str]) -> None:
        if tag == "div" and "id" in found:
            self._in_said = found["id"] == "said"
        if self._in_said and tag == "form":
            self.undo = (found.get("action", ""), {})
        if self._in_said and tag == "input" and found.get("name") != "csrf":
            self.undo[1][found.get("name", "")] = found.get("value", "")

    def _conclude(self) -> None:
        self.problems += [f"<{tag}> is not closed" for tag in self._open]
        self.problems += [f"<{tag}> has no label" for tag, key in self._named_by if key not in self._labelled]
        self.problems += [f"nothing has the id {key}" for key in self.described_by - self._ids]
        self.problems += [f"{count} h1" for count in [self.tags.count("h1")] if count != 1]
        self.problems += [f"{count} main" for count in [self.tags.count("main")] if count != 1]


def page(text: str) -> Page:
    """A page that has nothing wrong."""
    found = Page(text)
    assert found.problems == []
    return found
