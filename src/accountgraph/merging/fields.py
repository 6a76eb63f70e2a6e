"""Which value of a field the merged row has: the kept one's where it has one, and of two wishes the stricter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from accountgraph.enums import ContactStatus
from accountgraph.errors import InvalidValueError
from accountgraph.models import CommunicationPreferences, Company, Contact, Entity

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_ASKED = {"id", "email_key"}
_STRICTEST_LAST = (ContactStatus.ACTIVE, ContactStatus.INVALID, ContactStatus.BOUNCED, ContactStatus.UNSUBSCRIBED)
_EMPTY = {"status": ContactStatus.ACTIVE, "account_status": "prospecting"}  # a default says nothing
_OF_THE_ACCOUNT = {"is_primary_contact", "is_decision_maker", "is_champion"}


class FieldChoice(Struct, frozen=True, kw_only=True):
    """A field in which the two differ.

    Args:
        kept: its value on the row that stays.
        dropped: its value on the row that goes.
        result: what it will be.
        wins: `kept`, `dropped` or `both` (they are put together).
        is_conflict: both say something, and not the same.
        is_strict: the stricter wins, whatever is asked for.
    """

    field: str
    kept: Any
    dropped: Any
    result: Any
    wins: str
    is_conflict: bool
    is_strict: bool = False


def contact_choices(kept: Contact, dropped: Contact, take: Sequence[str] = ()) -> list[FieldChoice]:
    """The fields of two contacts that differ, and what becomes of them; `take` names those whose dropped value wins.

    Raises:
        InvalidValueError: `take` names a field that nobody may choose.
    """
    results = _plain(kept, dropped, take, fixed={"status", "communication_preferences", "interests", "research_data", "attributes"})
    status = max(kept.status, dropped.status, key=_STRICTEST_LAST.index)
    results["status"] = status
    results["communication_preferences"] = _preferences(kept.communication_preferences, dropped.communication_preferences)
    results["interests"] = [*kept.interests, *(one for one in dropped.interests if one not in kept.interests)]
    is_elsewhere = kept.company_id is not None and dropped.company_id not in {kept.company_id, None} and "company_id" not in take
    for name in _OF_THE_ACCOUNT - set(take):
        results[name] = getattr(kept, name) or (getattr(dropped, name) and not is_elsewhere)
    return _choices(kept, dropped, results, strict={"status", "communication_preferences"})


def company_choices(kept: Company, dropped: Company, take: Sequence[str] = ()) -> list[FieldChoice]:
    """The fields of two companies that differ, and what becomes of them; `take` names those whose dropped value wins.

    Raises:
        InvalidValueError: `take` names a field that nobody may choose.
    """
    results = _plain(kept, dropped, take, fixed={"research_data", "attributes", "parent_company_id"})
    results["parent_company_id"] = _parent(kept, dropped)
    if "customer" in {kept.account_status, dropped.account_status}:
        results["account_status"] = "customer"  # campaigns leave customers alone
    return _choices(kept, dropped, results, strict={"account_status"})


def _parent(kept: Company, dropped: Company) -> Any:  # noqa: ANN401 - an id or None
    if kept.parent_company_id == dropped.id:
        return None if dropped.parent_company_id == kept.id else dropped.parent_company_id
    return kept.parent_company_id


def _plain(kept: Entity, dropped: Entity, take: Sequence[str], *, fixed: set[str]) -> dict[str, Any]:
    """Fields without a rule of their own; JSON goes key by key, and the later time of a research counts."""
    names = [name for name in kept.__struct_fields__ if name not in kept.derived_fields | _NOT_ASKED]
    for name in take:
        if name not in names or name in fixed:
            can = ", ".join(one for one in names if one not in fixed)
            raise InvalidValueError("take", f"{name!r} cannot be chosen; it is one of {can}.")
    results = {
        name: getattr(dropped if (name in take and not _is_empty(dropped, name)) or _is_empty(kept, name) else kept, name) for name in names
    }
    for name in ("research_data", "attributes"):
        results[name] = {**getattr(dropped, name), **getattr(kept, name)}
    times = [moment for moment in (getattr(kept, "last_researched_at"), getattr(dropped, "last_researched_at")) if moment]  # noqa: B009
    results["last_researched_at"] = max(times, default=None)
    return results


def _is_empty(row: Entity, name: str) -> bool:
    value = getattr(row, name)
    return value is None or value in ("", _EMPTY.get(name, ""))


def _preferences(kept: CommunicationPreferences, dropped: CommunicationPreferences) -> CommunicationPreferences:
    """A wish of either side not to be contacted or named is a wish of the one person that they are."""
    return msgspec.structs.replace(
        kept,
        **{
            name: getattr(dropped, name)
            for name in kept.__struct_fields__
            if (name.startswith("do_not_") and getattr(dropped, name)) or getattr(kept, name) in (None, "")
        },
    )


def _choices(kept: Entity, dropped: Entity, results: dict[str, Any], *, strict: set[str]) -> list[FieldChoice]:
    found = []
    for name, result in results.items():
        ours, theirs = getattr(kept, name), getattr(dropped, name)
        if ours == theirs == result:
            continue
        wins = "kept" if result == ours else "dropped" if result == theirs else "both"
        is_conflict = not (_is_empty(kept, name) or _is_empty(dropped, name) or ours == theirs or theirs in ({}, [], False))
        found.append(
            FieldChoice(field=name, kept=ours, dropped=theirs, result=result, wins=wins, is_conflict=is_conflict, is_strict=name in strict)
        )
    return found


def changed_fields(choices: list[FieldChoice], dropped: Contact | Company) -> dict[str, Any]:
    """What to write into the kept row."""
    fields = {one.field: one.result for one in choices if one.result != one.kept}
    if isinstance(dropped, Contact) and "email" in fields:
        fields["email_key"] = dropped.email_key
    return fields
