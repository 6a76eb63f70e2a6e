"""Where people are told, and when they want to be."""

from __future__ import annotations

from datetime import datetime, time
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec
from msgspec import Meta, Struct

from accountgraph.addresses import email_key
from accountgraph.errors import DuplicateError, InvalidValueError, NotFoundError, UnknownFieldError
from accountgraph.notices.needs import EVERYTHING, REPLY_HOURS, NoticeKind
from accountgraph.notices.timing import Rhythm, first_look
from accountgraph.outgoing.endpoints import checked_url
from accountgraph.outgoing.signing import new_secret
from accountgraph.store.given import as_json, zone_known
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.db import Connectable, Session


class Way(StrEnum):
    """How. `slack`: an incoming webhook, of Slack or of whatever takes the same."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    SLACK = "slack"


class NewChannel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a channel is made of.

    `address`: an e-mail address, or a URL. `sender`: the mailbox that mails leave from; None: the only one there is. `daily_at` and the
    quiet hours are of `timezone` (None: the workspace's). `gap_minutes`: between two notices at least. `reply_hours`: how long a reply
    may wait.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    way: Way
    address: str
    sender: str | None = None
    kinds: tuple[str, ...] = (EVERYTHING,)
    rhythm: Rhythm = Rhythm.HOURLY
    daily_at: time = time(8)
    timezone: str | None = None
    gap_minutes: Annotated[int, Meta(ge=0, le=10_080)] = 15
    quiet_from: time | None = None
    quiet_to: time | None = None
    reply_hours: Annotated[int, Meta(ge=0, le=720)] = REPLY_HOURS
    is_active: bool = True


class NoticeChannel(Struct, frozen=True, kw_only=True):
    """A channel. `address` of Slack: only the host, for the rest is the secret. `failures`, `error`: of tries in a row that told nobody."""

    id: UUID
    name: str
    way: Way
    address: str
    sender: str | None
    kinds: tuple[str, ...]
    rhythm: Rhythm
    daily_at: time
    timezone: str
    gap_minutes: int
    quiet_from: time | None
    quiet_to: time | None
    reply_hours: int
    is_active: bool
    next_look_at: datetime
    last_sent_at: datetime | None
    failures: int
    error: str | None
    created_at: datetime


class CreatedChannel(Struct, frozen=True, kw_only=True):
    """A new channel; a webhook's with its signing secret, `whsec_...`, which is shown here and never again."""

    channel: NoticeChannel
    secret: str | None


async def create_channel(db: Connectable, given: NewChannel, now: datetime) -> CreatedChannel:
    """Add a channel. What waits already is told of at its first time.

    Raises:
        InvalidValueError: naming the field.
        DuplicateError: there is one of this name.
    """

    async def work(session: Session) -> CreatedChannel:
        new = await _checked(session, given)
        channel_id, kept = uuid4(), _kept(new)
        row = {**_row(new, now), "id": channel_id}
        if await session.value("outgoing.notices.add", {"row": as_json(row)}) is None:
            raise DuplicateError("name", f"there is a channel {new.name!r} already.")
        if kept is not None:
            await _secrets(session).put_secret(secret_name(channel_id), kept)
        channel = await get_channel(session, channel_id)
        return CreatedChannel(channel=channel, secret=kept if new.way is Way.WEBHOOK else None)

    return await db.run(work)


async def list_channels(db: Connectable) -> list[NoticeChannel]:
    """All channels, by name."""
    return await db.rows(NoticeChannel, "outgoing.notices.channels", {"id": None})


async def get_channel(db: Connectable, channel_id: UUID) -> NoticeChannel:
    """One channel.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await db.row(NoticeChannel, "outgoing.notices.channels", {"id": channel_id})
    if found is None:
        raise NotFoundError(f"There is no channel {channel_id}; look with `notice list`.")
    return found


async def update_channel(db: Connectable, channel_id: UUID, fields: Mapping[str, Any], now: datetime) -> NoticeChannel:
    """Change the given fields of `NewChannel`, but for `way`.

    Raises:
        NotFoundError: there is no such channel.
        UnknownFieldError, InvalidValueError: naming the field.
        DuplicateError: there is another of this name.
    """
    for field in fields:
        if field not in NewChannel.__struct_fields__ or field == "way":
            raise UnknownFieldError(field, "is no field of a channel that can be changed.")

    async def work(session: Session) -> NoticeChannel:
        await session.value("outgoing.notices.lock", {"id": channel_id})
        known = await get_channel(session, channel_id)
        whole = {name: getattr(known, name) for name in NewChannel.__struct_fields__}
        if known.way is Way.SLACK and "address" not in fields:
            whole["address"] = f"https://{known.address}"
        changed = await _checked(session, _converted({**whole, **fields}))
        row = {**_row(changed, now), "id": channel_id}
        if await session.value("outgoing.notices.update", {"row": as_json(row), "id": channel_id, "name": changed.name}) is None:
            raise DuplicateError("name", f"there is a channel {changed.name!r} already.")
        if known.way is Way.SLACK and "address" in fields:
            await _secrets(session).put_secret(secret_name(channel_id), changed.address)
        return await get_channel(session, channel_id)

    return await db.run(work)


async def delete_channel(db: Connectable, channel_id: UUID) -> None:
    """Remove a channel, with its secret.

    Raises:
        NotFoundError: there is none with this id.
    """

    async def work(session: Session) -> None:
        if await session.value("outgoing.notices.delete", {"id": channel_id}) is None:
            raise NotFoundError(f"There is no channel {channel_id}; look with `notice list`.")
        await _secrets(session).delete_secret(secret_name(channel_id))

    await db.run(work)


def secret_name(channel_id: UUID) -> str:
    """Under which name what a channel keeps secret is sealed."""
    return f"notice/{channel_id}"


async def _checked(session: Session, given: NewChannel) -> NewChannel:
    """`given`, as it can be kept."""
    new = _converted(msgspec.structs.asdict(given))
    if (new.quiet_from is None) != (new.quiet_to is None) or (new.quiet_from is not None and new.quiet_from == new.quiet_to):
        raise InvalidValueError("quiet_from", "quiet hours have a beginning and another end, like 20:00 and 07:00.")
    if new.sender is not None and new.way is not Way.EMAIL:
        raise InvalidValueError("sender", "is for mails only.")
    zone = new.timezone or await session.value("outgoing.notices.zone")
    zone_known("timezone", zone)
    for moment in ("daily_at", "quiet_from", "quiet_to"):
        if (said := getattr(new, moment)) is not None and said.tzinfo is not None:
            raise InvalidValueError(moment, "is by the clock of `timezone`; leave its offset out.")
    networks = session.settings.webhook_networks
    address = _mail_address(new.address) if new.way is Way.EMAIL else checked_url("address", new.address, networks)
    return msgspec.structs.replace(new, address=address, timezone=zone, kinds=_kinds(new.kinds))


def _mail_address(address: str) -> str:
    try:
        return email_key(address)
    except InvalidValueError as error:
        raise InvalidValueError("address", str(error).removeprefix(f"{error.field}: ")) from None


def _converted(fields: dict[str, Any]) -> NewChannel:
    try:
        return msgspec.convert(msgspec.to_builtins(fields, builtin_types=(time,)), NewChannel)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        raise InvalidValueError(where.rstrip("`").partition("[")[0] or "channel", f"{what}.") from None


def _kinds(given: tuple[str, ...]) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(given))
    if not kinds:
        raise InvalidValueError("kinds", "name at least one kind, or * for all.")
    for kind in kinds:
        if kind != EVERYTHING and kind not in set(NoticeKind):
            near = get_close_matches(kind, list(NoticeKind), n=1)
            cure = f"did you mean '{near[0]}'?" if near else f"it is one of {', '.join(NoticeKind)}."
            raise InvalidValueError("kinds", f"there is no kind {kind!r}; {cure}")
    return (EVERYTHING,) if EVERYTHING in kinds else kinds


def _kept(new: NewChannel) -> str | None:
    """What a channel keeps secret."""
    match new.way:
        case Way.WEBHOOK:
            return new_secret()
        case Way.SLACK:
            return new.address
        case Way.EMAIL:
            return None


def _row(new: NewChannel, now: datetime) -> dict[str, Any]:
    shown = urlsplit(new.address).netloc if new.way is Way.SLACK else new.address
    timed = msgspec.structs.replace(new, timezone=new.timezone or "UTC")
    return {**msgspec.structs.asdict(timed), "address": shown, "next_look_at": first_look(timed, now)}  # type: ignore[arg-type]


def _secrets(session: Session) -> SecretRepository:
    return SecretRepository(session, Keyring.of(session.settings))
