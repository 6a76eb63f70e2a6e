"""What holds for the whole workspace, and who its senders are before the law."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from accountgraph.db import Connectable, default_database
from accountgraph.errors import DuplicateError, InvalidValueError, MissingReferenceError, NotFoundError
from accountgraph.models import Entity, Moment
from accountgraph.store.given import as_json, changes, checked, entity, zone_known

if TYPE_CHECKING:
    from collections.abc import Mapping

_COUNTRY = re.compile(r"[A-Z]{2}")
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?")


class WorkspaceSettings(Struct, frozen=True, kw_only=True):
    """`timezone`: where neither person, account nor sender has one. `legal_identity_id`: of senders that have none of their own.

    `public_url`: of our public server. `public_url_verified_at`: when it was seen to answer over HTTPS; None: nothing leads there.
    """

    timezone: str = "UTC"
    country: str | None = None
    legal_identity_id: UUID | None = None
    public_url: str | None = None
    public_url_verified_at: datetime | None = None


class Topic(Struct, frozen=True, kw_only=True):
    """What one may hear about. `key`: as campaign files call it, `name`: as people read it."""

    key: Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]{0,62}$")]
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class LegalIdentity(Entity, frozen=True, kw_only=True):
    """A sender as the law wants them named: in the footer of every message. `privacy_url`: where people read about their rights."""

    table: ClassVar[str] = "legal_identities"
    derived_fields: ClassVar[frozenset[str]] = frozenset({"created_at"})

    name: Annotated[str, Meta(min_length=1, max_length=500)]
    postal_address: Annotated[str, Meta(min_length=1, max_length=1000)]
    country: str | None = None
    privacy_url: str | None = None
    created_at: Moment | None = None


class SettingsRepository:
    """The workspace's settings. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def get_settings(self) -> WorkspaceSettings:
        """What holds now."""
        found = await self._db.row(WorkspaceSettings, "outreach.settings.current")
        assert found is not None  # noqa: S101 - the schema has the row
        return found

    async def update_settings(self, fields: Mapping[str, Any]) -> WorkspaceSettings:
        """Change the given settings.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            MissingReferenceError: there is no such legal identity.
        """
        changed = as_json(checked(_SettingsChanges, fields))
        given = msgspec.json.decode(changed)
        zone_known("timezone", given.get("timezone"))
        known_country("country", given.get("country"))
        _check_public_url(given.get("public_url"))
        identity = given.get("legal_identity_id")
        if identity and not await self._db.value("outreach.settings.has_identity", {"id": identity}):
            raise MissingReferenceError("legal_identity_id", f"there is no legal identity {identity}; add it first.")
        updated = await self._db.write(WorkspaceSettings, "outreach.settings.update", {"changes": changed})
        assert updated is not None  # noqa: S101 - the schema has the row
        return updated

    async def confirm_public_url(self, url: str, at: datetime) -> bool:
        """The public address answered at `at` (UTC); gives False where it is another one by now."""
        return await self._db.write(WorkspaceSettings, "outreach.settings.verify_public_url", {"url": url, "at": at}) is not None

    async def list_topics(self) -> list[Topic]:
        """What one may hear about, by key."""
        return await self._db.rows(Topic, "outreach.settings.topics")

    async def put_topic(self, topic: Mapping[str, Any] | Topic) -> Topic:
        """A topic: added, or with another name.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
        """
        put = await self._db.write(Topic, "outreach.settings.put_topic", msgspec.structs.asdict(checked(Topic, topic)))
        assert put is not None  # noqa: S101 - an upsert gives its row
        return put

    async def add_legal_identity(self, identity: Mapping[str, Any] | LegalIdentity) -> LegalIdentity:
        """Add a legal identity.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            DuplicateError: there is one with this name.
        """
        row = entity(LegalIdentity, identity)
        _check(msgspec.structs.asdict(row))
        added = await self._db.write(LegalIdentity, "outreach.settings.add_identity", {"row": as_json(row)})
        if added is None:
            raise DuplicateError("name", f"there is a legal identity {row.name!r} already; update that one.")
        return added

    async def update_legal_identity(self, identity_id: UUID, fields: Mapping[str, Any]) -> LegalIdentity:
        """Change the given fields: messages that are not written yet carry the new ones.

        Raises:
            NotFoundError: no such identity. Otherwise as `add_legal_identity`.
        """
        changed = changes(LegalIdentity, fields)
        _check(msgspec.json.decode(changed))
        found = await self._db.write(LegalIdentity, "outreach.settings.update_identity", {"id": identity_id, "changes": changed})
        if found is None:
            raise NotFoundError(f"There is no legal identity {identity_id}.")
        return found

    async def put_legal_identity(self, fields: Mapping[str, Any]) -> LegalIdentity:
        """The legal identity of this `name`: added, or with the given fields changed where it is there. Raises as `add_legal_identity`."""
        found = next((one for one in await self.list_legal_identities() if one.name == fields.get("name")), None)
        if found is None:
            return await self.add_legal_identity(fields)
        rest = {field: value for field, value in fields.items() if field != "name"}
        return await self.update_legal_identity(found.id, rest) if rest else found

    async def list_legal_identities(self) -> list[LegalIdentity]:
        """All of them, by name."""
        return await self._db.rows(LegalIdentity, "outreach.settings.identities")


class _SettingsChanges(Struct, frozen=True, kw_only=True):
    """What is not given stays as it is."""

    table: ClassVar[str] = "workspace settings"

    timezone: str | UnsetType = UNSET
    country: str | UnsetType | None = UNSET
    legal_identity_id: UUID | UnsetType | None = UNSET
    public_url: str | UnsetType | None = UNSET


def _check_public_url(url: str | None) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if not _PUBLIC_URL.fullmatch(url) or not parts.hostname or parts.username is not None:
        raise InvalidValueError("public_url", f"{url!r} is no public address; give one like https://go.example.com, without a query.")


def _check(fields: Mapping[str, Any]) -> None:
    known_country("country", fields.get("country"))
    for name in ("name", "postal_address"):
        if name in fields and not fields[name].strip():
            raise InvalidValueError(name, "is blank; the law wants it in every message.")
    url = fields.get("privacy_url")
    if url and not url.startswith(("https://", "http://")):
        raise InvalidValueError("privacy_url", f"{url!r} is no web address; it begins with https://.")


def known_country(field: str, country: str | None) -> None:
    """Check a country's two letters.

    Raises:
        InvalidValueError: they are not two capital letters.
    """
    if country is not None and not _COUNTRY.fullmatch(country):
        raise InvalidValueError(field, f"{country!r} is no country; give its two letters (ISO 3166), like DE.")
