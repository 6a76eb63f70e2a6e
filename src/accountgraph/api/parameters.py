"""What a path and a query string may say: read from the signature of the function that answers."""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from accountgraph.http.problems import FieldProblem, ProblemError, urn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_PARAMETERS = 100
_IN_PATH = re.compile(r"\{(\w+)\}")
_AT = re.compile(r" - at `(?:key in )?\$\.?(.*)`$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = "whole"
FREE_TEXT = {_WHOLE: True}  # in the `extra` of a list's items: a comma is part of a value
INVALID = urn("invalid-input")


class ParameterGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of the query string that several operations take together: each of its fields is one."""


class Signature:
    """The parameters of an operation, and the types of its body and of its answer.

    `run` takes the call first, then what the path names, then, by the name `body`, what was sent; all others are
    parameters of the query string, a `ParameterGroup` as many as it has fields.
    """

    def __init__(self, run: Callable[..., Any], path: str) -> None:
        hints = get_type_hints(run, include_extras=True)
        self.answer = hints.pop("return")
        self.body = hints.get("body")
        names = list(inspect.signature(run).parameters)[1:]
        in_path = _IN_PATH.findall(path)
        self.path = _struct("Path", {name: (hints[name], ...) for name in in_path})
        defaults = {name: one.default for name, one in inspect.signature(run).parameters.items()}
        self._groups: dict[str, type[ParameterGroup]] = {}
        self._asked: dict[str, tuple[Any, Any]] = {}
        for name in names:
            if isinstance(hints[name], type) and issubclass(hints[name], ParameterGroup):
                self._groups[name] = hints[name]
                self._asked |= {one.name: (_present(one.type), one.default) for one in msgspec.structs.fields(hints[name])}
            elif name not in {*in_path, "body"}:
                self._asked[name] = (_present(hints[name]), _default(defaults[name]))
        self.own = frozenset(self._asked)
        self._alone = [name for name in names if name not in {"body", *self._groups}]
        self._take()

    def add(self, name: str, description: str, values: Sequence[str]) -> None:
        """One more parameter of the query string, that is not for `run`: a list of some of these values."""
        said = msgspec.Meta(description=description, extra_json_schema={"items": {"type": "string", "enum": list(values)}})
        self._asked[name] = (Annotated[list[str], said], [])
        self._take()

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What `run` takes, of the values of path and query string."""
        groups = {name: kind(**{field: given[field] for field in kind.__struct_fields__}) for name, kind in self._groups.items()}
        return {name: given[name] for name in self._alone} | groups

    def _take(self) -> None:
        self.query = _struct("Query", self._asked)
        kinds = self._kinds = {field.encode_name: _bare(field.type) for field in msgspec.structs.fields(self.query)}
        self.lists = {name for name, kind in kinds.items() if get_origin(kind) is list}
        self.whole = {name for name in self.lists if _is_whole(kinds[name].__args__[0])}
        self._times = {name for name, kind in kinds.items() if kind is datetime}

    def path_values(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The path's values, typed.

        Raises:
            ProblemError: 404, for there is nothing by such a name.
        """
        if not given:
            return {}
        if any("\0" in value for value in given.values()):
            raise ProblemError(404, "There is nothing here.")
        try:
            return msgspec.structs.asdict(msgspec.convert(given, self.path, strict=False))
        except msgspec.ValidationError as error:
            raise ProblemError(404, "There is nothing here.", detail=said(error)[0].message) from None

    def query_values(self, text: bytes) -> dict[str, Any]:
        """The query string's values, typed; lists may be repeated, or, but for free text, have commas.

        Raises:
            ProblemError: 422, naming the parameter.
        """
        given = self._read(text) if text else {}
        try:
            return msgspec.structs.asdict(msgspec.convert(given, self.query, strict=False))
        except msgspec.ValidationError as error:
            raise invalid(said(error)) from None

    def _read(self, text: bytes) -> dict[str, Any]:
        try:
            pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
        except ValueError:
            detail = f"It is percent-encoded UTF-8, and has at most {MOST_PARAMETERS} parameters."
            raise ProblemError(400, "The query string cannot be read.", detail=detail) from None
        given: dict[str, Any] = {}
        for name, value in pairs:
            if name not in self._kinds:
                raise invalid([FieldProblem(name, "is not known here.")])
            if "\0" in value:
                raise invalid([FieldProblem(name, "holds a NUL character; remove it.")])
            if name in self._times and not _DAY.match(value):  # a number would be read as seconds since 1970
                raise invalid([FieldProblem(name, "is no time; write it as 2026-03-02T09:00:00Z.")])
            if name in self.lists:
                parts = [value] if name in self.whole else value.split(",")
                given.setdefault(name, []).extend(part.strip() for part in parts if part.strip())
            elif name in given:
                raise invalid([FieldProblem(name, "is given twice.")])
            else:
                given[name] = value
        return given


def invalid(errors: list[FieldProblem]) -> ProblemError:
    """The refusal of what was sent, field by field."""
    return ProblemError(
        422, "What was sent cannot be used.", kind=INVALID, detail=" ".join(f"{one.field}: {one.message}" for one in errors), errors=errors
    )


def said(error: msgspec.ValidationError) -> list[FieldProblem]:
    """What msgspec found wrong, with its field."""
    text = str(error)
    found = _AT.search(text)
    message = _AT.sub("", text)
    for pattern, word in ((r"(?s)missing required field `(.*)`", "is required."), (r"(?s)unknown field `(.*)`", "is not known here.")):
        if named := re.search(pattern, message):
            parent = f"{found[1]}." if found and found[1] else ""
            return [FieldProblem(parent + named[1], word)]
    return [FieldProblem(found[1] if found and found[1] else "body", message + ".")]


def _struct(name: str, fields: Mapping[str, tuple[Any, Any]]) -> type[msgspec.Struct]:
    made = [(key, kind) if default is ... else (key, kind, _field(default)) for key, (kind, default) in fields.items()]
    return msgspec.defstruct(name, made, kw_only=True, forbid_unknown_fields=True)


def _field(default: Any) -> Any:  # noqa: ANN401 - whatever the signature has
    return msgspec.field(default_factory=default.copy) if isinstance(default, list) else default


def _default(given: object) -> Any:  # noqa: ANN401 - whatever the signature has
    return ... if given is inspect.Parameter.empty else given


def _present(kind: Any) -> Any:  # noqa: ANN401 - types
    """`kind` without None: what is not sent is None, and what is sent is a value, even where it is the word null."""
    if hasattr(kind, "__metadata__"):
        return Annotated[(_present(kind.__origin__), *kind.__metadata__)]
    if get_origin(kind) not in {Union, UnionType}:
        return kind
    parts = [part for part in kind.__args__ if part is not type(None)]
    return Union[tuple(parts)]  # noqa: UP007 - the parts are known at run time alone


def _is_whole(item: Any) -> bool:  # noqa: ANN401 - a type
    """Whether a list's items are free text, in which a comma says nothing."""
    return any((one.extra or {}).get(_WHOLE) for one in getattr(item, "__metadata__", ()) if isinstance(one, msgspec.Meta))


def _bare(kind: Any) -> Any:  # noqa: ANN401 - a type, or an annotated or optional one
    """`kind` without its annotations and without None."""
    if hasattr(kind, "__metadata__"):
        return _bare(kind.__origin__)
    parts = [part for part in getattr(kind, "__args__", ()) if part is not type(None)]
    is_union = get_origin(kind) is not list and len(parts) == 1 and len(getattr(kind, "__args__", ())) == 2
    return _bare(parts[0]) if is_union else kind
