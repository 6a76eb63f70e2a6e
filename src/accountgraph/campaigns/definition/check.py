"""Everything that is wrong with a campaign, found without running it: all problems at once, each with its cure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import UNSET

from accountgraph.campaigns.definition import contradictions
from accountgraph.campaigns.definition.problems import DefinitionError, Problem, nearest
from accountgraph.campaigns.definition.steps import Condition, Track
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from accountgraph.campaigns.definition.campaign import CampaignDefinition, Template, Variant
    from accountgraph.campaigns.definition.steps import Step

    TemplateCheck = Callable[[str], Iterable[str]]

WRITTEN = frozenset({Channel.EMAIL, Channel.SMS, Channel.WHATSAPP})
_COUNTRY = re.compile(r"[A-Z]{2}")


def check(definition: CampaignDefinition, check_template: TemplateCheck) -> list[Problem]:
    """All that is wrong, in the order of the file, then what is worth knowing.

    `check_template` says what is wrong with the text of a template.
    """
    found = [
        *_audience(definition),
        *_keys(definition.steps),
        *_branches(definition),
        *_reach(definition),
        *_messages(definition),
        *_drafted(definition),
        *_templates(definition, check_template),
        *contradictions.of(definition),
    ]
    return sorted(found, key=lambda problem: problem.is_note)


def refuse(source: str, problems: Sequence[Problem]) -> None:
    """Go on only where nothing but notes was found.

    Raises:
        DefinitionError: with every problem.
    """
    wrong = [problem for problem in problems if not problem.is_note]
    if wrong:
        raise DefinitionError(source, wrong)


def _audience(definition: CampaignDefinition) -> Iterator[Problem]:
    audience = definition.audience
    if audience.is_nobody and not definition.approach_colleagues:
        yield Problem("audience", "is nobody: the campaign takes only people who are given to it one by one.", is_note=True)
    for keys in (audience.contact_keys, audience.company_keys):
        try:
            keys()
        except InvalidValueError as error:
            yield Problem(error.field, str(error).removeprefix(f"{error.field}: "))
    for number, country in enumerate(audience.country):
        if not _COUNTRY.fullmatch(country):
            yield Problem(f"audience.country[{number}]", f"{country!r} is no country.", "Give its two letters (ISO 3166), like DE.")


def _keys(steps: Sequence[Step]) -> Iterator[Problem]:
    if not steps:
        yield Problem("steps", "the campaign has no step.", "Add one.")
    elif not any(step.track == Track.MAIN for step in steps):
        yield Problem("steps", "no step is on the main track, where everybody begins.", 'Give one track = "main".')
    seen: set[str] = set()
    for number, step in enumerate(steps):
        if step.key in seen:
            yield Problem(f"steps[{number}].key", f"{step.key!r} is there twice.", "Give each step a key of its own.")
        seen.add(step.key)


def _branches(definition: CampaignDefinition) -> Iterator[Problem]:
    places = {step.key: number for number, step in reversed(list(enumerate(definition.steps)))}
    for number, step in enumerate(definition.steps):
        for nth, branch in enumerate(step.branches):
            key = f"steps[{number}].branches[{nth}]"
            if branch.to not in places:
                yield Problem(f"{key}.to", f"there is no step {branch.to!r}.", nearest(branch.to, places))
            elif definition.steps[places[branch.to]].track != step.track:
                yield Problem(f"{key}.to", f"{branch.to!r} is on another track.", "Only a reaction to a signal changes the track.")
            elif places[branch.to] <= number:
                yield Problem(f"{key}.to", f"{branch.to!r} stands before {step.key!r}: a loop.", "Branch to a step below.")
            if branch.condition == Condition():
                yield Problem(f"{key}.condition", "holds always, so that what is below is never looked at.", "Give a condition.")
        if step.only_if == Condition():
            yield Problem(f"steps[{number}].only_if", "holds always.", "Give a condition, or leave it out.")


def _reach(definition: CampaignDefinition) -> Iterator[Problem]:
    """Steps that nobody comes to."""
    reactions = definition.policy.reactions
    switched = {getattr(getattr(reactions, name), "rest_track", None) for name in reactions.__struct_fields__}
    for number, step in enumerate(definition.steps):
        if step.track != Track.MAIN and step.track not in switched:
            cure = f'Let a reaction switch to it (rest = "switch_track", rest_track = "{step.track}"), or remove the step.'
            yield Problem(f"steps[{number}].track", f"nothing leads to the {step.track} track.", cure)
    most = definition.policy.pace.most_touchpoints
    for key, touches in _fewest_touches(definition).items():
        if touches >= most:
            number = next(place for place, step in enumerate(definition.steps) if step.key == key)
            message = f"{key!r} is never reached: policy.pace.most_touchpoints is {most}, and {touches} come before it."
            yield Problem(f"steps[{number}]", message, "Raise it, or remove the step.")


def _fewest_touches(definition: CampaignDefinition) -> dict[str, int]:
    """For each step of the main track, the touches before it on the shortest way there."""
    steps = [step for step in definition.steps if step.track == Track.MAIN]
    fewest = {steps[0].key: 0} if steps else {}
    for number, step in enumerate(steps):
        after = fewest.get(step.key, 0) + (step.only_if is None)
        below = [steps[number + 1].key] if number + 1 < len(steps) else []
        for key in [*below, *(branch.to for branch in step.branches)]:
            fewest[key] = min(fewest.get(key, after), after)
    return {step.key: fewest[step.key] for step in steps}


def _messages(definition: CampaignDefinition) -> Iterator[Problem]:
    order = definition.policy.channels.order
    first_mail, sms = True, False
    for number, step in enumerate(definition.steps):
        key = f"steps[{number}]"
        channels = {step.channel} if step.channel else {rule.channel for rule in order}
        if not channels:
            yield Problem(f"{key}.channel", "is missing, and the policy has no channels to choose from.", "Give a channel.")
        if channels & WRITTEN and step.template is None:
            yield Problem(f"{key}.template", "a message needs its words.", "Name one of the templates.")
        elif step.template is None and step.instructions is None:
            yield Problem(key, f"nothing says what to do on {step.channel}.", "Give instructions or a template.")
        if Channel.EMAIL in channels:
            yield from _subject(definition, step, key, is_first=first_mail)
            first_mail = False
        sms |= Channel.SMS in channels
    if sms:
        yield Problem("steps", "SMS goes only to people whose consent is recorded; the others are passed over.", is_note=True)


def _drafted(definition: CampaignDefinition) -> Iterator[Problem]:
    """Steps that a model writes, and what only makes sense for those."""
    for number, step in enumerate(definition.steps):
        key = f"steps[{number}]"
        if step.is_drafted:
            yield from _draft(step, key)
        for field in ("max_words", "trusts_drafts"):
            if getattr(step, field) is not UNSET and not step.is_drafted:
                yield Problem(f"{key}.{field}", "is for messages that a model writes.", "Write drafted = true, or leave it out.")


def _draft(step: Step, key: str) -> Iterator[Problem]:
    if step.channel is not None and step.channel not in WRITTEN:
        yield Problem(f"{key}.drafted", f"nobody writes on {step.channel} but people.", "Leave it out; instructions say what to do.")
    elif step.template is None:
        yield Problem(f"{key}.template", "has to stand in where the model writes nothing.", "Name one of the templates.")
    if step.trusts_drafts is True and step.needs_approval is True:
        yield Problem(f"{key}.trusts_drafts", "a person approves it all the same: needs_approval is true.", "Leave one of them out.")


def _subject(definition: CampaignDefinition, step: Step, key: str, *, is_first: bool) -> Iterator[Problem]:
    template = definition.templates.get(step.template or "")
    if template is None or not (is_first or not step.same_thread):
        return
    variants = template.variants or (template,)
    if any((one.subject or template.subject) is None for one in variants):
        yield Problem(f"{key}.template", f"{step.template!r} has no subject, and this e-mail begins a thread.", "Give it a subject.")


def _templates(definition: CampaignDefinition, check_template: TemplateCheck) -> Iterator[Problem]:
    used = {step.template for step in definition.steps if step.template}
    for number, step in enumerate(definition.steps):
        if step.template and step.template not in definition.templates:
            cure = nearest(step.template, definition.templates)
            yield Problem(f"steps[{number}].template", f"there is no template {step.template!r}.", cure)
    for name, template in definition.templates.items():
        if name not in used:
            yield Problem(f"templates.{name}", "no step uses it.", "Use it or remove it.")
        for key, count in Counter(variant.key for variant in template.variants).items():
            if count > 1:
                yield Problem(f"templates.{name}.variants", f"{key!r} is there {count} times.", "Give each variant a key of its own.")
        if template.variants and template.body.strip():
            yield Problem(f"templates.{name}.body", "nobody gets it: the variants replace it.", "Make it a variant, or remove it.")
        for key, text in _texts(f"templates.{name}", template):
            for trouble in ["is empty; write it."] if not text.strip() else check_template(text):
                yield Problem(key, trouble)


def _texts(key: str, template: Template) -> Iterator[tuple[str, str]]:
    variants: list[tuple[str, Variant]] = [(f"{key}.variants[{number}]", variant) for number, variant in enumerate(template.variants)]
    bodies: list[tuple[str, Template | Variant]] = [*variants] or [(key, template)]
    for where, part in bodies:
        yield f"{where}.body", part.body
    parts: list[tuple[str, Template | Variant]] = [(key, template), *variants]
    for where, part in parts:
        if part.subject is not None:
            yield f"{where}.subject", part.subject
