"""From the editor's form to a campaign as plain data. A field is named by where it stands in a campaign's file.

What is no number is left as it was written, so that it is told at its field like every other problem.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.definition.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.dashboard.forms import Form

_NUMBER = re.compile(r"-?\d{1,9}")
_SPLIT = re.compile(r"[,\n]")
YES_NO = {"yes": True, "no": False}
AUDIENCE_WORDS = ("account_tier", "account_status", "size", "seniority_level")  # boxes
AUDIENCE_LISTS = ("industry", "country", "role", "companies", "contacts")  # written, with commas or a line each
AUDIENCE_NUMBERS = ("silent_for_days", "most_per_account")
CONDITION_CHOICES = ("opened", "clicked", "has_phone", "has_linkedin", "has_colleague")
POLICY_NUMBERS = (
    "pace.most_touchpoints",
    "sender.per_day",
    "sender.per_hour",
    "account.most_contacts_at_once",
    "account.touches_per_week",
    "contact.business_days_between",
    "exclusions.live_thread_days",
)
POLICY_BOXES = (
    "requires_approval",
    "is_exclusive",
    "schedule.skip_holidays",
    "exclusions.customers",
    "exclusions.open_opportunities",
    "exclusions.competitors",
    "exclusions.owner_exclusions",
)


def data_of(form: Form) -> tuple[dict[str, Any], list[Problem]]:
    """The campaign as the form has it, and what had to be put right so that nothing that was written is lost."""
    templates, renamed, notes = _templates(form)
    data = {
        "name": form.get("name"),
        "description": form.text("description"),
        "topic": form.get("topic") or None,
        "senders": _list(form, "senders"),
        "approach_colleagues": form.is_on("approach_colleagues") or None,
        "audience": _given(_audience(form)),
        "steps": _steps(form, renamed),
        "templates": templates,
        "policy": _policy(form),
    }
    return {name: value for name, value in data.items() if name in {"name", "steps"} or value not in (None, [], {})}, notes


def _audience(form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {name: form.all(f"audience.{name}") for name in AUDIENCE_WORDS}
    found |= {name: _list(form, f"audience.{name}") for name in AUDIENCE_LISTS}
    found |= {name: _number(form, f"audience.{name}") for name in AUDIENCE_NUMBERS}
    found["is_decision_maker"] = YES_NO.get(form.get("audience.is_decision_maker"))
    found["has_attributes"] = dict(_attributes(form.text("audience.has_attributes") or ""))
    return found


def _attributes(text: str) -> Iterator[tuple[str, Any]]:
    """A line each: `name = value`."""
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition("="))
        if name:
            word = value.strip('"')
            yield name, {"true": True, "false": False}.get(word, _as_number(value))


def _steps(form: Form, templates: dict[str, str]) -> list[dict[str, Any]]:
    places = _places(form, "steps", "key")
    keys = {form.get(f"{at}.was"): form.get(f"{at}.key") for at in places}
    return [_step(form, at, keys, templates) for at in places]


def _step(form: Form, at: str, keys: dict[str, str], templates: dict[str, str]) -> dict[str, Any]:
    """A step; what it names by a key that was changed in the same form is called by the new one."""
    track, channel, template = form.get(f"{at}.track"), form.get(f"{at}.channel"), form.get(f"{at}.template")
    found = {
        "key": form.get(f"{at}.key"),
        "track": track if track != "main" else None,
        "wait_business_days": _number(form, f"{at}.wait_business_days"),
        "channel": channel,
        "template": templates.get(template, template),
        "instructions": form.text(f"{at}.instructions"),
        "same_thread": None if form.is_on(f"{at}.same_thread") else False,
        "only_if": _condition(form, f"{at}.only_if"),
        "branches": [_branch(form, one, keys) for one in _places(form, f"{at}.branches", "to")],
        "needs_approval": YES_NO.get(form.get(f"{at}.needs_approval")),
        "drafted": True if form.is_on(f"{at}.drafted") else None,
        "max_words": _number(form, f"{at}.max_words"),
        "trusts_drafts": YES_NO.get(form.get(f"{at}.trusts_drafts")),
    }
    return {"key": found["key"], **_given(found)}


def _branch(form: Form, at: str, keys: dict[str, str]) -> dict[str, Any]:
    to = form.get(f"{at}.to")
    return {"condition": _condition(form, f"{at}.condition"), "to": keys.get(to, to) if to else to}


def _condition(form: Form, at: str) -> dict[str, Any]:
    found: dict[str, Any] = {name: YES_NO.get(form.get(f"{at}.{name}")) for name in CONDITION_CHOICES}
    found["engagement_at_least"] = _number(form, f"{at}.engagement_at_least")
    found["qualification_tier"] = form.all(f"{at}.qualification_tier")
    return _given(found)


def _templates(form: Form) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
    """Templates by name, which names they have instead of old ones, and whose name had to be another."""
    found: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    notes = []
    for at in _places(form, "templates", "name"):
        wanted = form.get(f"{at}.name")
        name = wanted or "words"
        for number in range(2, len(found) + 3):
            if name not in found:
                break
            name = f"{wanted or 'words'}-{number}"
        if name != wanted:
            notes.append(Problem(f"templates.{name}", f"has a name of its own now, {name!r}.", "Call it as you like."))
        if was := form.get(f"{at}.was"):
            renamed[was] = name
        found[name] = _given({"subject": form.text(f"{at}.subject"), "body": form.text(f"{at}.body"), "variants": _variants(form, at)})
    return found, renamed, notes


def _variants(form: Form, at: str) -> list[dict[str, Any]]:
    places = _places(form, f"{at}.variants", "key")
    return [
        {
            "key": form.get(f"{one}.key"),
            **_given({"subject": form.text(f"{one}.subject"), "weight": _number(form, f"{one}.weight")}),
            "body": form.text(f"{one}.body") or "",
        }
        for one in places
    ]


def _policy(form: Form) -> dict[str, Any]:
    """What the form shows of the policy, within all of it, which it carries."""
    policy = _carried(form)
    for name in POLICY_NUMBERS:
        _put(policy, name, _number(form, f"policy.{name}"))
    for name in POLICY_BOXES:
        _put(policy, name, form.is_on(f"policy.{name}"))
    _put(policy, "reentry", form.get("policy.reentry") or None)
    gaps = _list(form, "policy.pace.gaps_business_days")
    _put(policy, "pace.gaps_business_days", [_as_number(one) for one in gaps] or None)
    _put(policy, "schedule.email.days", [_as_number(one) for one in form.all("policy.schedule.email.days")])
    for name in ("start", "end"):
        _put(policy, f"schedule.email.{name}", form.get(f"policy.schedule.email.{name}") or None)
    return policy


def _carried(form: Form) -> dict[str, Any]:
    try:
        carried = json.loads(form.text("base") or "{}")
    except ValueError:
        return {}
    return deepcopy(carried) if isinstance(carried, dict) else {}


def _put(data: dict[str, Any], path: str, value: object) -> None:
    """Set a value; None takes it away, so that the default holds."""
    *above, last = path.split(".")
    for part in above:
        inner = data.get(part)
        data[part] = data = inner if isinstance(inner, dict) else {}
    if value is None:
        data.pop(last, None)
    else:
        data[last] = value


def _places(form: Form, what: str, field: str) -> list[str]:
    """Where the parts of a list stand in the form, in their order: `steps[0]`, `steps[1]`."""
    pattern = re.compile(rf"{re.escape(what)}\[(\d{{1,4}})\]\.{field}")
    numbers = sorted({int(found[1]) for name in form.fields if (found := pattern.fullmatch(name))})
    return [f"{what}[{number}]" for number in numbers]


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _number(form: Form, name: str) -> int | str | None:
    value = form.get(name)
    return _as_number(value) if value else None


def _as_number(value: str) -> int | str:
    return int(value) if _NUMBER.fullmatch(value) else value


def _list(form: Form, name: str) -> list[str]:
    return [part for one in form.all(name) for part in (piece.strip() for piece in _SPLIT.split(one)) if part]
