"""What waits for people, made by campaigns as they run: an answer, calls, a message to approve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.approvals import Approval, list_approvals
from accountgraph.campaigns.work.inbox import list_inbox
from accountgraph.campaigns.work.tasks import Task, Wanted, list_tasks
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.db import Database
from accountgraph.store.contacts import ContactRepository
from tests.db.campaigns.world import World
from tests.factories import Clock

if TYPE_CHECKING:
    from accountgraph.campaigns.enrolment.enrol import Version
    from accountgraph.models import Contact

CALL: list[dict[str, Any]] = [{"key": "ring", "channel": "call", "template": "script"}]
SCRIPT = {"script": {"body": "Ask {{ contact.first_name }} about the audit."}}


@dataclass
class Office:
    """Campaigns that ran on a Monday in the past, so that everything waits by now. `port`: of the post office that takes answers."""

    world: World

    @classmethod
    async def open(cls, url: str, port: int = 25) -> Office:
        """One mailbox whose mail a server of our own takes."""
        db = Database(url, workspace="abm", clock=Clock())
        settings = {"host": "127.0.0.1", "port": port, "tls": "none"}
        return cls(await World.begin(await db.__aenter__(), transport="smtp", settings=settings))

    async def close(self) -> None:
        await self.world.db.__aexit__(None, None, None)

    async def campaign(self, **changes: Any) -> Version:
        """A campaign that writes from this mailbox alone: there may be others, that send nothing."""
        return await self.world.campaign(senders=[self.world.senders[0].address], **changes)

    async def wrote(self, domain: str, *names: str, kind: str = "reply_question", text: str = "What does it cost?") -> list[Contact]:
        """The people of an account were written to; the first of them answered."""
        people = await self.world.account(domain, *names)
        await self.world.enrol(await self.campaign(), *people)
        await self.world.runner().run_due()
        await self.tells(people[0], kind, text)
        return people

    async def tells(self, who: Contact, kind: str, text: str, **more: Any) -> None:
        db = self.world.db
        told = Told(kind=SignalKind(kind), by="the mailbox", contact_id=who.id, text=text, **more)
        await db.run(lambda session: tell(session, told, db.now()))

    async def calls(self, *names: str, steps: list[dict[str, Any]] = CALL) -> list[Contact]:
        """Each is to be called, of an account of their own, in this order."""
        version = await self.campaign(name="calls", steps=steps, templates=SCRIPT)
        people = []
        for number, name in enumerate(names):
            [person] = await self.world.account(f"calls{number}.example", name)
            await ContactRepository(self.world.db).update_contact(person.id, {"phone": f"+1555012{number:04}"})
            people.append(person)
            await self.world.enrol(version, person)
            await self.world.runner().run_due()
            self.clock.forward(minutes=1)
        return people

    async def asks(self, *names: str, **campaign: Any) -> list[Contact]:
        """The first message to each waits for a person."""
        policy = {"requires_approval": True}
        version = await self.campaign(**{"name": "asking", "policy": policy, **campaign})
        people = []
        for number, name in enumerate(names):
            people += await self.world.account(f"asks{number}.example", name)
            await self.world.enrol(version, people[-1])
            await self.world.runner().run_due()
            self.clock.forward(minutes=1)
        return people

    @property
    def clock(self) -> Any:
        return self.world.db.clock

    async def inbox(self) -> list[Task]:
        return await list_inbox(self.world.db, Wanted(), self.world.db.now())

    async def tasks(self) -> list[Task]:
        return await list_tasks(self.world.db, Wanted(), self.world.db.now())

    async def approvals(self) -> list[Approval]:
        return await list_approvals(self.world.db)
