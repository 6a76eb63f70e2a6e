"""A campaign that is being written: its data, what it says in plain words, what is wrong with it and where, and what it would change."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.campaigns.apply import plan
from accountgraph.campaigns.definition.audience import Audience
from accountgraph.campaigns.definition.campaign import CampaignDefinition, Template, Variant
from accountgraph.campaigns.definition.file import from_data, parse, without_defaults
from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.definition.problems import DefinitionError, Problem
from accountgraph.campaigns.definition.steps import Condition, Step
from accountgraph.campaigns.telling import tell
from accountgraph.campaigns.telling_policy import tell_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.campaigns.definition.diff import Change
    from accountgraph.campaigns.telling import ToldStep
    from accountgraph.campaigns.telling_policy import ToldPart
    from accountgraph.db import Connectable

_LAST = re.compile(r"(\.\w+|\[[^\]]*\])$")
_MISSING = Problem("name", "is missing.", "Give the campaign a name: small letters, digits, - and _.")


@dataclass
class Draft:
    """A campaign as it is being written. `definition` None: it is none yet. `changes`: against the newest version, `latest`.

    `text`: the file, where it is edited as one; else `data` is edited field by field.
    """

    data: dict[str, Any]
    text: str | None = None
    definition: CampaignDefinition | None = None
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    latest: int | None = None

    @property
    def is_sound(self) -> bool:
        """Whether it can be kept."""
        return self.definition is not None and all(one.is_note for one in self.problems)

    @property
    def steps(self) -> list[ToldStep]:
        """The sequence in plain words."""
        return tell(self.definition) if self.definition else []

    @property
    def parts(self) -> list[ToldPart]:
        """Audience and policy in plain words."""
        return tell_policy(self.definition) if self.definition else []

    @property
    def base(self) -> str:
        """What the form does not show, and carries."""
        return json.dumps(self.data.get("policy", {}), ensure_ascii=False)

    @property
    def shown(self) -> dict[str, Any]:
        """The data with everything that is as it is by default."""
        found = _merged({"topic": None, **_builtins(CampaignDefinition(name="", steps=()))}, self.data)
        found["audience"] = _merged(_builtins(Audience()), found["audience"])
        found["policy"] = _merged(_builtins(Policy()), found["policy"])
        found["steps"] = [_shown_step(one) for one in self.data.get("steps", ())]
        templates = self.data.get("templates", {})
        found["templates"] = [{"name": name, **_shown_template(one)} for name, one in templates.items()]
        return found

    def at(self, name: str) -> list[Problem]:
        """The problems of one field."""
        return self._placed().get(name, [])

    def field_of(self, problem: Problem) -> str:
        """The field that a problem is shown at; empty where there is none for it."""
        key = self._in_form(problem.key)
        while key and not _is_field(key):
            key = _LAST.sub("", key) if _LAST.search(key) else ""
        return key

    def _placed(self) -> dict[str, list[Problem]]:
        placed: dict[str, list[Problem]] = {}
        for one in self.problems:
            placed.setdefault(self.field_of(one), []).append(one)
        return placed

    def _in_form(self, key: str) -> str:
        """Templates stand in the form by their places."""
        for number, name in enumerate(self.data.get("templates", {})):
            if key == f"templates.{name}" or key.startswith(f"templates.{name}."):
                rest = key.removeprefix(f"templates.{name}")
                return f"templates[{number}]{rest or '.name'}"
        return {"audience": "audience.most_per_account", "steps": "steps[0].key"}.get(key, key + (".key" if _STEP.fullmatch(key) else ""))


_STEP = re.compile(r"steps\[\d+\]")
_FIELDS = re.compile(
    r"name|description|topic|senders|audience\.\w+|steps\[\d+\]\.(key|track|wait_business_days|channel|template|instructions|same_thread"
    r"|needs_approval|drafted|max_words|trusts_drafts|only_if|branches\[\d+\]\.(to|condition))"
    r"|templates\[\d+\]\.(name|subject|body|variants\[\d+\]\.(key|subject|body|weight))"
    r"|policy\.(reentry|pace\.(most_touchpoints|gaps_business_days)|schedule\.email\.(days|start|end)|sender\.per_(day|hour)"
    r"|account\.\w+|contact\.\w+|exclusions\.live_thread_days)"
)


def _is_field(key: str) -> bool:
    return _FIELDS.fullmatch(key) is not None


async def drafted(db: Connectable, data: dict[str, Any], notes: Sequence[Problem] = (), *, with_audience: bool = False) -> Draft:
    """What is to be said of a campaign as the form has it."""
    draft = Draft(data)
    if not data.get("name"):
        draft.problems.append(_MISSING)
        data = {**data, "name": "without-a-name"}
    try:
        draft.definition = from_data(data)
    except DefinitionError as error:
        draft.problems += error.problems
        return draft
    await _planned(db, draft, with_audience=with_audience)
    draft.problems += notes
    return draft


async def drafted_as_text(db: Connectable, text: str, *, with_audience: bool = False) -> Draft:
    """The same of a TOML file."""
    draft = Draft({}, text)
    try:
        draft.definition = parse(text, "toml", source="file")
    except DefinitionError as error:
        draft.problems += error.problems
        return draft
    draft.data = without_defaults(draft.definition)
    await _planned(db, draft, with_audience=with_audience)
    return draft


async def _planned(db: Connectable, draft: Draft, *, with_audience: bool) -> None:
    assert draft.definition is not None  # noqa: S101 - the callers made it
    found = await plan(db, draft.definition, with_audience=with_audience)
    draft.problems += found.problems
    draft.changes, draft.latest = found.changes, found.latest


def _shown_step(step: dict[str, Any]) -> dict[str, Any]:
    found = {"drafted": None, "max_words": None, "trusts_drafts": None, **_builtins(Step(key="")), **step}
    found["only_if"] = _merged(_builtins(Condition()), step.get("only_if"))
    found["branches"] = [
        {"to": one.get("to", ""), "condition": _merged(_builtins(Condition()), one.get("condition"))} for one in step.get("branches", ())
    ]
    return found


def _shown_template(template: dict[str, Any]) -> dict[str, Any]:
    found = _merged(_builtins(Template()), template)
    found["variants"] = [_merged(_builtins(Variant(key="", body="")), one) for one in template.get("variants", ())]
    return found


def _builtins(value: object) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(value)
    return found


def _merged(default: dict[str, Any], given: object) -> dict[str, Any]:
    """What is given over what is by default, table by table."""
    if not isinstance(given, dict):
        return default
    found = {**default, **given}
    for name, value in default.items():
        if isinstance(value, dict):
            found[name] = _merged(value, given.get(name))
    return found
