"""Who wrote to whom before we came is known, so that live threads are left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.enrolment.audience import choose, named
from accountgraph.mailboxes.reading.folders import Folder, Listed, Role, found
from accountgraph.mailboxes.reading.settings import FolderNames
from accountgraph.store.contacts import ContactRepository
from tests.db.campaigns.world import PLAIN
from tests.mailboxes.conftest import mail
from tests.mailboxes.imap_server import Box

if TYPE_CHECKING:
    from accountgraph.mailboxes.reading.history import Progress
    from tests.mailboxes.conftest import Place
    from tests.mailboxes.imap_server import ImapServer


async def reasons(place: Place) -> dict[str, Any]:
    """Why each buyer is left out; None: they are not."""
    campaign = msgspec.convert({**PLAIN, "audience": {"role": ["buyer"]}}, CampaignDefinition)
    selection = await choose(place.db, campaign, place.db.now())
    said = {one.contact_id: None for one in selection.chosen} | {one.contact_id: one.reason for one in selection.excluded}
    return {str(person.email): said[key] for key, person in (await named(place.db, said)).items()}


async def people(place: Place, *names: str) -> None:
    for name in names:
        await ContactRepository(place.db).create_contact({"email": f"{name}@acme.com", "role": "buyer", "country": "US"})


def days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


async def test_who_wrote_to_us_before_we_came_is_in_a_live_thread(place: Place, server: ImapServer) -> None:
    await people(place, "sarah", "tom")
    server.arrive(mail(1, sender="Sarah <Sarah@ACME.com>"), at=days_ago(100))
    await place.sync()
    assert await reasons(place) == {"sarah@acme.com": "live_thread", "tom@acme.com": None}


async def test_a_colleague_in_copy_is_in_the_thread_too(place: Place, server: ImapServer) -> None:
    await people(place, "sarah", "tom")
    server.arrive(mail(1, Cc="tom@acme.com"), at=days_ago(3))
    await place.sync()
    assert await reasons(place) == {"sarah@acme.com": "live_thread", "tom@acme.com": "live_thread"}


async def test_what_is_older_than_180_days_is_no_live_thread(place: Place, server: ImapServer) -> None:
    await people(place, "sarah")
    server.arrive(mail(1), at=days_ago(200))
    await place.sync()
    assert await reasons(place) == {"sarah@acme.com": None}


async def test_who_was_written_to_and_never_answered_is_in_no_thread(place: Place, server: ImapServer) -> None:
    await people(place, "sarah")
    server.arrive(mail(1, sender="me@ours.com", to="sarah@acme.com"), at=days_ago(3), box="Sent")
    await place.sync()
    assert await reasons(place) == {"sarah@acme.com": None}


async def test_machines_and_lists_make_no_thread(place: Place, server: ImapServer) -> None:
    await people(place, "sarah", "tom")
    server.arrive(mail(1, Auto_Submitted="auto-replied"), at=days_ago(3))
    server.arrive(mail(2, sender="tom@acme.com", List_Id="<news.acme.com>"), at=days_ago(3))
    await place.sync()
    assert set((await reasons(place)).values()) == {None}


async def test_who_writes_later_is_in_a_live_thread_too(place: Place, server: ImapServer) -> None:
    await people(place, "sarah")
    await place.sync()
    server.arrive(mail(1))
    await place.sync()
    assert await reasons(place) == {"sarah@acme.com": "live_thread"}


async def test_reading_the_headers_tells_how_far_it_has_come(place: Place, server: ImapServer) -> None:
    for number in range(1100):
        server.arrive(mail(number), at=days_ago(5))
    seen: list[Progress] = []
    assert (await place.sync(on_progress=seen.append)).history == 1100
    assert [(one.folder, one.done, one.total) for one in seen] == [("INBOX", 500, 1100), ("INBOX", 1000, 1100), ("INBOX", 1100, 1100)]
    assert (await place.mailbox()).history_read_at is not None


async def test_the_headers_are_read_once(place: Place, server: ImapServer) -> None:
    server.arrive(mail(1), at=days_ago(5))
    assert [(await place.sync()).history for _ in range(2)] == [1, 0]


async def test_where_everything_stands_in_one_folder_that_one_is_read(place: Place, server: ImapServer) -> None:
    await people(place, "sarah")
    server.boxes["[Gmail]/All Mail"] = Box(flags="\\All")
    server.arrive(mail(1), at=days_ago(5), box="[Gmail]/All Mail")
    await place.sync()
    assert await reasons(place) == {"sarah@acme.com": "live_thread"}


def listed(*names: str) -> list[Listed]:
    return [Listed(frozenset(), "/", name) for name in names]


def test_what_the_server_says_goes_before_what_names_say() -> None:
    folders = [*listed("INBOX", "Sent"), Listed(frozenset({"\\sent"}), "/", "Ausgang")]
    assert found(folders, FolderNames()) == [Folder("INBOX", Role.INBOX), Folder("Ausgang", Role.SENT)]


def test_the_sent_folder_is_known_by_its_name_in_other_languages() -> None:
    for name in ("INBOX/Gesendete Objekte", "Éléments envoyés", "Отправленные", "送信済みアイテム", "sent items"):
        assert Folder(name, Role.SENT) in found(listed("INBOX", "Archive", name), FolderNames())


def test_a_projects_own_sent_folder_is_not_the_mailboxes() -> None:
    assert Folder("Sent", Role.SENT) in found(listed("Projects/Sent", "Sent"), FolderNames())


def test_a_folder_that_is_named_in_the_settings_is_taken_as_named() -> None:
    chosen = found(listed("INBOX", "Sent", "Out"), FolderNames(sent="Out", more=("Old",)))
    assert chosen == [Folder("INBOX", Role.INBOX), Folder("Old", Role.MORE), Folder("Out", Role.SENT)]


def test_a_folder_that_cannot_be_opened_is_left_alone() -> None:
    closed = Listed(frozenset({"\\sent", "\\noselect"}), "/", "[Gmail]")
    assert found([closed], FolderNames()) == [Folder("INBOX", Role.INBOX)]
