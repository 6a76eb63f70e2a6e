"""Campaign files: TOML or YAML in, a campaign out, and back as YAML. Errors name the file, the key and the cure."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.problems import DefinitionError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 1_000_000
MOST_MISFITS = 50
_AT = re.compile(r" - at `\$\.?(.*)`$")
_STEP = re.compile(r"\w+|\[\d+\]|\[\.\.\.\]")
FORMATS = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}
_HINTS = {
    "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$": "Write a time of day like '09:00', in quotes.",
    "^[a-z0-9][a-z0-9_-]{0,79}$": "Use small letters, digits, - and _, 80 at most, beginning with a letter or digit.",
    "^[a-z][a-z0-9_-]{0,59}$": "Use small letters, digits, - and _, 60 at most, beginning with a letter.",
    "^[a-z0-9_-]{1,40}$": "Use small letters, digits, - and _, 40 at most.",
}


def read(path: str | Path) -> CampaignDefinition:
    """The campaign in a file, TOML or YAML by its ending.

    Raises:
        DefinitionError: it cannot be read, or is no campaign; with every unknown key, or else every value that does not fit.
    """
    file = Path(path)
    kind = FORMATS.get(file.suffix.lower())
    if kind is None:
        raise _refusal(file.name, f"{file.suffix or 'a name without ending'} is no format of campaigns.", _named_otherwise(file))
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _refusal(file.name, "is too large for a campaign.", f"A file has at most {MOST_BYTES:,} bytes.")
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _refusal(str(file), "there is no such file.") from None
    except OSError as error:
        raise _refusal(file.name, f"cannot be read: {error.strerror or error}.", "Name a file that you may read.") from None
    except UnicodeDecodeError:
        raise _refusal(file.name, "is not UTF-8.", "Save it as a text file in UTF-8.") from None
    return parse(text, kind, source=file.name)


def _named_otherwise(file: Path) -> str:
    """The cure for a name that no campaign has: the file beside it that may be meant, or how files are named."""
    beside = (file.with_name(file.name + ending) for ending in FORMATS) if file.name and not file.suffix else ()
    near = next((one for one in beside if one.is_file()), None)
    return f"Did you mean {near}?" if near else "Name it .toml, .yaml or .yml."


def parse(text: str, kind: str, *, source: str = "campaign") -> CampaignDefinition:
    """The campaign in a text; `kind` is `toml` or `yaml`.

    Raises:
        DefinitionError: as `read`.
    """
    try:
        given = tomllib.loads(text) if kind == "toml" else yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except tomllib.TOMLDecodeError as error:
        raise _refusal(source, f"is not TOML: {error}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refusal(source, f"is not YAML: {' '.join(str(error).split())}.") from None
    return from_data(given, source=source)


def from_data(given: object, *, source: str = "campaign") -> CampaignDefinition:
    """The campaign in plain data, as a TOML, YAML or JSON text says it.

    Raises:
        DefinitionError: as `read`.
    """
    if not isinstance(given, dict):
        raise _refusal(source, "is no campaign.", "It has keys: name, steps, templates, audience, policy.")
    unknown = list(_unknown_keys(given, msgspec.inspect.type_info(CampaignDefinition), ""))
    if unknown:
        raise DefinitionError(source, unknown)
    try:
        return msgspec.convert(given, CampaignDefinition)
    except msgspec.ValidationError:
        raise DefinitionError(source, list(_misfits(given))) from None


def _misfits(given: dict[str, Any]) -> Iterator[Problem]:
    """Every value that does not fit: what was found is taken out, and what is left is looked at again."""
    left = deepcopy(given)
    out: set[str] = set()
    for _ in range(MOST_MISFITS):
        try:
            msgspec.convert(left, CampaignDefinition)
        except msgspec.ValidationError as error:
            problem = _problem(str(error))
            if problem.key in out:  # it is missing because it was taken out
                return
            yield problem
            if not _taken_out(left, problem.key):
                return
            out.add(problem.key)
        else:
            return


def _taken_out(given: Any, key: str) -> bool:  # noqa: ANN401 - plain data of any shape
    """Take the value at a key out; False where there is none, or a list would shift."""
    *above, last = [int(part[1:-1]) if part[1:-1].isdigit() and part[0] == "[" else part for part in _STEP.findall(key)] or [""]
    for part in above:
        if part == "[...]":  # a name of the user's own, which the error does not say
            return False
        given = given[part]
    if not isinstance(given, dict) or last not in given:
        return False
    del given[last]
    return True


def _refusal(source: str, message: str, cure: str = "") -> DefinitionError:
    return DefinitionError(source, [Problem("", message, cure)])


class _Loader(yaml.SafeLoader):
    """Takes no key twice and no aliases: what is written is what there is."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - the library's types
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "aliases are not taken; write it out", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: ANN401 - the library's types
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is there twice; keep one", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _unknown_keys(given: object, info: msgspec.inspect.Type, path: str) -> Iterator[Problem]:
    """Every key that no struct has, wherever it stands."""
    info = _bare(info)
    if isinstance(info, msgspec.inspect.StructType) and isinstance(given, dict):
        known = {field.encode_name: field.type for field in info.fields}
        for name, value in given.items():
            here = f"{path}.{name}" if path else str(name)
            if name in known:
                yield from _unknown_keys(value, known[name], here)
            else:
                yield Problem(here, "there is no such key.", nearest(name, known))
    elif isinstance(info, msgspec.inspect.DictType) and isinstance(given, dict):
        for name, value in given.items():
            yield from _unknown_keys(value, info.value_type, f"{path}.{name}")
    elif isinstance(info, msgspec.inspect.VarTupleType) and isinstance(given, list):
        for number, value in enumerate(given):
            yield from _unknown_keys(value, info.item_type, f"{path}[{number}]")


def _bare(info: msgspec.inspect.Type) -> msgspec.inspect.Type:
    """Without metadata and without the choice of being nothing."""
    if isinstance(info, msgspec.inspect.Metadata):
        return _bare(info.type)
    if isinstance(info, msgspec.inspect.UnionType):
        return next((_bare(one) for one in info.types if not isinstance(one, msgspec.inspect.NoneType)), info)
    return info


def _problem(said: str) -> Problem:
    """What msgspec said, with the key where it belongs and the cure."""
    found = _AT.search(said)
    path, text = (found[1] if found else ""), _AT.sub("", said)
    if missing := re.search(r"required field `(\w+)`", text):
        return Problem(f"{path}.{missing[1]}" if path else missing[1], "is missing.", "Add it.")
    if "enum value" in text:
        values = _values_at(path)
        given = text.rpartition("'")[0].rpartition("'")[2]
        return Problem(path, f"{text}.", f"{nearest(given, values)} It is one of {', '.join(values)}." if values else "")
    if pattern := re.search(r"matching regex '(.*)'", text):
        return Problem(path, "does not fit.", _HINTS.get(pattern[1], f"It must match {pattern[1]}."))
    if re.search(r"Expected `str.*`, got `(int|float|bool|date)", text):
        return Problem(path, f"{text}.", "Put it in quotes.")
    if "Expected `array" in text:
        return Problem(path, f"{text}.", "Put it in brackets: [...].")
    return Problem(path, f"{text}.", "Correct the value.")


def _values_at(path: str) -> list[str]:
    """The values of the enumeration at a path."""
    info: msgspec.inspect.Type = msgspec.inspect.type_info(CampaignDefinition)
    for part in re.findall(r"\w+|\[[^\]]*\]", path):
        info = _bare(info)
        if isinstance(info, msgspec.inspect.StructType):
            info = next((field.type for field in info.fields if field.encode_name == part), info)
        elif isinstance(info, msgspec.inspect.DictType):
            info = info.value_type
        elif isinstance(info, msgspec.inspect.VarTupleType):
            info = info.item_type
    info = _bare(info)
    return [str(value) for value in info.cls] if isinstance(info, msgspec.inspect.EnumType) else []


def written(definition: CampaignDefinition) -> str:
    """The campaign as YAML, without what is as it is by default; `parse` gives the same campaign again."""
    return yaml.dump(without_defaults(definition), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def without_defaults(value: object) -> Any:  # noqa: ANN401 - plain data of any shape
    """A part of a campaign as plain data, without what is as it is by default."""
    if isinstance(value, msgspec.Struct):
        told = [field.name for field in msgspec.structs.fields(value) if getattr(value, field.name) != _default(field)]
        return {name: without_defaults(getattr(value, name)) for name in told}
    if isinstance(value, dict):
        return {name: without_defaults(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [without_defaults(one) for one in value]
    return str(value) if isinstance(value, StrEnum) else value


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


class _Dumper(yaml.SafeDumper):
    """Long texts stand as they are read: a line a line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
