"""Free days of the workspace's own, beside public holidays."""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from accountgraph.db import Connectable, default_database
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.consents import without_nul

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class FreeDay(Struct, frozen=True, kw_only=True):
    """A day on which nothing is sent to people of `region` (ISO 3166: DE, US-CA); None: to nobody."""

    day: date
    region: str | None
    name: str


class FreeDayRepository:
    """Free days. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def add_free_day(self, day: date, name: str, region: str | None = None) -> FreeDay:
        """Add a free day; it is one already: it gets the name.

        Raises:
            InvalidValueError: no such form of region, or no name.
        """
        if region is not None and not _REGION.fullmatch(region):
            raise InvalidValueError("region", f"{region!r} is no region; give ISO 3166 letters, like DE or US-CA.")
        if not name.strip():
            raise InvalidValueError("name", "is blank; say what day it is.")
        without_nul(("name", name))
        added = await self._db.write(FreeDay, "outreach.free_days.add", {"day": day, "region": region, "name": name})
        assert added is not None  # noqa: S101 - an upsert gives its row
        return added

    async def remove_free_day(self, day: date, region: str | None = None) -> None:
        """Take a free day away.

        Raises:
            NotFoundError: it is none.
        """
        if await self._db.value("outreach.free_days.remove", {"day": day, "region": region}) is None:
            raise NotFoundError(f"{day} is no free day of {region or 'all regions'}.")

    async def list_free_days(self, since: date | None = None) -> list[FreeDay]:
        """The free days from a day on, or all."""
        return await self._db.rows(FreeDay, "outreach.free_days.listing", {"since": since})
