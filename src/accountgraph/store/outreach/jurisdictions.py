"""Jurisdictions: what the law of a country says about cold messages on a channel. Dated and editable; not legal advice."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, Struct

from accountgraph.db import Connectable, default_database
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.given import checked, member
from accountgraph.store.outreach.settings import known_country


class LegalRule(StrEnum):
    """`allow`: until they object. `consent`: only to who gave it. `deny`: never."""

    ALLOW = "allow"
    CONSENT = "consent"
    DENY = "deny"


class Jurisdiction(Struct, frozen=True, kw_only=True):
    """What holds in `country` (two letters) on `channel` from a day on, until a later row; `source` names the law."""

    table: ClassVar[str] = "jurisdictions"

    country: str
    channel: Channel
    valid_from: date
    rule: LegalRule
    source: Annotated[str, Meta(min_length=1, max_length=500)]
    note: str | None = None


class JurisdictionRepository:
    """What the law says. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def list_jurisdictions(self, *, country: str | None = None, on: date | None = None) -> list[Jurisdiction]:
        """The rules by country and channel: those that hold on a day, or, without one, all that there ever were."""
        known_country("country", country)
        return await self._db.rows(Jurisdiction, "outreach.jurisdictions.listing", {"country": country, "day": on})

    async def put_jurisdiction(self, jurisdiction: dict[str, Any] | Jurisdiction) -> Jurisdiction:
        """Add a rule, or replace the one of the same country, channel and day. Earlier ones stay as they were.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
        """
        row = checked(Jurisdiction, jurisdiction)
        known_country("country", row.country)
        put = await self._db.write(Jurisdiction, "outreach.jurisdictions.put", msgspec.structs.asdict(row))
        assert put is not None  # noqa: S101 - an upsert gives its row
        return put

    async def remove_jurisdiction(self, country: str, channel: str, valid_from: date) -> None:
        """Take a rule away; the one before it holds again, and none where there is none.

        Raises:
            NotFoundError: no such rule.
        """
        params = {"country": country, "channel": member(Channel, "channel", channel), "valid_from": valid_from}
        if await self._db.value("outreach.jurisdictions.remove", params) is None:
            raise NotFoundError(f"There is no rule for {channel} in {country} from {valid_from} on.")
