"""What is set up, and what is missing before campaigns can run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accountgraph import notices
from accountgraph.access.people.memberships import list_members
from accountgraph.campaigns.work.holds import list_holds
from accountgraph.dashboard.settings.room import Typed, drawn, registry_of
from accountgraph.listing import page_campaigns, page_companies
from accountgraph.store.outreach.drafting import DraftingRepository
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.campaigns.work.holds import Hold
    from accountgraph.dashboard.visits import Visit
    from accountgraph.store.outreach.mailboxes import Mailbox
    from accountgraph.store.outreach.senders import Sender
    from accountgraph.store.outreach.settings import LegalIdentity, WorkspaceSettings


@dataclass(frozen=True, slots=True)
class Step:
    """Something to set up. `path`: below the workspace, where one does it; `cure`: what its link says."""

    name: str
    is_done: bool
    words: str
    path: str
    cure: str
    is_needed: bool = True

    @property
    def state(self) -> str:
        """In a word."""
        return "done" if self.is_done else "missing" if self.is_needed else "optional"


async def overview_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    db = visit.db
    repository = SettingsRepository(db)
    settings, identities, senders, mailboxes, holds = await asyncio.gather(
        repository.get_settings(),
        repository.list_legal_identities(),
        SenderRepository(db).list_senders(active_only=True),
        MailboxRepository(db).list_mailboxes(),
        list_holds(db, visit.now),
    )
    companies, campaigns, members, channels, model = await asyncio.gather(
        page_companies(db, limit=1),
        page_campaigns(db, limit=1),
        list_members(registry_of(visit), visit.principal.workspace),
        notices.list_channels(db),
        DraftingRepository(db).get_settings(),
    )
    steps = [
        _identity(identities),
        _sending(senders, settings.legal_identity_id),
        _reading(mailboxes),
        _where(settings),
        _public(settings),
        Step("Accounts", bool(companies.items), "the companies that you want to win.", "imports", "Import them"),
        Step("First campaign", bool(campaigns.items), "a sequence of messages with its audience.", "campaigns/new", "Write the first"),
        Step(
            "Your team",
            len(members) > 1,
            f"{_count(len(members), 'person')} may enter.",
            "settings/members",
            "Invite somebody",
            is_needed=False,
        ),
        Step("Notices", bool(channels), "people are told of what waits for them.", "settings/notices", "Say who is told", is_needed=False),
        Step(
            "A model that writes",
            model is not None,
            "without one, templates do the job.",
            "settings/workspace",
            "Choose a model",
            is_needed=False,
        ),
    ]
    return drawn(visit, "overview", "Settings", "", typed, steps=steps, holds=_stops(holds))


def _identity(identities: Sequence[LegalIdentity]) -> Step:
    words = f"mails name {identities[0].name}." if identities else "the law wants a name and a postal address below every mail."
    return Step("Sender identity", bool(identities), words, "settings/identities", "Say who sends")


def _sending(senders: Sequence[Sender], standard: UUID | None) -> Step:
    real = [one for one in senders if one.transport != "console"]
    nameless = [one.address for one in real if one.legal_identity_id is None and standard is None]
    if nameless:
        words = f"{nameless[0]} has no identity, and its mails do not leave."
        return Step("A mailbox that sends", is_done=False, words=words, path="settings/identities", cure="Give it one")
    shown = (
        _count(len(senders) - len(real), "sender") + " only show what they would send." if senders and not real else "nothing sends yet."
    )
    words = f"{_count(len(real), 'sender')} can send." if real else shown
    return Step("A mailbox that sends", bool(real), words, "settings/senders", "Connect a mailbox")


def _reading(mailboxes: Sequence[Mailbox]) -> Step:
    failing = [one for one in mailboxes if one.failing_since]
    if failing:
        words = f"{failing[0].address} cannot be read: {failing[0].error or 'no reason is known'}"
        return Step("Answers are read", is_done=False, words=words, path=f"settings/senders/{failing[0].sender_id}", cure="Try it")
    words = f"{_count(len(mailboxes), 'mailbox')} read." if mailboxes else "answers and bounces are not seen."
    return Step("Answers are read", bool(mailboxes), words, "settings/senders", "Connect a mailbox")


def _where(settings: WorkspaceSettings) -> Step:
    place = f"{settings.timezone}, {settings.country}" if settings.country else settings.timezone
    words = (
        f"{place}: where a person's own zone is not known." if settings.country else "the country is not said; the law is looked up by it."
    )
    return Step("Time zone and country", settings.country is not None, words, "settings/workspace", "Say where you are")


def _public(settings: WorkspaceSettings) -> Step:
    if settings.public_url is None:
        words = "without one, mails carry no link to unsubscribe, and answers by webhook do not arrive."
    elif settings.public_url_verified_at is None:
        words = f"{settings.public_url} was not seen to answer yet; the server looks by itself."
    else:
        words = f"{settings.public_url} answers."
    return Step("Public address", settings.public_url_verified_at is not None, words, "settings/workspace", "Give the address")


def _stops(holds: Sequence[Hold]) -> list[Hold]:
    return [one for one in holds if one.scope in {"workspace", "sender"}]


def _count(number: int, what: str) -> str:
    many = {"person": "people", "mailbox": "mailboxes are"}.get(what, f"{what}s")
    one = {"mailbox": "mailbox is"}.get(what, what)
    return f"{number} {one if number == 1 else many}"
