"""The styles: all sheets are joined in one, so a room's rules hold in that room alone, and nothing is styled that no page has."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from accountgraph import dashboard

ROOT = Path(dashboard.__file__).parent
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
ROOMS = [sheet for sheet in SHEETS if sheet.name.startswith("5")]
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
NAME = re.compile(r"[.#][A-Za-z][\w-]*")
# What a script of npm or the browser itself puts on an element, and what is made of a value: `.touch.c-sms`.
ATTRIBUTE = re.compile(r'(?:class|id)="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"')
STRING = re.compile(r"""(?:"([^"\n]*)"|'([^'\n]*)'|`([^`]*)`)""")
BY_OTHERS = {"htmx-request"}
MADE = re.compile(r"colour-.*|[ac]-\w+")


def selectors(sheet: Path) -> list[str]:
    """Every selector of a sheet, those inside of `@media` too."""
    text = re.sub(r"@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", COMMENT.sub("", sheet.read_text()))
    heads = re.findall(r"([^{}]*)\{", text)
    found: list[str] = []
    for head in heads:
        whole = head.rpartition(";")[2].strip()
        if whole and not whole.startswith("@"):
            found += [one.strip() for one in re.split(r",(?![^(]*\))", whole)]
    return found


def first(selector: str) -> set[str]:
    """The classes and ids of a selector's first part: where it holds."""
    begins = re.split(r"[\s>~+]", re.sub(r"\([^()]*\)", "", selector))[0]
    return set(NAME.findall(begins))


def test_a_rooms_rules_begin_with_a_class_that_is_the_rooms_own() -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for sheet in SHEETS:
        for selector in selectors(sheet):
            for name in first(selector):
                owners[name].add(sheet.name)
    shared = [
        f"{sheet.name}: {selector}"
        for sheet in ROOMS
        for selector in selectors(sheet)
        if not any(owners[name] == {sheet.name} for name in first(selector))
    ]
    assert shared == []


def test_every_class_that_is_styled_is_one_that_a_page_has() -> None:
    templates = "\n".join(one.read_text() for one in (ROOT / "templates").rglob("*.j2"))
    scripts = "\n".join(one.read_text() for one in (ROOT / "static" / "js").glob("*.js"))
    code = "\n".join(one.read_text() for one in ROOT.rglob("*.py"))
    said = ["".join(found) for one, text in ((ATTRIBUTE, templates), (STRING, scripts), (STRING, code)) for found in one.findall(text)]
    words = set(re.findall(r"[A-Za-z][\w-]*", "\n".join(said)))
    styled = {name[1:] for sheet in SHEETS for selector in selectors(sheet) for name in NAME.findall(selector)}
    dead = {name for name in styled - words - BY_OTHERS if not MADE.fullmatch(name)}
    assert dead == set()
