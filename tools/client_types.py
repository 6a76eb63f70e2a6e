"""Types of the server as text for the client: models by name, everything else as a shape of the client's own."""

from __future__ import annotations

import dataclasses
import keyword
import types as builtin
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict
from uuid import UUID

import msgspec

from accountgraph import enums, models
from accountgraph.listing import Page

_KNOWN = {UUID: "uuid", datetime: "datetime", date: "datetime", time: "datetime", timedelta: "datetime", Decimal: "decimal"}
_SHARED = {"accountgraph.models", "accountgraph.enums"}  # what a client may import
_TAKEN = {*vars(enums), *vars(models), "Page", "Client", "Connection", "BlockingConnection"}
_PLAIN = {str, int, float, bool, bytes, object}
_LISTS: dict[Any, str] = {list: "list", set: "set", frozenset: "frozenset", tuple: "tuple", dict: "dict"}


class Types:
    """The types that were named, and the shapes that they need."""

    def __init__(self) -> None:
        self._imports: dict[str, str] = {}
        self._answers: dict[str, tuple[Any, str]] = {}  # a name: its type, its text
        self._inputs: dict[str, tuple[Any, str]] = {}

    def answered(self, kind: Any) -> str:
        """A type as it comes from the server."""
        return self._text(kind, is_sent=False)

    def sent(self, kind: Any) -> str:
        """A type as a caller gives it."""
        return self._text(kind, is_sent=True)

    def imports(self) -> list[str]:
        """The lines that import all that was named."""
        shapes = [*self._answers, *self._inputs]
        return ["from typing import Any, Literal", *self._lines(), f"from accountgraph.client.shapes import {', '.join(shapes)}"]

    def module(self, doc: str) -> str:
        """The module of the shapes."""
        shapes = [text for _, text in (*self._answers.values(), *self._inputs.values())]
        head = ["from typing import Any, Literal, NotRequired, Required, TypedDict", "import msgspec", *self._lines()]
        return f"{doc}\n\nfrom __future__ import annotations\n\n" + "\n".join(head) + "\n\n\n" + "\n\n\n".join(shapes) + "\n"

    def _lines(self) -> list[str]:
        return sorted({f"from {module} import {name}" for name, module in self._imports.items()})

    def _text(self, kind: Any, *, is_sent: bool) -> str:
        if kind is None or kind is type(None):
            return "None"
        if kind in _PLAIN:
            return "Any" if kind is object else str(kind.__name__)
        if kind in _KNOWN:
            self._imports[kind.__name__] = _KNOWN[kind]
            return str(kind.__name__)
        origin, parts = get_origin(kind), get_args(kind)
        if hasattr(kind, "__metadata__") or origin in {Required, NotRequired}:
            return self._text(parts[0], is_sent=is_sent)
        return self._composed(kind, origin, parts, is_sent=is_sent)

    def _composed(self, kind: Any, origin: Any, parts: tuple[Any, ...], *, is_sent: bool) -> str:
        if origin in {Union, builtin.UnionType}:
            return " | ".join(dict.fromkeys(self._text(part, is_sent=is_sent) for part in parts if part is not msgspec.UnsetType))
        if origin is Literal:
            return f"Literal[{', '.join(map(repr, parts))}]"
        if origin is Page:
            return f"Page[{self._text(parts[0], is_sent=is_sent)}]"
        if (name := _LISTS.get(origin or kind)) or getattr(origin, "__module__", "") == "collections.abc":
            name = name or ("dict" if len(parts) == 2 else "list")
            inner = ["..." if part is Ellipsis else self._text(part, is_sent=is_sent) for part in parts]
            return f"{name}[{', '.join(inner)}]" if inner else {"dict": "dict[str, Any]"}.get(name, f"{name}[Any]")
        return self._named(kind, is_sent=is_sent)

    def _named(self, kind: Any, *, is_sent: bool) -> str:
        if isinstance(kind, type) and issubclass(kind, Enum):
            if kind.__module__ in _SHARED:
                self._imports[kind.__name__] = kind.__module__
                return kind.__name__
            return f"Literal[{', '.join(repr(one.value) for one in kind)}]"
        if isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or is_typeddict(kind) or dataclasses.is_dataclass(kind)):
            return self._shape(kind, is_sent=is_sent)
        return "Any"  # what only the server knows

    def _shape(self, kind: type, *, is_sent: bool) -> str:
        if kind.__module__ in _SHARED and hasattr(__import__(kind.__module__, fromlist=["_"]), kind.__name__):
            self._imports[kind.__name__] = kind.__module__
            return kind.__name__
        known = self._inputs if is_sent else self._answers
        name = _name(kind)
        while name in _TAKEN or (is_sent and name in self._answers) or (name in known and known[name][0] is not kind):
            name = f"{name}Given" if is_sent else f"{kind.__module__.rsplit('.', 1)[-1].title().replace('_', '')}{name}"
        if name not in known:
            known[name] = (kind, "")
            known[name] = (kind, self._dict(kind, name) if is_sent else self._struct(kind, name))
        return name

    def _struct(self, kind: Any, name: str) -> str:
        """What is answered: an object with attributes, or a dictionary where it is one on the server's side too."""
        if is_typeddict(kind):
            return self._dict(kind, name, is_sent=False)
        lines = [f"class {name}(msgspec.Struct, kw_only=True, frozen=True{_tagged(kind)}):", f'    """{_said(kind)}"""', ""]
        for encoded, part, default in _fields(kind):
            text = self._text(part, is_sent=False)
            attribute = encoded if encoded.isidentifier() and not keyword.iskeyword(encoded) else f"{encoded}_".replace("-", "_")
            named = f"name={encoded!r}" if attribute != encoded else ""
            if default is msgspec.NODEFAULT:
                lines.append(f"    {attribute}: {text}" + (f" = msgspec.field({named})" if named else ""))
            else:
                shown, optional = _default(default)
                text = f"{text} | None" if optional and "None" not in text.split(" | ") else text
                lines.append(f"    {attribute}: {text} = " + (f"msgspec.field(default={shown}, {named})" if named else shown))
        return "\n".join(lines)

    def _dict(self, kind: Any, name: str, *, is_sent: bool = True) -> str:
        """What is sent: a dictionary, from which anything that is not required may be left out."""
        entries = []
        for encoded, part, default in _fields(kind):
            entries.append((encoded, self._text(part, is_sent=is_sent), default is msgspec.NODEFAULT))
        if all(encoded.isidentifier() and not keyword.iskeyword(encoded) for encoded, _, _ in entries):
            rows = [f"    {encoded}: {'Required' if must else 'NotRequired'}[{text}]" for encoded, text, must in entries]
            return f'class {name}(TypedDict):\n    """{_said(kind)}"""\n\n' + "\n".join(rows)
        rows = [f"        {encoded!r}: {'Required' if must else 'NotRequired'}[{text!r}]," for encoded, text, must in entries]
        return f"{name} = TypedDict(\n    {name!r},\n    {{\n" + "\n".join(rows) + "\n    },\n)"


def _fields(kind: Any) -> list[tuple[str, Any, Any]]:
    """The names of fields as they are written, their types, their defaults."""
    if is_typeddict(kind):
        hints = get_type_hints(kind, include_extras=True)
        return [(name, part, msgspec.NODEFAULT if name in kind.__required_keys__ else None) for name, part in hints.items()]
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        rows = dataclasses.fields(kind)
        return [(row.name, hints[row.name], msgspec.NODEFAULT if row.default is dataclasses.MISSING else row.default) for row in rows]
    found = []
    for row in msgspec.structs.fields(kind):
        default = row.default_factory() if row.default_factory is not msgspec.NODEFAULT else row.default
        found.append((row.encode_name, row.type, default))
    return found


def _default(value: Any) -> tuple[str, bool]:
    """A default as text, and whether it is None in place of one that cannot be written."""
    if isinstance(value, Enum) and isinstance(value.value, str) and type(value).__module__ in _SHARED:
        return f"{type(value).__name__}.{value.name}", False
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return repr(value), False
    if value in ([], {}, ()) and isinstance(value, list | dict | tuple):
        return repr(value), False
    return "None", True


def _name(kind: Any) -> str:
    return str(kind.__name__).split("[", 1)[0]


def _tagged(kind: Any) -> str:
    found = getattr(kind, "__struct_config__", None)
    if found is None:
        return ""
    tag = f", tag_field={found.tag_field!r}, tag={found.tag!r}" if found.tag is not None else ""
    return tag + (", array_like=True" if found.array_like else "")


def _said(kind: Any) -> str:
    """The first paragraph of what its class says."""
    text = (kind.__doc__ or kind.__name__).strip().split("\n\n", 1)[0]
    if text.startswith(f"{kind.__name__}("):  # a dataclass says its signature
        text = f"{kind.__name__}."
    return " ".join(text.replace("\\", "\\\\").replace('"""', "'''").split())
