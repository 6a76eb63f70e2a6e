"""What Content-Type and Content-Disposition say: a value and its parameters (RFC 2045), long and in charsets too (RFC 2231)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from accountgraph.inbound.wire import limits
from accountgraph.inbound.wire.charsets import decoded
from accountgraph.inbound.wire.encoded import unworded

if TYPE_CHECKING:
    from accountgraph.inbound.wire.limits import Problems

_TYPE = re.compile(r"\s*+([^\s;/()]{1,100}+)\s*+(?:/\s*+([^\s;()]{1,100}+))?+")
# A quoted value that never ends is taken to the end, so that no value is read twice.
_PARAMETER = re.compile(r"([^\s=;()\"]{1,100}+)\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)(?:\"|\\?\Z)|([^;\"]*+))", re.DOTALL)
_QUOTED = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"([^*]++)(?:\*(\d{1,4}))?+(\*)?+")


def parameters_of(header: str | None, problems: Problems) -> tuple[str, dict[str, str]]:
    """The value in lower case (`text/plain`, `attachment`; empty where there is none) and its parameters by lower-case name."""
    if not header:
        return "", {}
    if len(header) > limits.LONGEST_PARAMETERS:
        problems.add(f"the parameters of a part are longer than {limits.LONGEST_PARAMETERS:,} characters, and are cut")
        header = header[: limits.LONGEST_PARAMETERS]
    match = _TYPE.match(header)
    value = "" if match is None else match[1].lower() + (f"/{match[2].lower()}" if match[2] else "")
    found: dict[str, str] = {}
    split: dict[str, list[tuple[int, bool, str]]] = {}
    for parameter in _PARAMETER.finditer(header, header.find(";") if ";" in header else len(header)):
        name, said = parameter[1].lower(), _said(parameter)
        if "*" in name and (section := _SECTION.fullmatch(name)):
            split.setdefault(section[1], []).append((int(section[2] or 0), bool(section[3]), said))
        else:
            found.setdefault(name, unworded(said, problems))
    for name, sections in split.items():
        found[name] = _joined(sorted(sections), problems)
    return value, found


def _said(parameter: re.Match[str]) -> str:
    quoted: str | None = parameter[2]
    if quoted is None:
        return str(parameter[3]).strip()
    return _QUOTED.sub(r"\1", quoted) if "\\" in quoted else quoted


def _joined(sections: list[tuple[int, bool, str]], problems: Problems) -> str:
    """The sections of a value put together; the first one may name the charset: `utf-8'en'%e2%82%ac`."""
    charset = None
    _, is_encoded, first = sections[0]
    if is_encoded and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    content = b"".join(
        unquote_to_bytes(said) if is_encoded else said.encode("utf-8", "replace")
        for is_encoded, said in [(is_encoded, first), *((encoded, said) for _, encoded, said in sections[1:])]
    )
    return decoded(content, charset or None, problems)
