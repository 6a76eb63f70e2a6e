"""A campaign as TOML, as a person would write it: steps and variants as tables, long texts between three quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.definition.file import without_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accountgraph.campaigns.definition.campaign import CampaignDefinition

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TABLES = frozenset({"steps", "variants"})  # written as [[...]]; other lists of tables stand in one line each
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def written_as_toml(definition: CampaignDefinition) -> str:
    """The campaign without what is as it is by default; `parse` gives the same campaign again."""
    return "\n".join(_table(without_defaults(definition), "")).strip("\n") + "\n"


def data_as_toml(data: Mapping[str, Any]) -> str:
    """The same of plain data, which need not be a campaign yet; what is None is left out."""
    return "\n".join(_table(data, "")).strip("\n") + "\n"


def _table(data: Mapping[str, Any], path: str) -> Iterator[str]:
    """What a table holds: first its own values, then the tables in it."""
    for name, value in data.items():
        if value is not None and not _is_below(name, value):
            yield f"{_name(name)} = {_value(value)}"
    for name, value in data.items():
        if value is None or not _is_below(name, value):
            continue
        here = f"{path}.{_name(name)}" if path else _name(name)
        if isinstance(value, dict):
            yield from _headed(value, here)
        else:
            for one in value:
                yield from ["", f"[[{here}]]", *_table(one, here)]


def _headed(data: Mapping[str, Any], path: str) -> Iterator[str]:
    """A table under its head, which one that only has tables in it can do without."""
    if not data or any(not _is_below(name, value) for name, value in data.items() if value is not None):
        yield from ["", f"[{path}]"]
    yield from _table(data, path)


def _is_below(name: str, value: object) -> bool:
    """Whether a value gets a head of its own."""
    if isinstance(value, dict):
        return name not in {"only_if", "condition", "has_attributes"}
    return name in _TABLES and isinstance(value, list | tuple) and bool(value) and all(isinstance(one, dict) for one in value)


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case dict():
            told = ", ".join(f"{_name(name)} = {_value(one)}" for name, one in value.items() if one is not None)
            return f"{{ {told} }}" if told else "{}"
        case list() | tuple():
            return _list([_value(one) for one in value])
        case _:
            return _text(str(value))


def _list(values: list[str]) -> str:
    if any(one.startswith("{") for one in values):
        return "[\n" + "".join(f"    {one},\n" for one in values) + "]"
    return f"[{', '.join(values)}]"


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _line(name)


def _text(text: str) -> str:
    """Several lines stand as they are read, unless they hold what TOML does not take there."""
    if "\n" not in text or _CONTROL.search(text.replace("\n", "").replace("\t", "")):
        return _line(text)
    return '"""\n' + text.replace("\\", "\\\\").replace('"""', '""\\"').removesuffix('"') + ('\\"' if text.endswith('"') else "") + '"""'


def _line(text: str) -> str:
    quoted = "".join(_ESCAPES.get(sign, sign) for sign in text)
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", quoted) + '"'
