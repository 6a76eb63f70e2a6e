"""The reference account goes through the shipped inbound-lead campaign, over real SMTP, and every step can say why."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from accountgraph.campaigns.definition.file import parse
from accountgraph.campaigns.examples import example
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.channels import ConsoleTransport, Transports
from accountgraph.demo import load_reference_account
from accountgraph.orchestrator import AccountOrchestrator
from tests.channels.post_office import PostOffice
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.db import Database
    from tests.factories import Clock

CAMPAIGN = "inbound-lead"
WILLIAMS, CHEN, ANDERSON = (f"{name}@acmemedical.com" for name in ("sarah.williams", "michael.chen", "lisa.anderson"))
LEAD = {"campaign": CAMPAIGN, "id": "form-1", "email": WILLIAMS, "message": "How do you cut waiting times?"}
ACCEPT = """WITH accepted AS (
    UPDATE approvals SET state = 'accepted', decided_by = 'Ann', decided_at = %(now)s WHERE state = 'pending' RETURNING enrolment_id
)
UPDATE enrolments AS e SET state = 'waiting', reason = NULL, next_due_at = %(now)s
FROM accepted AS a WHERE e.id = a.enrolment_id RETURNING e.id"""


class Story:
    """The reference account a week after its demo mails, a live campaign, and the server that takes what it sends."""

    def __init__(self, world: World, office: PostOffice, clock: Clock) -> None:
        self.world, self.office, self.clock = world, office, clock
        console = {"console": lambda _: ConsoleTransport(io.StringIO())}
        self.orchestrator = AccountOrchestrator(world.db, Transports(clock, console))

    async def begin(self) -> None:
        await load_reference_account(self.world.db)
        self.clock.forward(days=7)
        await self.orchestrator.apply(parse(example(CAMPAIGN), "toml"))
        await self.orchestrator.approve_preview(CAMPAIGN, by="Ann")
        await self.orchestrator.start(CAMPAIGN, live=True)

    async def run(self) -> None:
        """Do what is due, and let one of us accept what has to be accepted, until nothing is left to do now."""
        await self.orchestrator.execute_campaign_step(CAMPAIGN)
        while await self.approve():
            await self.orchestrator.execute_campaign_step(CAMPAIGN)

    async def run_until(self, mails: int) -> None:
        """Let time pass from one due step to the next, until so many mails were taken."""
        for _ in range(60):
            await self.run()
            if len(self.office.taken) >= mails:
                return
            due = await self.orchestrator.schedule_next_touchpoint(CAMPAIGN)
            assert due is not None, self.mails
            self.clock.time = max(due, self.clock.time)
        raise AssertionError(self.mails)

    async def approve(self) -> int:
        """Ann accepts what waits; gives how much that was."""
        return len(await self.world.select(str, ACCEPT, now=self.clock()))

    async def why(self, email: str) -> list[tuple[str, str, str]]:
        """Kind, rule and reason of everything in somebody's story."""
        return [(line.kind, line.rule, line.reason) for line in (await self.orchestrator.why(email)).story]

    async def answers(self, email: str, kind: SignalKind) -> None:
        """Three hours later somebody answers their last mail, and one of us says what it means."""
        self.clock.forward(hours=3)
        last = "SELECT i.id FROM intents AS i JOIN contacts AS c ON c.id = i.contact_id WHERE c.email_key = %(email)s AND i.state = 'sent'"
        [*_, intent] = await self.world.select(str, f"{last} ORDER BY i.settled_at", email=email)
        signal = Signal(kind=kind, dedupe_key=f"{kind} {email}", source="inbox", intent_id=intent, text="Yes, do tell me more.")
        await self.world.db.run(lambda session: record_signal(session, signal, self.clock()))

    def body(self, number: int) -> str:
        part = self.office.mails[number].get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def mails(self) -> list[tuple[str, str]]:
        return [(str(mail["To"]), str(mail["Subject"])) for mail in self.office.mails]


@pytest.fixture
async def story(timed: Database, clock: Clock) -> AsyncIterator[Story]:
    async with PostOffice().open() as office:
        settings = {"host": "127.0.0.1", "port": office.port, "tls": "none"}
        told = Story(await World.begin(timed, transport="smtp", settings=settings), office, clock)
        await told.begin()
        yield told
        await told.orchestrator.close()


async def test_lead_is_answered_over_smtp_once_a_person_approved_and_why_says_so(story: Story) -> None:
    await story.orchestrator.process_new_lead(LEAD)
    await story.run_until(1)
    assert story.mails == [("Sarah Williams <sarah.williams@acmemedical.com>", "Your question, Sarah")]
    assert "thank you for writing to us" in story.body(0)
    assert await story.why(WILLIAMS) == [
        ("defer", "approval", "A person approves the message."),
        ("approval accepted", "email", '"Your question, Sarah" by Ann'),
        ("allow", "allow", "Nothing speaks against touch 1 by e-mail."),
        ("sent", "email", '"Your question, Sarah" to sarah.williams@acmemedical.com (2.0.0 Ok: queued as A1B2)'),
    ]


async def test_silent_lead_brings_a_colleague_in_who_is_told_of_her_and_why_explains_each_step(story: Story) -> None:
    await story.orchestrator.process_new_lead(LEAD)
    await story.run_until(3)
    assert story.mails[2] == ("Michael Chen <michael.chen@acmemedical.com>", "Your question, Michael")
    assert "your colleague Sarah Williams recently inquired about what we do" in story.body(2)
    assert await story.why(CHEN) == [
        ("defer", "colleague_order", "1 person of the account comes first."),
        ("defer", "colleague_silence", "3 business days after a colleague has been silent for 48 hours."),
        ("defer", "approval", "The message names Sarah Williams: a person approves it."),
        ("approval accepted", "email", '"Your question, Michael" by Ann'),
        ("allow", "allow", "Nothing speaks against touch 1 by e-mail."),
        ("sent", "email", '"Your question, Michael" to michael.chen@acmemedical.com (2.0.0 Ok: queued as A1B2)'),
    ]
    assert (await story.why(WILLIAMS))[-1] == ("deny", "condition", "Step connect is only for whoever has a LinkedIn profile.")
    assert {rule for _, rule, _ in await story.why(ANDERSON)} == {"colleague_order"}


async def test_positive_answer_takes_the_colleague_to_the_other_track_and_why_names_who_answered(story: Story) -> None:
    await story.orchestrator.process_new_lead(LEAD)
    await story.run_until(3)
    await story.answers(WILLIAMS, SignalKind.REPLY_POSITIVE)
    await story.run_until(4)
    assert "Sarah Williams replied. May I ask how you see it?" in story.body(3)
    told = await story.orchestrator.why(CHEN)
    assert (told.enrolments[0].track, told.enrolments[0].state) == ("positive", "finished")
    signal, *after = [(line.kind, line.rule, line.reason) for line in told.story[6:]]
    assert signal[:2] == ("signal", "reply_positive")
    assert signal[2].startswith("Sarah Williams (inbox): the enrolment in inbound-lead goes on along the positive track; ")
    assert [(kind, rule) for kind, rule, _ in after] == [
        ("defer", "approval"),
        ("approval accepted", "email"),
        ("allow", "allow"),
        ("sent", "email"),
    ]
    assert [line.kind for line in told.story].count("approval accepted") == 2  # the one of the first mail stays
    assert (await story.orchestrator.why(WILLIAMS)).enrolments[0].reason == "replied"
