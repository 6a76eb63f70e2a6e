"""A town with two mail servers, the public server, and people who answer as people do."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import httpx

from accountgraph.channels import ConsoleTransport, NoVault, Transports
from accountgraph.intake import take_mail
from accountgraph.mailboxes.run import sync_mailbox
from accountgraph.orchestrator import AccountOrchestrator
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.web import Parts, public_app
from tests.db.campaigns.world import World
from tests.mailboxes.conftest import reached

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.channels.post_office import PostOffice
    from tests.factories import Clock
    from tests.mailboxes.imap_server import ImapServer

PUBLIC = "https://go.ours.com"
ANY_TIME = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"
PERSON = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Safari/605.1.15"


class Town:
    """Our workspace, its mailbox (SMTP out, IMAP in), its public server, and the clock of them all."""

    def __init__(self, world: World, office: PostOffice, imap: ImapServer, clock: Clock, url: str) -> None:
        self.world, self.office, self.imap, self.clock = world, office, imap, clock
        transports = Transports(clock, {"console": lambda _: ConsoleTransport(io.StringIO())})
        self.orchestrator = AccountOrchestrator(world.db, transports)
        self._parts = Parts(url, clock=clock)
        self._app = public_app(self._parts)

    @classmethod
    async def begin(cls, db: Database, office: PostOffice, imap: ImapServer, clock: Clock, url: str) -> Town:
        smtp = {"host": "127.0.0.1", "port": office.port, "tls": "none"}
        world = await World.begin(db, transport="smtp", settings=smtp, tracks_opens=True, tracks_clicks=True)
        await MailboxRepository(db).put_mailbox(world.senders[0].id, "imap", reached(imap))
        settings = SettingsRepository(db)
        await settings.update_settings({"public_url": PUBLIC})
        assert await settings.confirm_public_url(PUBLIC, clock())
        await db.run(lambda session: session.execute("UPDATE senders SET dkim_verified_at = now()"))
        return cls(world, office, imap, clock, url)

    async def campaign(self, *people: Any) -> None:
        """A campaign of three mails, live, with everybody in it."""
        words = "Hello {{ contact.first_name }}, see https://ours.com/offer for a word about {{ company.name }}."
        version = await self.world.campaign(
            templates={
                "hello": {"subject": "Hello {{ contact.first_name }}", "body": words},
                "again": {"subject": "Again", "body": "Again."},
            },
            policy={"schedule": {"email": ANY_TIME, "sms": ANY_TIME, "call": ANY_TIME, "other": ANY_TIME}},
        )
        await self.world.enrol(version, *people)

    async def work(self, **later: float) -> None:
        """Time passes; the mailbox is read, and what is due is done."""
        self.clock.forward(**later)
        mailbox = await MailboxRepository(self.world.db).get_mailbox(self.world.senders[0].id)
        await sync_mailbox(self.world.db, mailbox, NoVault(), take_mail)
        await self.orchestrator.execute_campaign_step("plain")

    def got(self, email: str) -> list[EmailMessage]:
        """What somebody got from us."""
        return [mail for mail in self.office.mails if email in str(mail["To"])]

    def answers(self, email: str, text: str, **headers: str) -> None:
        """Somebody answers the last mail that they got, as a mail program does: below their words stands ours."""
        ours = self.got(email)[-1]
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = str(ours["To"]), str(ours["From"]), headers.pop("subject", f"Re: {ours['Subject']}")
        mail["Message-ID"] = f"<{len(self.imap.contents('INBOX'))}@{email.partition('@')[2]}>"
        mail["In-Reply-To"] = mail["References"] = str(ours["Message-ID"])
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        quoted = "\n".join(f"> {line}" for line in self.words(ours).splitlines())
        mail.set_content(f"{text}\n\nOn Monday, me@ours.com wrote:\n\n{quoted}\n")
        self.imap.arrive(mail.as_bytes(), self.clock() + timedelta(minutes=1))

    def bounces(self, email: str) -> None:
        """The server of somebody's domain gives the mail back."""
        ours, domain = self.got(email)[-1], email.partition("@")[2]
        report = (
            f"From: MAILER-DAEMON@mx.{domain}\r\nTo: me@ours.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            f"Message-ID: <bounce@mx.{domain}>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: text/plain\r\n\r\n<{email}>: 550 5.1.1 User unknown\r\n"
            f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.{domain}\r\n\r\n"
            f"Final-Recipient: rfc822; {email}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {ours['Message-ID']}\r\n\r\n--b--\r\n"
        )
        self.imap.arrive(report.encode(), self.clock() + timedelta(minutes=1))

    async def follows_the_link(self, email: str, agent: str) -> str:
        """Somebody, or something, follows the link of their mail; gives where it leads."""
        [link] = set(re.findall(rf"{PUBLIC}/c/[\w.~-]+", self.words(self.got(email)[-1], "html")))
        answer = await self._ask("GET", link, {"user-agent": agent})
        return answer.headers["location"]

    async def clicks_unsubscribe(self, email: str) -> None:
        """Their mail program does what RFC 8058 says."""
        ours = self.got(email)[-1]
        assert ours["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        [url] = re.findall(rf"<({PUBLIC}/u/[^>]+)>", str(ours["List-Unsubscribe"]))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await self._ask("POST", url, headers, b"List-Unsubscribe=One-Click")
        assert answer.status_code == 200

    async def stands(self, email: str) -> str:
        """Where somebody stands, and until when."""
        [one] = (await self.orchestrator.why(email)).enrolments
        until = f" until {one.paused_until:%Y-%m-%d}" if one.paused_until else ""
        return f"{one.state} {one.reason}{until}" if one.reason else one.state

    async def why(self, email: str) -> list[str]:
        """The kinds and rules of somebody's story, in their order."""
        return [f"{line.kind} {line.rule}" for line in (await self.orchestrator.why(email)).story]

    async def close(self) -> None:
        await self._parts.recorder.stop()
        await self._parts.doors.close()
        await self.orchestrator.close()

    async def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> httpx.Response:
        transport = httpx.ASGITransport(self._app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
            answer = await client.request(method, url, headers=headers, content=body)
        await self._parts.recorder.stop()  # what was seen is written down
        return answer

    @staticmethod
    def words(mail: EmailMessage, kind: str = "plain") -> str:
        part = mail.get_body((kind,))
        assert part is not None
        return str(part.get_content())
