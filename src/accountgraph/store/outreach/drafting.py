"""Which model writes messages, for the whole workspace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, Struct

from accountgraph.addresses import may_get_secrets
from accountgraph.db import Connectable, default_database
from accountgraph.errors import InvalidValueError, MissingReferenceError
from accountgraph.store.given import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED = re.compile(r"[a-z0-9][a-z0-9_/.-]*:\S.*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class DraftingSettings(Struct, frozen=True, kw_only=True):
    """The model that writes.

    `model`: as pydantic-ai names it, `provider:model`; with a `base_url`, as the OpenAI-compatible server there calls it. `key`:
    `secret:NAME`, or `key_env`: the environment variable that holds it; neither: the provider's usual variable. `drafts_per_day`: the
    budget of 24 hours. `timeout_seconds`: of one answer. `refines_meaning`: it may say what a reply means where the rules do not know.
    """

    table: ClassVar[str] = "drafting settings"

    model: Annotated[str, Meta(min_length=1, max_length=200)]
    base_url: Annotated[str, Meta(max_length=500)] | None = None
    key: str | None = None
    key_env: str | None = None
    drafts_per_day: Annotated[int, Meta(ge=0, le=1_000_000)] = 100
    timeout_seconds: Annotated[int, Meta(ge=1, le=300)] = 60
    refines_meaning: bool = False


class DraftingRepository:
    """The settings of the model that writes. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def get_settings(self) -> DraftingSettings | None:
        """What holds now; None: no model writes."""
        return await self._db.row(DraftingSettings, "drafting.settings.current")

    async def put_settings(self, fields: Mapping[str, Any]) -> DraftingSettings:
        """Change the given fields; the first time `model` has to be among them.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            MissingReferenceError: there is no such secret.
        """
        now = await self.get_settings()
        known = msgspec.structs.asdict(now) if now else {}
        if not known and "model" not in fields:
            raise InvalidValueError("model", "is missing; say which model writes.")
        settings = checked(DraftingSettings, {**known, **fields})
        _check(settings)
        await self._check_secret(settings.key)
        put = await self._db.write(DraftingSettings, "drafting.settings.put", msgspec.structs.asdict(settings))
        assert put is not None  # noqa: S101 - an upsert gives its row
        return put

    async def remove_settings(self) -> None:
        """No model writes any more; templates do the job."""
        await self._db.run(lambda session: session.affect("drafting.settings.remove"))

    async def _check_secret(self, key: str | None) -> None:
        if key is not None and await self._db.value("secrets.sealed", {"name": key.removeprefix("secret:")}) is None:
            raise MissingReferenceError("key", f"there is no stored {key}; put it there first: accountgraph secret put.")


def _check(settings: DraftingSettings) -> None:
    if not settings.model.isprintable() or not (settings.base_url or "").isprintable():
        raise InvalidValueError("model", "and base_url are text that can be printed.")
    if settings.base_url is None and not _NAMED.fullmatch(settings.model):
        raise InvalidValueError("model", f"{settings.model!r} names no provider; write provider:model, or give the server's base_url.")
    if settings.base_url is not None and not may_get_secrets(settings.base_url):
        raise InvalidValueError("base_url", "is https, or http of this machine, without a login, a query or a fragment.")
    if settings.key is not None and settings.key_env is not None:
        raise InvalidValueError("key", "and key_env say two things; give one of them.")
    if settings.key is not None and not (settings.key.startswith("secret:") and settings.key != "secret:"):
        raise InvalidValueError("key", "secrets do not stand in settings; store it and write secret:NAME.")
    if settings.key_env is not None and not _VARIABLE.fullmatch(settings.key_env):
        raise InvalidValueError("key_env", "is no name of an environment variable.")
