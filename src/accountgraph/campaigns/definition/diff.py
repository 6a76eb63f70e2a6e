"""What applying a campaign would change, key by key, for a person to read."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from accountgraph.campaigns.definition.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.campaigns.definition.campaign import CampaignDefinition

_NONE = object()


class Change(Struct, frozen=True):
    """One key: `before` and `after` as text, None where it is not there. Steps and variants go by their own keys, not their places."""

    key: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.key}: {self.after}"
        if self.after is None:
            return f"- {self.key}: {self.before}"
        if "\n" in self.before or "\n" in self.after:
            lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=1)
            return "\n".join([f"~ {self.key}:", *(f"    {line}" for line in list(lines)[2:] if not line.startswith("@@"))])
        return f"~ {self.key}: {self.before} -> {self.after}"


def diff(before: CampaignDefinition | None, after: CampaignDefinition) -> list[Change]:
    """What `after` changes, in the order of the file; without a `before`, its steps and templates as they are added."""
    if before is None:
        return list(_added(after))
    return list(_changes("", msgspec.to_builtins(before), msgspec.to_builtins(after)))


def own_policy(definition: CampaignDefinition) -> list[Change]:
    """What of a campaign's policy is not as by default: `before` is the default."""
    return diff(msgspec.structs.replace(definition, policy=Policy()), definition)


def _added(definition: CampaignDefinition) -> Iterator[Change]:
    for step in definition.steps:
        yield Change(f"steps.{step.key}", None, _said(msgspec.to_builtins(step)))
    for name, template in definition.templates.items():
        yield Change(f"templates.{name}", None, template.subject or template.body)


def _changes(key: str, before: Any, after: Any) -> Iterator[Change]:  # noqa: ANN401 - plain data of any shape
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _changes(f"{key}.{name}" if key else name, before.get(name, _NONE), after.get(name, _NONE))
    elif _is_keyed(before) and _is_keyed(after):
        orders = [[one["key"] for one in rows] for rows in (before, after)]
        yield from _changes(key, *({one["key"]: one for one in rows} for rows in (before, after)))
        if _kept(*orders) != _kept(*reversed(orders)):
            yield Change(f"{key} (order)", *(", ".join(order) for order in orders))
    else:
        yield Change(key, *(None if value is _NONE else _said(value) for value in (before, after)))


def _is_keyed(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, dict) and "key" in one for one in value)


def _kept(order: list[str], other: list[str]) -> list[str]:
    return [key for key in order if key in other]


def _said(value: Any) -> str:  # noqa: ANN401 - plain data of any shape
    match value:
        case None:
            return "none"
        case str():
            return value
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(_said(one) for one in value)}]"
        case dict():
            told = (f"{name}: {_said(one)}" for name, one in value.items() if one not in (None, (), {}))
            return f"{{{', '.join(told)}}}"
        case _:
            return str(value)
