"""The fields of forms: how each is shown, and how what was typed becomes a value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.rules.calendar import is_zone
from accountgraph.dashboard import reading
from accountgraph.dashboard.words import plain
from accountgraph.enums import AccountStatus, AccountTier, Channel, CompanySize, ContactStatus, Seniority
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from accountgraph.dashboard.forms import Form
    from accountgraph.models import Company, Contact

_COUNTRY = re.compile("[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?")
PREFERENCES = "communication_preferences"


class Kind(StrEnum):
    """How a field is written."""

    TEXT = "text"
    EMAIL = "email"
    TEL = "tel"
    AREA = "area"
    CHOICE = "choice"
    BOX = "box"
    LIST = "list"  # a line each
    JSON = "json"
    ZONE = "zone"
    COUNTRY = "country"
    DAY = "day"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name`: of the entity, or of its communication preferences (`in_preferences`). `options`: value and words."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    in_preferences: bool = False
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]
    is_folded: bool = False


def _words(kind: type[StrEnum]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one), plain(one)) for one in kind)


_TIERS = (("strategic", "strategic"), ("tier1", "1"), ("tier2", "2"), ("tier3", "3"))
assert [value for value, _ in _TIERS] == list(AccountTier)  # noqa: S101 - the words above are of all of them

CONTACT = (
    Section(
        "Who they are",
        (
            Field("first_name", "First name"),
            Field("last_name", "Last name"),
            Field("company_id", "Account", Kind.ACCOUNT, "Its name or its domain; empty for none."),
            Field("title", "Title", hint="As on their card: Chief Medical Officer."),
            Field("department", "Department"),
            Field("seniority_level", "Seniority", Kind.CHOICE, options=_words(Seniority)),
            Field("role", "Role", hint="What they do, in a word that you filter by."),
        ),
    ),
    Section(
        "How to reach them",
        (
            Field("email", "E-mail", Kind.EMAIL),
            Field("phone", "Telephone", Kind.TEL, "With the country's code: +49 30 1234567."),
            Field("linkedin_url", "LinkedIn"),
            Field("twitter_url", "X"),
            Field("personal_website", "Website"),
            Field("country", "Country", Kind.COUNTRY, "Two letters, like DE; the law of their country decides what may be sent."),
        ),
    ),
    Section(
        "What they asked for",
        (
            Field("preferred_channel", "Likes to be reached by", Kind.CHOICE, options=_words(Channel), in_preferences=True),
            Field("best_time", "Best time", hint="In their words: mornings, never on Fridays.", in_preferences=True),
            Field("timezone", "Time zone", Kind.ZONE, "Like Europe/Berlin; calls and messages keep their hours.", in_preferences=True),
            Field("do_not_contact", "Does not want to be contacted", Kind.BOX, "Nothing goes to them on any channel.", in_preferences=True),
            Field(
                "do_not_reference",
                "Does not want to be named to colleagues",
                Kind.BOX,
                "No message mentions them.",
                in_preferences=True,
            ),
        ),
    ),
    Section(
        "In the decision",
        (
            Field("buying_role", "Role in the decision", hint="Economic buyer, user, gatekeeper ..."),
            Field("status", "Status", Kind.CHOICE, options=_words(ContactStatus), is_required=True),
            Field("owner_user_id", "Looked after by", Kind.CHOICE),
            Field("is_primary_contact", "Primary contact of the account", Kind.BOX),
            Field("is_decision_maker", "Decides", Kind.BOX),
            Field("is_champion", "Speaks for us there", Kind.BOX),
        ),
    ),
    Section(
        "What is known of them",
        (
            Field("source", "Where their data is from", hint="Said to them where the law asks for it: inbound, a fair, a list ..."),
            Field("collected_at", "Collected on", Kind.DAY),
            Field("interests", "Interests", Kind.LIST, "A line each."),
            Field(
                "research_data",
                "Research",
                Kind.JSON,
                'As JSON, with sources: {"focus": {"text": "waiting times", "source": "https://..."}}',
            ),
            Field("attributes", "Your own fields", Kind.JSON, "As JSON."),
        ),
        is_folded=True,
    ),
)
COMPANY = (
    Section(
        "The account",
        (
            Field("name", "Name", is_required=True),
            Field("domain", "Domain", hint="Their own, like acme.com: people who write from it are found to be theirs."),
            Field("account_tier", "Tier", Kind.CHOICE, options=_TIERS),
            Field("account_status", "Status", Kind.CHOICE, options=_words(AccountStatus), is_required=True),
        ),
    ),
    Section(
        "What is known of it",
        (
            Field("industry", "Industry"),
            Field("size", "Size", Kind.CHOICE, options=_words(CompanySize)),
            Field("headquarters_location", "Headquarters"),
            Field("country", "Country", Kind.COUNTRY, "Two letters, like DE."),
            Field("owner_user_id", "Looked after by", Kind.CHOICE),
            Field("description", "Description", Kind.AREA),
        ),
    ),
)


class FieldErrors(Exception):  # noqa: N818 - it carries all of them
    """What is wrong in a form, by field; nothing was changed."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {said}" for name, said in errors.items()))


def all_fields(sections: Iterable[Section]) -> list[Field]:
    """The fields of all sections, in order."""
    return [one for section in sections for one in section.fields]


def shown(sections: Sequence[Section], row: Contact | Company, account: str = "") -> dict[str, str]:
    """What a row's fields show in a form, as text; a box that is ticked as `yes`."""
    return {field.name: account if field.kind is Kind.ACCOUNT else _text(field, _value(field, row)) for field in all_fields(sections)}


def typed(sections: Sequence[Section], form: Form) -> dict[str, str]:
    """What somebody typed. Fields that the form does not have are left out: `boxes` names those of its boxes."""
    boxes = {name for value in form.all("boxes") for name in value.split()}
    return {
        field.name: ("yes" if form.is_on(field.name) else "") if field.kind is Kind.BOX else (form.text(field.name) or "")
        for field in all_fields(sections)
        if (field.name in boxes if field.kind is Kind.BOX else field.name in form.fields)
    }


def values(sections: Sequence[Section], given: dict[str, str], before: dict[str, str]) -> dict[str, Any]:
    """The fields that were changed, as values; the account (`company_id`) stays the text that was typed.

    Raises:
        FieldErrors: what cannot be read, all of it.
    """
    changed: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in all_fields(sections):
        text = given.get(field.name)
        if text is None or (text == before.get(field.name, "") and (text or not field.is_required)):
            continue
        try:
            changed[field.name] = _read(field, text.strip())
            if field.kind is Kind.JSON and before.get(field.name):  # what does not stand there any more is to go
                changed[field.name] = dict.fromkeys(_read(field, before[field.name])) | changed[field.name]
        except InvalidValueError as error:
            errors[field.name] = str(error).removeprefix(f"{field.name}: ")
    if errors:
        raise FieldErrors(errors)
    return changed


def nested(sections: Sequence[Section], changed: dict[str, Any]) -> dict[str, Any]:
    """As the repository takes it: what was changed of the preferences as an object of its own."""
    inside = {field.name for field in all_fields(sections) if field.in_preferences}
    fields = {name: value for name, value in changed.items() if name not in inside}
    wishes = {name: value for name, value in changed.items() if name in inside}
    return {**fields, PREFERENCES: wishes} if wishes else fields


def _value(field: Field, row: Contact | Company) -> object:
    return getattr(getattr(row, PREFERENCES) if field.in_preferences else row, field.name)


def _text(field: Field, value: Any) -> str:  # noqa: ANN401 - what a column holds
    if value is None or value is False or value in ({}, []):
        return ""
    if field.kind is Kind.BOX:
        return "yes"
    if field.kind is Kind.LIST:
        return "\n".join(value)
    if field.kind is Kind.JSON:
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return f"{value:%Y-%m-%d}" if field.kind is Kind.DAY else str(value)


def _read(field: Field, text: str) -> Any:  # noqa: ANN401 - what a column holds
    """A value of what was typed; empty is None, and of what cannot be empty an empty one."""
    if field.kind in _EMPTY_IS_ONE:
        return _EMPTY_IS_ONE[field.kind](field.name, text)
    if not text and field.is_required:
        raise InvalidValueError(field.name, f"Say the {field.label.lower()}.")
    return _READERS.get(field.kind, _as_it_is)(field.name, text) if text else None


def _as_it_is(name: str, text: str) -> Any:  # noqa: ANN401 - an id, or a text
    return reading.id_of(name, text, "Choose one of the list.") if name == "owner_user_id" else text


def _zone(name: str, text: str) -> str:
    if not is_zone(text):
        raise InvalidValueError(name, f"There is no time zone {text[:60]!r}; write one like Europe/Berlin.")
    return text


def _country(name: str, text: str) -> str:
    if not _COUNTRY.fullmatch(text):
        raise InvalidValueError(name, "Write the country's two letters, like DE, or with its region, like US-CA.")
    return text.upper()


def _lines(_: str, text: str) -> list[str]:
    return [line for part in text.split("\n") if (line := part.strip())]


def _json(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise InvalidValueError(name, f"This is no JSON: {error}. An object in braces is what fits.") from None
    if not isinstance(found, dict):
        raise InvalidValueError(name, 'Write an object in braces: {"name": "value"}.')
    return found


def _day(name: str, text: str) -> datetime:
    found = reading.day(name, text)
    assert found is not None  # noqa: S101 - it is not empty
    return datetime.combine(found, time(), UTC)


_EMPTY_IS_ONE: dict[Kind, Callable[[str, str], Any]] = {Kind.BOX: lambda _, text: bool(text), Kind.LIST: _lines, Kind.JSON: _json}
_READERS: dict[Kind, Callable[[str, str], Any]] = {Kind.ZONE: _zone, Kind.COUNTRY: _country, Kind.DAY: _day}
