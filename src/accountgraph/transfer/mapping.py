"""What each column of a file becomes: `guess(entity, header)`, then what the user says on top of it.

    mapping = guess("companies", header, examples=rows, source="sp500-companies")
    mapping = with_map(mapping, "Security=name")          # --map COLUMN=FIELD
    mapping = with_set(mapping, "country=US")             # --set FIELD=VALUE
    mapping = with_key(mapping, "CIK", source="sec")      # --key COLUMN
    mapping = with_derive(mapping, "domain={Symbol|lower}.placeholder.invalid")
    problems(mapping)                                     # sentences: what is still missing, and the cure

`--map` takes a field, `ignore`, `attribute:NAME`, or `external_id:SOURCE`; a reference by key may name the system
that gave it, `company_key@salesforce`. Errors are `InvalidValueError`s that name the flag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from accountgraph.errors import InvalidValueError
from accountgraph.transfer import salesforce
from accountgraph.transfer.fields import derived_fields, fields_of, plain
from accountgraph.transfer.reader import REJECT_COLUMNS
from accountgraph.transfer.synonyms import FULL_NAMES, HEADERS
from accountgraph.transfer.templates import Template, column_index, near, parse_template, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Becomes = Literal["field", "attribute", "external_id", "ignored"]
Confidence = Literal["said", "same name", "known header", "unknown"]
# Several columns may become these: a wish to be left alone counts from whichever it comes.
NAME_PARTS = frozenset({"first_name", "last_name"})
ADD_UP = frozenset({"communication_preferences.do_not_contact"})


@dataclass(frozen=True, slots=True)
class Target:
    """What a column becomes. `source` is the system whose keys an external id or a reference by key speaks of."""

    becomes: Becomes
    name: str = ""
    source: str | None = None

    def __str__(self) -> str:
        if self.becomes == "field":
            return f"{self.name}@{self.source}" if self.source else self.name
        if self.becomes == "attribute":
            return f"attribute:{self.name}"
        return f"external_id:{self.source}" if self.becomes == "external_id" else "ignore"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, what it becomes and why. `suggestion` is a target worth offering (`--map COLUMN=SUGGESTION`)."""

    index: int
    header: str
    target: Target
    confidence: Confidence
    why: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """`constants` are (field, text) of `--set`; `derived` (target, template) of `--derive`.

    `source` names the file's system: external ids and references by key without another one are its.
    """

    entity: str
    source: str
    columns: tuple[Column, ...]
    constants: tuple[tuple[str, str], ...] = ()
    derived: tuple[tuple[Target, Template], ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """The file's columns."""
        return tuple(column.header for column in self.columns)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that get a value, from wherever."""
        derived = {target.name for target, _ in self.derived if target.becomes == "field"}
        return (
            frozenset(column.target.name for column in self.columns if column.target.becomes == "field")
            | dict(self.constants).keys()
            | derived
        )

    @property
    def has_key(self) -> bool:
        """Whether rows bring an external id."""
        targets = [column.target for column in self.columns] + [target for target, _ in self.derived]
        return any(target.becomes == "external_id" for target in targets)


def guess(
    entity: str, header: Sequence[str], *, examples: Sequence[Sequence[str]] = (), source: str | None = None, name: str = "file"
) -> Mapping:
    """What the columns of `header` most likely are; `examples` are a few rows.

    `source` is the system that the user names; where none is named it is Salesforce, if the keys are Salesforce's, or else `name`,
    usually the file's stem.
    """
    source = source or (salesforce.SOURCE if _are_salesforces(entity, header, examples) else name)
    candidates = [_candidate(entity, index, name, examples, source) for index, name in enumerate(header)]
    taken: dict[str, Column] = {}
    for column in sorted(candidates, key=lambda column: (_rank(entity, column), column.index)):
        if column.target.becomes == "field":
            taken.setdefault(column.target.name, column)
    columns = tuple(_unless_taken(column, taken) for column in candidates)
    return Mapping(entity, source, columns, derived=_split_names(entity, columns, taken.keys()))


def _split_names(entity: str, columns: Sequence[Column], taken: Iterable[str]) -> tuple[tuple[Target, Template], ...]:
    """First and last name out of a full one, where neither has a column of its own."""
    if entity != "contacts" or NAME_PARTS.intersection(taken):
        return ()
    full = next((one for one in columns if one.confidence == "unknown" and plain(one.header) in FULL_NAMES), None)
    return tuple((Target("field", part), split_name(full.index, full.header, part)) for part in sorted(NAME_PARTS)) if full else ()


def _candidate(entity: str, index: int, header: str, examples: Sequence[Sequence[str]], source: str) -> Column:
    if re.match(r"external_id:.|attribute:.|\w+@.", header) and (target := _self_said(entity, header, source)):
        return Column(index, header, target, "same name", "says itself what it is")
    name = plain(header)
    own = {plain(field): field for field in fields_of(entity)}
    if header in REJECT_COLUMNS or header in derived_fields(entity):
        why = "is kept by the database" if header in derived_fields(entity) else "was added when the row was rejected"
        return Column(index, header, Target("ignored"), "same name", why)
    if name == "id" and not _all_uuids(examples, index):
        # Two people are related, not rows of their own: there the key is that of the first.
        is_person = entity == "relationships" and salesforce.are_keys(entity, _values(examples, index))
        target = Target("field", "contact_1_key", source) if is_person else Target("external_id", source=source)
        return Column(index, header, target, "known header", "a key, but none of this database's")
    if name in own:
        return Column(index, header, _field_target(entity, own[name], source), "same name", f"is called like the field {own[name]}")
    return _by_synonym(entity, index, header, source)


def _are_salesforces(entity: str, header: Sequence[str], examples: Sequence[Sequence[str]]) -> bool:
    """Whether the column `Id` holds keys of Salesforce."""
    places = [index for index, name in enumerate(header) if plain(name) == "id"]
    return any(salesforce.are_keys(entity, _values(examples, index)) for index in places)


def _values(examples: Sequence[Sequence[str]], index: int) -> list[str]:
    return [value for row in examples if index < len(row) and (value := row[index].strip())]


def _self_said(entity: str, header: str, source: str) -> Target | None:
    """What a header in the words of `--map` names, as an export writes it."""
    try:
        return parse_target(entity, header, source=source)
    except InvalidValueError:
        return None


def _by_synonym(entity: str, index: int, header: str, source: str) -> Column:
    synonym = HEADERS[entity].get(plain(header))
    attribute = Target("attribute", header)
    if synonym is None:
        return Column(index, header, attribute, "unknown", "fits no field, so it is kept as an attribute")
    if synonym.startswith("?"):
        return Column(index, header, attribute, "unknown", f"may be {synonym[1:]}, which only you can tell", synonym[1:])
    return Column(index, header, parse_target(entity, synonym, source=source), "known header", "is what other systems call it")


def _all_uuids(examples: Sequence[Sequence[str]], index: int) -> bool:
    try:
        return all(UUID(value) for value in _values(examples, index))
    except ValueError:
        return False


def _rank(entity: str, column: Column) -> tuple[int, int]:
    """Own names win over synonyms, a synonym that stands earlier over a later one."""
    synonyms = list(HEADERS[entity])
    name = plain(column.header)
    return int(column.confidence != "same name"), synonyms.index(name) if name in synonyms else -1


def _unless_taken(column: Column, taken: dict[str, Column]) -> Column:
    if column.target.becomes != "field" or column.target.name in ADD_UP or taken[column.target.name] is column:
        return column
    winner = taken[column.target.name]
    return replace(
        column,
        target=Target("attribute", column.header),
        why=f"{column.target.name} comes from {winner.header!r} already, so it is kept as an attribute",
        suggestion=str(column.target),
    )


def _field_target(entity: str, name: str, source: str | None) -> Target:
    reference = fields_of(entity)[name].reference
    return Target("field", name, source if reference and reference.by == "external_id" else None)


def parse_target(entity: str, text: str, *, source: str, flag: str = "--map") -> Target:
    """The target that `text` names: a field, `FIELD@SOURCE`, `attribute:NAME`, `external_id:SOURCE` or `ignore`.

    Raises:
        InvalidValueError: there is no such field; the message lists what comes near.
    """
    word, _, rest = text.partition(":")
    if word == "external_id":
        return Target("external_id", source=rest or source)
    if word == "attribute" and rest:
        return Target("attribute", rest)
    if text == "ignore":
        return Target("ignored")
    name, _, given = text.partition("@")
    if name in derived_fields(entity):
        raise InvalidValueError(flag, f"{name} is kept by the database and cannot be imported")
    fields = fields_of(entity)
    if name not in fields:
        raise InvalidValueError(flag, f"{entity} have no field {name!r}; {near(name, [*fields, 'external_id', 'ignore'])}")
    target = _field_target(entity, name, given or source)
    if given and not target.source:
        raise InvalidValueError(flag, f"{name} is no reference by key, so it takes no @{given}")
    return target


def with_map(mapping: Mapping, said: str) -> Mapping:
    """Let a column become what `said` (`COLUMN=FIELD`) says; who had that field before becomes an attribute."""
    header, name = _split(said, "--map", "COLUMN=FIELD", at_last=True)
    index = column_index(header, mapping.header, flag="--map")
    target = parse_target(mapping.entity, name, source=mapping.source)
    return _assign(mapping, index, target, "--map")


def with_key(mapping: Mapping, column: str, *, source: str | None = None) -> Mapping:
    """Let `column` be the external id by which rows are found again."""
    index = column_index(column, mapping.header, flag="--key")
    return _assign(mapping, index, Target("external_id", source=source or mapping.source), "--key")


def with_set(mapping: Mapping, said: str) -> Mapping:
    """Give every row the value of `said` (`FIELD=VALUE`)."""
    name, value = _split(said, "--set", "FIELD=VALUE")
    target = parse_target(mapping.entity, name, source=mapping.source, flag="--set")
    if target.becomes != "field":
        raise InvalidValueError("--set", f"sets a field, not {name!r}")
    constants = tuple(pair for pair in mapping.constants if pair[0] != name)
    return replace(_released(mapping, target, "--set"), constants=(*constants, (name, value)))


def with_derive(mapping: Mapping, said: str) -> Mapping:
    """Make a field of other columns, as `said` (`FIELD=TEMPLATE`, see `templates`) tells."""
    name, source = _split(said, "--derive", "FIELD=TEMPLATE")
    target = parse_target(mapping.entity, name, source=mapping.source, flag="--derive")
    if target.becomes == "ignored":
        raise InvalidValueError("--derive", "cannot derive what is ignored")
    template = parse_template(source, mapping.header, flag="--derive")
    derived = tuple(pair for pair in mapping.derived if pair[0] != target)
    return replace(_released(mapping, target, "--derive"), derived=(*derived, (target, template)))


def _split(said: str, flag: str, form: str, *, at_last: bool = False) -> tuple[str, str]:
    left, separator, right = said.rpartition("=") if at_last else said.partition("=")
    if not separator or not left.strip() or not right.strip():
        raise InvalidValueError(flag, f"{said!r} is not of the form {form}")
    return left.strip(), right.strip()


def _assign(mapping: Mapping, index: int, target: Target, flag: str) -> Mapping:
    if target.name not in ADD_UP:
        mapping = _released(mapping, target, flag)
    if target.becomes == "field":
        mapping = replace(
            mapping,
            constants=tuple(pair for pair in mapping.constants if pair[0] != target.name),
            derived=tuple(pair for pair in mapping.derived if pair[0] != target),
        )
    elif target.becomes == "ignored":
        full = mapping.header[index]
        names = {split_name(index, full, part) for part in NAME_PARTS}
        mapping = replace(mapping, derived=tuple(pair for pair in mapping.derived if pair[1] not in names))
    columns = list(mapping.columns)
    columns[index] = replace(columns[index], target=target, confidence="said", why=f"{flag} says so", suggestion=None)
    return replace(mapping, columns=tuple(columns))


def _released(mapping: Mapping, target: Target, flag: str) -> Mapping:
    """`mapping` with no column on the field or external id `target`."""

    def release(column: Column) -> Column:
        if target.becomes in {"attribute", "ignored"} or (column.target.becomes, column.target.name, column.target.source) != (
            target.becomes,
            target.name,
            target.source,
        ):
            return column
        return replace(
            column, target=Target("attribute", column.header), why=f"{flag} gives {target} another way, so it is kept as an attribute"
        )

    return replace(mapping, columns=tuple(map(release, mapping.columns)))


# What has to be there: one of each group.
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "companies": (("name",),),
    "contacts": (),
    "relationships": (
        ("relationship_type",),
        ("contact_1_email", "contact_1_key", "contact_id_1"),
        ("contact_2_email", "contact_2_key", "contact_id_2"),
    ),
    "conversations": (("contact_email", "contact_key", "contact_id"),),
    "touchpoints": (("conversation_key", "conversation_id", "contact_email", "contact_key"),),
}
_NATURAL_KEYS = {"companies": ("domain", "id"), "contacts": ("email", "id"), "touchpoints": ("id", "email_message_id", "provider_id")}


def problems(mapping: Mapping) -> list[str]:
    """What keeps this mapping from being imported, each with the flags that help; none when it is complete."""
    found = [
        f"no column is {' or '.join(group)}; {_advice(mapping, group)}"
        for group in _NEEDS[mapping.entity]
        if not mapping.fields.intersection(group)
    ]
    natural = _NATURAL_KEYS.get(mapping.entity, ("id",))
    # Two people are related once, so their pair is a key of its own.
    if mapping.entity != "relationships" and not mapping.has_key and not mapping.fields.intersection(natural):
        found.append(_missing_key(mapping, natural))
    return found


def _advice(mapping: Mapping, group: tuple[str, ...]) -> str:
    for column in mapping.columns:
        if column.suggestion in group:
            return f"say --map '{column.header}={column.suggestion}'"
    return f"say --map 'COLUMN={group[0]}' or --set '{group[0]}=VALUE'"


def _missing_key(mapping: Mapping, natural: tuple[str, ...]) -> str:
    offered = next((column.header for column in mapping.columns if (column.suggestion or "").startswith("external_id")), "COLUMN")
    words = f"rows have no key ({', '.join(natural)} or an external id), so a second run could not find them again; say --key '{offered}'"
    if mapping.entity == "companies":
        words += f", or --derive 'domain={{{offered}|slug}}.placeholder.invalid' where they should have a placeholder domain"
    return words


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One line of the table that is shown before an import."""

    column: str
    becomes: str
    example: str
    why: str


def mapping_rows(mapping: Mapping, examples: Sequence[Sequence[str]] = ()) -> list[MappingRow]:
    """The mapping as rows of a table, with the first non-empty example of each column."""
    rows = []
    for column in mapping.columns:
        example = next((row[column.index] for row in examples if column.index < len(row) and row[column.index].strip()), "")
        why = f"{column.why}; --map '{column.header}={column.suggestion}' makes it so" if column.suggestion else column.why
        rows.append(MappingRow(column.header, str(column.target), example, why))
    first = list(examples[0]) if examples else []
    for target, template in mapping.derived:
        complete = len(first) == len(mapping.columns)
        why = "is a part of the full name, or was said by --derive"
        rows.append(MappingRow(template.source, str(target), template.render(first) if complete else "", why))
    rows.extend(MappingRow("", name, value, "--set says so") for name, value in mapping.constants)
    return rows
