"""Behaviour as somebody gives it: a file, or a mapping. Errors name the field and the cure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from accountgraph.addresses import email_key
from accountgraph.campaigns.definition.problems import nearest
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.errors import InvalidValueError
from accountgraph.simulation.behaviour import TYPICAL, Behaviour, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
MOST_BYTES = 10_000_000


def read_behaviour(path: str | Path) -> Behaviour:
    """The behaviour in a TOML file.

    Raises:
        InvalidValueError: it cannot be read, or is none; naming the field and what it takes.
    """
    file = Path(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InvalidValueError("behaviour", f"{file} is too large; a file has at most {MOST_BYTES:,} bytes.")
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidValueError("behaviour", f"there is no file {file}; write one, or say typical.") from None
    except OSError as error:
        raise InvalidValueError("behaviour", f"{file} cannot be read: {error.strerror or error}; name a file that you may read.") from None
    except UnicodeDecodeError:
        raise InvalidValueError("behaviour", f"{file} is not UTF-8; save it as a text file in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidValueError("behaviour", f"{file} is not TOML: {error}.") from None
    return behaviour_of(given)


def behaviour_of(given: Mapping[str, Any]) -> Behaviour:
    """Behaviour as a file or a caller gives it: the fields of `Behaviour`, or the scripts alone, by address.

    `typical = true` takes the rates of `TYPICAL` for those who have no script. A response without a `kind` is of the kind that it
    is named by: `{"anna@acme.com": {"unsubscribe": {"after_days": 4}}}`.

    Raises:
        InvalidValueError: naming the field and what it takes.
    """
    known = {*Behaviour.__struct_fields__, "typical"}
    fields: dict[str, Any] = dict(given) if set(given) & known else {"scripts": dict(given)}
    if fields.pop("typical", False) is True:
        fields.setdefault("rates", TYPICAL.rates)
    scripts = _scripts(_table(fields.pop("scripts", {}), "behaviour.scripts"))
    return msgspec.structs.replace(_read(fields, Behaviour, "behaviour"), scripts=scripts)


def _scripts(given: Mapping[str, Any]) -> dict[str, dict[str, Response]]:
    """Responses by name, by address as the database keys it."""
    scripts = {}
    for address, script in given.items():
        place = f"behaviour.scripts.{address}"
        scripts[_key(address, place)] = {name: _response(name, one, f"{place}.{name}") for name, one in _table(script, place).items()}
    return scripts


def _response(name: str, given: Any, place: str) -> Response:  # noqa: ANN401 - whatever stands in the file
    fields = {"kind": name, **_table(given, place)}
    kinds = [str(kind) for kind in SignalKind]
    if fields["kind"] not in kinds:
        raise InvalidValueError(place, f"{fields['kind']!r} is no kind of signal. {nearest(fields['kind'], kinds)}")
    return _read(fields, Response, place)


def _read(given: dict[str, Any], kind: type[T], place: str) -> T:
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        message, _, key = str(error).partition(" - at `$")
        raise InvalidValueError(f"{place}{key.rstrip('`')}", f"{message.rstrip('.')}.") from None


def _key(address: str, place: str) -> str:
    try:
        return email_key(address) if "@" in address else address
    except InvalidValueError as error:
        raise InvalidValueError(place, str(error)) from None


def _table(given: Any, place: str) -> dict[str, Any]:  # noqa: ANN401 - as above
    if not isinstance(given, dict):
        raise InvalidValueError(place, f"has to be a table, not {given!r}.")
    return given
