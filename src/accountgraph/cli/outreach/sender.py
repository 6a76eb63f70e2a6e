"""`sender`: the mailboxes and numbers that messages leave from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph.channels import SmtpSettings
from accountgraph.channels.registry import KNOWN
from accountgraph.cli.choices import one_of, one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import pairs, typed_values
from accountgraph.cli.render.outreach import permissions as drawn
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session
    from accountgraph.store.outreach.senders import Sender

app = group("Mailboxes and numbers that messages leave from: add, list, show, update, pause.")
COMMANDS = {"sender": app}
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The e-mail address or number.", show_default=False)]
ChannelOption = Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="email, sms, call, ...")]
NameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Who writes, as recipients see it.")]
ReplyOption = Annotated[str | None, typer.Option("--reply-to", metavar="ADDRESS", help="Where answers go.")]
TransportOption = Annotated[
    str | None, typer.Option("--transport", metavar="NAME", help="console shows, smtp sends; or a provider of `provider list`.")
]
SettingOption = Annotated[
    list[str] | None,
    typer.Option("--setting", metavar="KEY=VALUE", help="Of the transport: host, port, tls, username, password_env, ...; may be repeated."),
]
ZoneOption = Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="IANA zone, for people of whom none is known.")]
HourOption = Annotated[int | None, typer.Option("--per-hour", min=1, help="At most so many an hour.")]
DayOption = Annotated[int | None, typer.Option("--per-day", min=1, help="At most so many a day.")]
WarmupOption = Annotated[bool, typer.Option("--warmup", help="It is new: begin with few messages a day.")]
LegalOption = Annotated[
    str | None, typer.Option("--legal-name", metavar="NAME", help="Who it is before the law, where not the workspace's own.")
]
SignatureOption = Annotated[
    str | None, typer.Option("--signature", metavar="TEXT", help="Below the words of its mails; empty text takes it away.")
]
OpensOption = Annotated[bool | None, typer.Option("--track-opens/--no-track-opens", help="Be told when a mail is opened [no].")]
ClicksOption = Annotated[bool | None, typer.Option("--track-clicks/--no-track-clicks", help="Be told when a link is followed [no].")]
AliasOption = Annotated[
    bool | None, typer.Option("--alias/--no-alias", help="Answers go to an address of each message's own, me+DIGITS@ [no].")
]
HostOption = Annotated[
    str | None,
    typer.Option("--tracking-host", metavar="HOST", help="Where tracked links lead [the public address]; empty text takes it away."),
]


@command(app)
async def add(
    edge: Edge,
    *,
    address: Address,
    channel: ChannelOption = "email",
    name: NameOption = None,
    reply_to: ReplyOption = None,
    transport: TransportOption = None,
    setting: SettingOption = None,
    timezone: ZoneOption = None,
    per_hour: HourOption = None,
    per_day: DayOption = None,
    warmup: WarmupOption = False,
    legal_name: LegalOption = None,
    signature: SignatureOption = None,
    track_opens: OpensOption = None,
    track_clicks: ClicksOption = None,
    tracking_host: HostOption = None,
    alias: AliasOption = None,
) -> None:
    """Add a mailbox or a number. Secrets are not stored: password_env names the environment variable that holds one."""
    given = _given(name=name, reply_to=reply_to, transport=transport, timezone=timezone, per_hour=per_hour, per_day=per_day) | {
        **_told(signature, track_opens, track_clicks, tracking_host, alias),
        "address": address,
        "channel": one_of(Channel, "--channel", channel),
    }
    settings = typed_values(pairs("--setting", setting or []))
    _check(transport or "console", settings)

    async def work(session: Session) -> Sender:
        started = {"warmup_started_at": session.now()} if warmup else {}
        row = {**given, **started, **await _legal(session, legal_name), "settings": settings}
        return await SenderRepository(session).add_sender(row)

    async with edge.app() as parts:
        made = await parts.db.run(work)
    edge.emit(made, lambda: f"{made.address} is there; it sends through the {made.transport}.")


@command(app, "list")
async def list_(edge: Edge) -> None:
    """List the mailboxes and numbers, in the order they were added."""
    async with edge.app() as parts:
        found = await SenderRepository(parts.db).list_senders()
    edge.emit(found, lambda: drawn.senders_table(found))


@command(app)
async def show(edge: Edge, address: Address, channel: ChannelOption = "email") -> None:
    """Show a mailbox or a number with its settings."""
    async with edge.app() as parts:
        found = await _sender(parts.db, address, channel)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.sender_page(found, now))


@command(app)
async def update(
    edge: Edge,
    *,
    address: Address,
    channel: ChannelOption = "email",
    name: NameOption = None,
    reply_to: ReplyOption = None,
    transport: TransportOption = None,
    setting: SettingOption = None,
    timezone: ZoneOption = None,
    per_hour: HourOption = None,
    per_day: DayOption = None,
    warmup: WarmupOption = False,
    legal_name: LegalOption = None,
    signature: SignatureOption = None,
    track_opens: OpensOption = None,
    track_clicks: ClicksOption = None,
    tracking_host: HostOption = None,
    alias: AliasOption = None,
    active: Annotated[bool, typer.Option("--active", help="Use it again after a pause.")] = False,
) -> None:
    """Change what is given; a setting without a value (KEY=) is taken away."""
    given = _given(name=name, reply_to=reply_to, transport=transport, timezone=timezone, per_hour=per_hour, per_day=per_day)
    given |= _told(signature, track_opens, track_clicks, tracking_host, alias)

    async def work(session: Session) -> Sender:
        found = await _sender(session, address, channel)
        changed = {**given, **({"warmup_started_at": session.now()} if warmup else {}), **({"is_active": True} if active else {})}
        changed |= await _legal(session, legal_name)
        if setting or transport:
            settings = {**found.settings, **typed_values(pairs("--setting", setting or []))}
            changed["settings"] = {key: value for key, value in settings.items() if value != ""}
            _check(transport or found.transport, changed["settings"])
        return await SenderRepository(session).update_sender(found.id, changed)

    async with edge.app() as parts:
        changed = await parts.db.run(work)
        now = parts.db.now()
    edge.emit(changed, lambda: drawn.sender_page(changed, now))


@command(app)
async def pause(edge: Edge, address: Address, channel: ChannelOption = "email") -> None:
    """Take a mailbox out of use until `sender update --active`; what waits for it stays with it."""
    async with edge.app() as parts:
        found = await _sender(parts.db, address, channel)
        changed = await SenderRepository(parts.db).update_sender(found.id, {"is_active": False})
    edge.emit(changed, lambda: f"{changed.address} sends nothing until `sender update {changed.address} --active`.")


async def _sender(db: Connectable, address: str, channel: str) -> Sender:
    found = await SenderRepository(db).get_sender_by_address(address, channel=one_of(Channel, "--channel", channel) or "email")
    if found is None:
        raise NotFoundError(f"There is no {channel} sender {address}; look with `sender list`.")
    return found


async def _legal(session: Session, name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    known = await SettingsRepository(session).list_legal_identities()
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise NotFoundError(f"There is no legal identity {name!r}; add it with `settings set --legal-name NAME --postal-address TEXT`.")
    return {"legal_identity_id": found.id}


def _given(
    *, name: str | None, reply_to: str | None, transport: str | None, timezone: str | None, per_hour: int | None, per_day: int | None
) -> dict[str, Any]:
    fields = {
        "display_name": name,
        "reply_to": reply_to,
        "transport": one_of_words(sorted(KNOWN), "--transport", transport),
        "timezone": timezone,
        "per_hour": per_hour,
        "per_day": per_day,
    }
    return {field: value for field, value in fields.items() if value is not None}


def _told(signature: str | None, opens: bool | None, clicks: bool | None, host: str | None, alias: bool | None) -> dict[str, Any]:
    """What of a mail is told of, what stands below it, and where answers go; empty text takes away."""
    texts = {name: text or None for name, text in (("signature", signature), ("tracking_host", host)) if text is not None}
    switches = {"tracks_opens": opens, "tracks_clicks": clicks, "alias_replies": alias}
    return texts | {name: said for name, said in switches.items() if said is not None}


def _check(transport: str, settings: dict[str, Any]) -> None:
    if transport == "smtp":
        SmtpSettings.of(settings)
