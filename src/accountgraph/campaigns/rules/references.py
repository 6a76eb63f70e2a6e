"""Whom a message may name, and what may be said of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import ContactStatus, EventDetail, EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verb(StrEnum):
    """What somebody did with us that may be told, the weightiest last."""

    INQUIRED = "inquired"
    REPLIED = "replied"
    MET = "met"


class Deed(Struct, frozen=True, kw_only=True):
    """A recorded event of a person. `detail`: what a reply meant."""

    kind: EventKind
    at: datetime
    detail: EventDetail | None = None


class Colleague(Struct, frozen=True, kw_only=True):
    """Somebody whom a message might name.

    `is_related`: they work for the same company as whom the message is for, or an edge between the two is recorded.
    `is_withheld`: they do not want to be named (`do_not_reference`). `has_left`: their time at the company has ended.
    `is_off_limits`: they are suppressed, or not to be contacted, or their engagement was excluded (refused, complained ...).
    """

    id: UUID
    name: str
    status: ContactStatus = ContactStatus.ACTIVE
    is_related: bool = False
    is_withheld: bool = False
    has_left: bool = False
    is_off_limits: bool = False
    deeds: tuple[Deed, ...] = ()


class Reference(Struct, frozen=True):
    """The colleague to name, with what they did and when (UTC)."""

    colleague: Colleague
    verb: Verb
    at: datetime


_TOLD = {EventKind.RECEIVED: Verb.INQUIRED, EventKind.REPLIED: Verb.REPLIED, EventKind.MEETING_HELD: Verb.MET}
_NEGATIVE = frozenset({EventDetail.REFUSAL, EventDetail.NOT_NOW})
_AGAINST = frozenset({EventKind.COMPLAINED, EventKind.UNSUBSCRIBED})
_WEIGHT = {verb: weight for weight, verb in enumerate(Verb)}


def reference_of(target_id: UUID, target_status: ContactStatus, candidates: Iterable[Colleague]) -> Reference | None:
    """The colleague that a message to the target names, or None where nobody may be named.

    Of several the one with the weightiest deed, of equals the latest, then the lowest id.
    """
    if target_status != ContactStatus.ACTIVE:
        return None
    able = [reference for person in candidates if person.id != target_id and (reference := told_of(person))]
    return min(able, key=lambda able: (-_WEIGHT[able.verb], -able.at.timestamp(), able.colleague.id), default=None)


def told_of(person: Colleague) -> Reference | None:
    """What may be told of a person: the weightiest deed, of equals the latest; None where they may not be named.

    A reply whose meaning nobody has said is not told, for it may have been a no; one no is enough for ever.
    """
    may = person.status == ContactStatus.ACTIVE and person.is_related
    if not may or person.is_withheld or person.has_left or person.is_off_limits:
        return None
    if any(deed.detail in _NEGATIVE or deed.kind in _AGAINST for deed in person.deeds):
        return None
    told = [(verb, deed.at) for deed in person.deeds if (verb := _verb(deed))]
    if not told:
        return None
    verb, at = max(told, key=lambda deed: (_WEIGHT[deed[0]], deed[1]))
    return Reference(person, verb, at)


def _verb(deed: Deed) -> Verb | None:
    if deed.kind == EventKind.REPLIED and deed.detail is None:
        return None
    return _TOLD.get(deed.kind)
