"""Who writes, whom not to write to, what stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, listing
from accountgraph.cli.render.words import ago, count, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from rich.console import RenderableType

    from accountgraph.campaigns.work.holds import Hold, Lifted, SetHold
    from accountgraph.store.consents import Consent
    from accountgraph.store.outreach.drafting import DraftingSettings
    from accountgraph.store.outreach.senders import Sender
    from accountgraph.store.outreach.settings import LegalIdentity, Topic, WorkspaceSettings
    from accountgraph.store.suppressions import Suppression


def holds_table(found: Sequence[Hold], now: datetime) -> RenderableType:
    """A hold a row."""
    if not found:
        return Text("Nothing is on hold.", style=QUIET)
    table = listing("What", "Why", "Since", "Until")
    for hold in found:
        why = Text(plain(hold.reason)).append(f"\n{hold.note}" if hold.note else "", style=QUIET)
        end = f"lifted {ago(hold.lifted_at, now)}" if hold.lifted_at else ago(hold.until, now, never="it is lifted")
        table.add_row(
            Text(f"{hold.scope} {hold.target}", style=BAD if hold.lifted_at is None else QUIET), why, ago(hold.created_at, now), end
        )
    return table


def hold_text(made: SetHold) -> str:
    """A hold that stands."""
    hold = made.hold
    until = f" until {hold.until:%Y-%m-%d %H:%M %Z}" if hold.until else ""
    return f"{hold.scope} {hold.target} {'is' if made.is_new else 'was already'} on hold ({hold.reason}){until}."


def lifted_text(lifted: Lifted) -> str:
    """What was lifted."""
    what = ", ".join(f"{hold.scope} {hold.target} ({hold.reason})" for hold in lifted.holds)
    return f"Lifted: {what}. {count(lifted.resumed, 'paused person goes', 'paused people go')} on."


def consents_table(found: Sequence[Consent], now: datetime) -> RenderableType:
    """A consent a row."""
    if not found:
        return Text("No consent stands.", style=QUIET)
    table = listing("Channel", "Basis", "Since", "Wording, evidence")
    for consent in found:
        since = f"revoked {ago(consent.revoked_at, now)}" if consent.revoked_at else ago(consent.captured_at, now)
        words = "; ".join(part for part in (consent.wording, consent.evidence) if part)
        table.add_row(Text(consent.channel, style=QUIET if consent.revoked_at else GOOD), plain(consent.basis), since, Text(words))
    return table


def suppressions_table(found: Sequence[Suppression], people: Mapping[UUID, str], now: datetime) -> RenderableType:
    """A suppression a row. `people`: names and addresses by the contact's id."""
    if not found:
        return Text("Nobody is suppressed.", style=QUIET)
    table = listing("Suppression", "Whom", "Channel", "Why", "Since")
    for one in found:
        person = people.get(one.contact_id, f"person {one.contact_id}") if one.contact_id else None
        whom = one.address or one.domain or person or "an erased address"
        why = Text(plain(one.reason)).append(f"\n{one.note}" if one.note else "", style=QUIET)
        table.add_row(Text(str(one.id)[:8], style=QUIET), Text(whom), one.channel, why, ago(one.created_at, now))
    return table


def senders_table(found: Sequence[Sender]) -> RenderableType:
    """A mailbox or number a row."""
    if not found:
        return Text("No mailbox yet; `accountgraph sender add ADDRESS` adds one.", style=QUIET)
    table = listing("Address", "Channel", "Transport", "A day", "In use", right=("A day",))
    for one in found:
        state = Text("yes", style=GOOD) if one.is_active else Text("paused", style=ATTENTION)
        table.add_row(Text(one.address), one.channel, one.transport, str(one.per_day or "policy"), state)
    return table


def sender_page(one: Sender, now: datetime) -> RenderableType:
    """A mailbox or number."""
    facts = facts_table()
    rows = {
        "address": one.address,
        "channel": one.channel,
        "name": one.display_name,
        "reply to": one.reply_to,
        "transport": one.transport,
        "settings": ", ".join(f"{key}={value}" for key, value in sorted(one.settings.items())),
        "zone": one.timezone,
        "an hour": str(one.per_hour) if one.per_hour else "as the policy says",
        "a day": str(one.per_day) if one.per_day else "as the policy says",
        "warm-up": f"began {ago(one.warmup_started_at, now)}" if one.warmup_started_at else None,
        "legal identity": str(one.legal_identity_id) if one.legal_identity_id else "the workspace's",
        "in use": "yes" if one.is_active else "no, paused",
        "signature": one.signature,
        "told of": _told(one),
        "tracked through": _host(one),
        "answers go to": "an address of each message's own" if one.alias_replies else None,
        "inbound read": ago(one.inbound_synced_at, now, never="not by us"),
    }
    for label, value in rows.items():
        if value:
            facts.add_row(label, Text(value))
    return facts


def _host(one: Sender) -> str | None:
    if one.tracking_host is None or one.tracking_host_verified_at is not None:
        return one.tracking_host
    return f"{one.tracking_host}, once `serve` has verified it; the public address until then"


def _told(one: Sender) -> str:
    told = [name for name, is_told in (("opens", one.tracks_opens), ("clicks", one.tracks_clicks)) if is_told]
    return f"{' and '.join(told)}, where the public address is verified and the law allows it" if told else "nothing"


def settings_page(
    settings: WorkspaceSettings,
    identities: Sequence[LegalIdentity],
    topics: Sequence[Topic] = (),
    model: DraftingSettings | None = None,
) -> RenderableType:
    """What holds for the workspace."""
    facts = facts_table()
    facts.add_row("zone", settings.timezone)
    facts.add_row("country", settings.country or "not set")
    facts.add_row("public address", public_address_text(settings))
    if topics:
        facts.add_row("topics", "\n".join(f"{topic.key}: {topic.name}" for topic in topics))
    for one in identities:
        mark = "" if one.id == settings.legal_identity_id else " (not the workspace's own)"
        facts.add_row("legal identity", Text(f"{one.name}{mark}\n{one.postal_address}\n{one.privacy_url or ''}".rstrip()))
    if not identities:
        facts.add_row(
            "legal identity", Text("none: mail campaigns need one (`settings set --legal-name ... --postal-address ...`)", style=ATTENTION)
        )
    facts.add_row("model", Text(_model_text(model)))
    return facts


def _model_text(model: DraftingSettings | None) -> str:
    """Which model writes, and where its key is; never the key."""
    if model is None:
        return "none: templates do the job (`settings model` names one)"
    place = f" at {model.base_url}" if model.base_url else ""
    reads = "; it reads replies that the rules do not understand" if model.refines_meaning else ""
    key = model.key or (f"${model.key_env}" if model.key_env else "none named")
    return f"{model.model}{place}\nkey {key}, {model.drafts_per_day:,} drafts a day, {model.timeout_seconds} s for an answer{reads}"


def public_address_text(settings: WorkspaceSettings) -> Text:
    """Where the public server is reached, and what that allows."""
    off = "no tracking, no one-click, no preference page; people answer a mail to be taken off"
    if settings.public_url is None:
        return Text(f"none: {off}")
    if settings.public_url_verified_at is None:
        return Text(f"{settings.public_url}, not verified: {off} (`serve --public-url` verifies it)", style=ATTENTION)
    return Text(f"{settings.public_url}, verified {settings.public_url_verified_at:%Y-%m-%d}", style=GOOD)
