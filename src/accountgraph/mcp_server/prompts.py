"""Prompts: pieces of work that a person starts by name, with what the model needs for them already there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mcp.types import GetPromptResult, Prompt, PromptArgument, PromptMessage, TextContent

from accountgraph.access import Permission
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.mcp_server.caller import Caller

_RULES = (
    "Use only facts that stand below or that a tool gave you. Write to nobody whom the tools say not to write to."
    " Where a tool refuses, say so and stop; do not look for another way."
)


class _Kind(NamedTuple):
    description: str
    about: str  # the argument: account or contact
    task: str
    permissions: frozenset[Permission] = frozenset({Permission.GRAPH_READ})


_PROPOSING = frozenset({Permission.GRAPH_READ, Permission.MESSAGES_PROPOSE})
_PROMPTS = {
    "prepare_outreach": _Kind(
        "Choose whom of an account to write to, and propose the message.",
        "account",
        "Choose one person of this account to write to now, with who_next and context. Then propose one short message with"
        " propose_message, and say in `why` which facts it rests on.",
        _PROPOSING,
    ),
    "account_review": _Kind(
        "Review an account: where it stands, what is missing, what to do this week.",
        "account",
        "Review this account for the colleague who owns it: where it stands and why, whose turn it is in each conversation,"
        " what is missing, and the three things to do this week.",
    ),
    "reply_to": _Kind(
        "Answer what somebody wrote last.",
        "contact",
        "Answer what this person wrote last: take up each of their points. Look with list_tasks for the task that waits for this answer,"
        " and propose the words with propose_message, in_thread where we wrote before; in `why`, name the task.",
        _PROPOSING,
    ),
}


def list_prompts(caller: Caller) -> list[Prompt]:
    """The prompts that the caller's scopes allow."""
    return [
        Prompt(
            name=name,
            description=kind.description,
            arguments=[
                PromptArgument(name=kind.about, description=_said_of(kind.about), required=True),
                PromptArgument(name="goal", description="What is to be reached, in a sentence.", required=False),
            ],
        )
        for name, kind in _PROMPTS.items()
        if kind.permissions <= caller.toolbox.permissions
    ]


async def get_prompt(caller: Caller, name: str, arguments: Mapping[str, str]) -> GetPromptResult:
    """A prompt with its facts.

    Raises:
        NotFoundError: no such prompt, account or contact.
        InvalidValueError: an argument is missing, or is not one of the prompt's.
        NotPermittedError: the caller's scopes do not cover it.
    """
    kind = _PROMPTS.get(name)
    if kind is None:
        raise NotFoundError(f"There is no prompt {name!r}; there are {', '.join(_PROMPTS)}.")
    for permission in sorted(kind.permissions):
        caller.check(permission, f"The prompt {name}")
    if unknown := sorted(set(arguments) - {kind.about, "goal"}):
        raise InvalidValueError(unknown[0], f"is no argument of {name}; it takes {kind.about} and goal.")
    said = arguments.get(kind.about, "").strip()
    if not said:
        raise InvalidValueError(kind.about, f"is missing: {_said_of(kind.about)}")
    facts = (await caller.toolbox.brief(said)).text if kind.about == "account" else (await caller.toolbox.context(said)).text
    goal = arguments.get("goal", "").strip()
    parts = [kind.task, *([f"What is to be reached: {goal}"] if goal else []), _RULES, facts]
    message = PromptMessage(role="user", content=TextContent(type="text", text="\n\n".join(parts)))
    return GetPromptResult(description=kind.description, messages=[message])


def _said_of(about: str) -> str:
    return "id, domain or exact name." if about == "account" else "an e-mail address, an id, or the exact first and last name."
