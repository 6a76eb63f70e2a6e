"""A correspondence: our first mail to Anna, and mails that come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from accountgraph.intake import Taken, take_mail

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World


@dataclass
class Correspondence:
    """The world, two people of one account, their enrolments, and the mail that Anna got."""

    world: World
    anna: Contact
    ben: Contact
    enrolments: list[UUID]
    first: Message

    @classmethod
    async def begin(cls, world: World) -> Correspondence:
        anna, ben = await world.account("acme.com", "Anna", "Ben")
        enrolments = await world.enrol(await world.campaign(), anna, ben)
        await world.runner().run_due()
        [first] = [message for message in world.post.sent if message.recipient == "anna@acme.com"]
        return cls(world, anna, ben, enrolments, first)

    def mail(
        self, text: str, *, sender: str = "Anna <anna@acme.com>", answers: str | None = "first", number: int = 1, **headers: str
    ) -> bytes:
        """A mail to us. `answers`: "first" is ours, another is a Message-ID, None begins anew."""
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, headers.pop("to", "me@ours.com")
        mail["Subject"] = headers.pop("subject", "Re: Hello Anna")
        mail["Message-ID"] = f"<in-{number}@acme.com>"
        thread = self.first.message_id if answers == "first" else answers
        if thread:
            mail["In-Reply-To"], mail["References"] = thread, thread
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        return mail.as_bytes()

    async def take(self, raw: bytes, **more: Any) -> Taken:
        """Take a mail an hour after ours left."""
        now = self.world.db.now() + timedelta(hours=1)
        given = {"source": "me@ours.com", "received_at": now, **more}
        return await self.world.db.run(lambda session: take_mail(session, raw, **given))

    async def places(self) -> list[str]:
        """Where Anna and Ben stand."""
        found = [await self.world.standing(one) for one in self.enrolments]
        return [f"{one.state} {one.reason}" if one.reason else one.state for one in found]

    async def kinds(self) -> list[str]:
        """The signals, in their order."""
        found: list[str] = await self.world.select(str, "SELECT kind FROM signals ORDER BY recorded_at, id")
        return found
