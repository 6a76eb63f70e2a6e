"""The toolbox: what an agent is given to work with."""

# ruff: noqa: TC001 - the tools' schemas are made from these types

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from accountgraph.access import Permission, Role
from accountgraph.access.principal import permissions_of
from accountgraph.errors import ConfigError, InvalidValueError
from accountgraph.simulation import TYPICAL, simulate
from accountgraph.tools.answers import (
    Asked,
    Brief,
    Budget,
    ContactContext,
    Found,
    Learned,
    Recorded,
    Simulated,
    Tasks,
    Undone,
    WhoNext,
    Why,
)
from accountgraph.tools.definitions import KINDS, Tool, ToolDefinition, arguments_of, plain, tool_of
from accountgraph.tools.doing import proposing, recording, undoing
from accountgraph.tools.doing.words import Words
from accountgraph.tools.errors import NotPermittedError, ToolError
from accountgraph.tools.looking import accounts, explaining
from accountgraph.tools.looking.telling import budget_told, simulation_told, tasks_told
from accountgraph.tools.naming import find_account, find_contact

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from accountgraph.db import Database, Session
    from accountgraph.tools.doing.undoing import UndoChanges

_MOST_DAYS = 365


class Toolbox:
    """Tools for one agent in one workspace: plain async functions with plain arguments, for any framework.

    Args:
        database: opened with `as_agent=True`; the database keeps the rails, whatever the model was talked into.
        agent: its name, as a person added it.
        scopes: what it may do, at most what an agent may; None: all of that but `messages:send`, which is given by name.
        undo_changes: takes back recorded and learnt things; None: only messages can be taken back.

    Raises:
        ConfigError: the database is open with a person's rights.
    """

    def __init__(
        self, database: Database, *, agent: str, scopes: Iterable[Permission] | None = None, undo_changes: UndoChanges | None = None
    ) -> None:
        if not database.as_agent:
            raise ConfigError("database: open it with as_agent=True; the tools of an agent do not run with a person's rights.")
        self._db = database
        self.agent = agent
        self.permissions = permissions_of(Role.AGENT, scopes)
        self._undo_changes = undo_changes

    async def find_account(self, text: str) -> Found:
        """Find accounts and people by any part of a name, a domain or an e-mail address. Begin here when you are given a name.

        Args:
            text: part of a name, a domain or an address.
        """
        return await accounts.find(self._db, text)

    async def brief(self, account: str, max_chars: int = 6000) -> Brief:
        """Everything about an account that you need before you act on it: health, people, whose turn it is, what was said last.

        Args:
            account: its id, domain or exact name.
            max_chars: how long the text may be; 500 or more.
        """

        async def work(session: Session) -> Brief:
            return await accounts.brief_of(session, await find_account(session, account), max_chars)

        return await self._db.run(work)

    async def who_next(self, account: str) -> WhoNext:
        """Whom of an account to talk to next and why, the warm path to them, and whom not to write to now and why not.

        Args:
            account: its id, domain or exact name.
        """

        async def work(session: Session) -> WhoNext:
            return await accounts.who_next(session, await find_account(session, account))

        return await self._db.run(work)

    async def context(self, contact: str, max_chars: int = 8000) -> ContactContext:
        """All that a message to a person needs: who they are, what was said, what they care about, and whether they may be written to.

        Args:
            contact: an e-mail address, an id, or the exact first and last name.
            max_chars: how long the text may be; 500 or more.
        """

        async def work(session: Session) -> ContactContext:
            return await accounts.context_of(session, await find_contact(session, contact), max_chars)

        return await self._db.run(work)

    async def why_not_written(self, contact: str, campaign: str | None = None) -> Why:
        """Why a person was, or was not, written to: each decision with its rule and reason, and what stands against writing to them.

        Args:
            contact: an e-mail address, an id, or the exact first and last name.
            campaign: the name of a campaign; left out, all of them.
        """

        async def work(session: Session) -> Why:
            return await explaining.why_not(session, await find_contact(session, contact), campaign)

        return await self._db.run(work)

    async def propose_message(
        self,
        contact: str,
        channel: Literal["email", "sms", "whatsapp", "linkedin", "call"],
        body: str,
        *,
        subject: str | None = None,
        why: str | None = None,
        mentions: str | None = None,
        in_thread: bool = False,
    ) -> Asked:
        """Propose a message to a person. A colleague of ours sees exactly these words and approves, changes or rejects them.

        The rules for campaigns hold: who is suppressed is refused at once. On linkedin and call, the words become a task for one of us.

        Args:
            contact: an e-mail address, an id, or the exact first and last name.
            channel: how it is to reach them.
            body: the words, without signature and legal footer, which are added.
            subject: of an e-mail; left out on the other channels, and in a thread.
            why: why you propose it, for whoever approves it.
            mentions: the person of their account whom the words name, where they name one.
            in_thread: go on in the thread of our last e-mail to them, as an answer does.
        """
        return await self._ask(contact, Words(channel, body, subject, why, mentions, in_thread), alone=False)

    async def send_message(
        self,
        contact: str,
        channel: Literal["email", "sms", "whatsapp"],
        body: str,
        *,
        subject: str | None = None,
        why: str | None = None,
        in_thread: bool = False,
    ) -> Asked:
        """Send a message to a person without asking, within your budget of the day; else it becomes a proposal, and the answer says why.

        It leaves within the recipient's hours and the caps of mailbox, account and person.

        Args:
            contact: an e-mail address, an id, or the exact first and last name.
            channel: how it is to reach them.
            body: the words, without signature and legal footer, which are added.
            subject: of an e-mail; left out on the other channels, and in a thread.
            why: why you send it, for the record.
            in_thread: go on in the thread of our last e-mail to them, as an answer does.
        """
        return await self._ask(contact, Words(channel, body, subject, why, in_thread=in_thread), alone=True)

    async def record(
        self,
        contact: str,
        what: Literal["call", "meeting", "note"],
        text: str,
        at: datetime | None = None,
        minutes: int | None = None,
    ) -> Recorded:
        """Write down what happened with a person: a call, a meeting, or a note.

        Args:
            contact: an e-mail address, an id, or the exact first and last name.
            what: call, meeting or note.
            text: what was said, or what is to be remembered.
            at: when it was, ISO 8601 with an offset; left out, now.
            minutes: how long a call or meeting took.
        """

        async def work(session: Session) -> Recorded:
            found = await find_contact(session, contact)
            return await recording.record(session, self.agent, found, what, text, at=at, minutes=minutes)

        return await self._db.run(work)

    async def learn(self, about: str, facts: dict[str, str], source: str, kind: Literal["contact", "account"] = "contact") -> Learned:
        """Keep what you found out about a person or an account, with its source, where the next message finds it.

        Args:
            about: the contact (address, id, exact name) or the account (domain, id, exact name).
            facts: names such as uses_kubernetes with what is known; a name that is known already is replaced.
            source: where it is from: a web address, a document, who said it.
            kind: contact or account.
        """

        async def work(session: Session) -> Learned:
            found = await (find_contact(session, about) if kind == "contact" else find_account(session, about))
            return await recording.learn(session, self.agent, found, facts, source)

        return await self._db.run(work)

    async def list_tasks(self, account: str | None = None, limit: int = 20) -> Tasks:
        """Work that waits for people: replies to answer, calls, messages on LinkedIn, questions. What is due first comes first.

        Args:
            account: its id, domain or exact name; left out, all of them.
            limit: at most so many, 1 to 100.
        """

        async def work(session: Session) -> Tasks:
            return await tasks_told(session, (await find_account(session, account)).id if account else None, limit)

        return await self._db.run(work)

    async def simulate(self, campaign: str, days: int = 30, seed: int = 0) -> Simulated:
        """Try a campaign on a virtual calendar: who would be written to when, what the rules would put off, where people end.

        Nothing is sent and nothing changes. People answer at typical rates; the same seed gives the same course.

        Args:
            campaign: its name.
            days: for how many days from now, 1 to 365.
            seed: of what is drawn.
        """
        if not 1 <= days <= _MOST_DAYS:
            raise InvalidValueError("days", f"must be 1 to {_MOST_DAYS}.")
        start = self._db.now()
        until = start + timedelta(days=days)
        return simulation_told(await simulate(self._db, campaign, start=start, until=until, behaviour=TYPICAL, seed=seed))

    async def budget(self) -> Budget:
        """What you may still do today: messages that leave by themselves, proposals, and the channels that are open to you."""

        return await self._db.run(lambda session: budget_told(session, self.agent, self.permissions))

    async def undo(self, last: int = 1, what: Literal["messages", "changes"] = "messages") -> Undone:
        """Take back the last things that you did yourself: messages that have not left, or what you recorded and learnt.

        Args:
            last: how many, 1 to 20.
            what: messages, or changes: recorded calls, meetings and notes, learnt facts.
        """
        undoing.check_count(last)
        if what == "messages":
            return await self._db.run(lambda session: undoing.undo_messages(session, self.agent, last))
        if Permission.GRAPH_WRITE not in self.permissions:
            raise NotPermittedError(f"{self.agent} may not change what is recorded, nor take it back; ask a person to correct it.")
        if (changes := self._undo_changes) is None:
            raise ToolError("What was recorded or learnt cannot be taken back here; ask a person to correct it.")
        return undoing.told(*await changes(self.agent, last))

    def tool_definitions(self) -> list[ToolDefinition]:
        """The tools that this agent may use."""
        return [tool.definition for name, tool in tools().items() if KINDS[name].permission in self.permissions]

    async def call(self, name: str, arguments: Mapping[str, Any] | str | None = None) -> dict[str, Any]:
        """Call a tool as a model asks for it: `arguments` as an object or as JSON text. Gives plain data.

        Raises:
            NotPermittedError: there is no such tool, or the agent may not use it.
            AccountGraphError: what the tool itself raises; the text is for the model, and says what to do instead.
        """
        tool = tools().get(name)
        if tool is None or KINDS[name].permission not in self.permissions:
            able = ", ".join(definition.name for definition in self.tool_definitions())
            raise NotPermittedError(f"There is no tool {name!r} for {self.agent}; it may use {able}.")
        answer = await getattr(self, name)(**arguments_of(tool, arguments))
        plain: dict[str, Any] = msgspec.to_builtins(answer)
        return plain

    def functions(self) -> list[Callable[..., Awaitable[dict[str, Any]]]]:
        """The tools as functions that give plain data, for frameworks that read signature and docstring (pydantic-ai, LangGraph)."""
        return [plain(getattr(self, definition.name)) for definition in self.tool_definitions()]

    async def _ask(self, contact: str, words: Words, *, alone: bool) -> Asked:
        return await self._db.run(lambda session: proposing.ask(session, self.agent, contact, words, alone=alone))


@cache
def tools() -> dict[str, Tool]:
    """All tools by name."""
    return {name: tool_of(getattr(Toolbox, name), kind) for name, kind in KINDS.items()}
