"""Templates: the words of campaigns, with their versions, and how each person would read them while one writes."""

from __future__ import annotations

import asyncio
import re
from difflib import unified_diff
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from accountgraph.access import Permission
from accountgraph.api.parameters import invalid
from accountgraph.api.refusals import problem_of
from accountgraph.campaigns.definition.campaign import Template
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.campaigns.messages.grammar import FILTERS, VARIABLES
from accountgraph.campaigns.templates import change_template, preview_template, template_versions
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import Typed, check_seen, does, drawn, shows, state_of, to
from accountgraph.errors import AccountGraphError, InvalidValueError
from accountgraph.http.problems import FieldProblem
from accountgraph.listing import page_contacts, page_templates
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.campaigns.apply import Applied
    from accountgraph.campaigns.messages.preview import Preview
    from accountgraph.campaigns.templates import TemplateVersion
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Session
    from accountgraph.models import Contact

FIRST = "a"  # what the words until now are called, once there is a variant beside them
_WEIGHT = re.compile(r"[0-9]{1,4}")
_ROWS = 50
_PEOPLE = 100  # that the preview can be chosen for


async def templates_page(visit: Visit, typed: Typed) -> Response:
    """All of them, each in its newest version."""
    found = await page_templates(visit.db, limit=_ROWS, after=visit.asked("after"))
    return drawn(visit, "sending/templates", "Templates", "templates", typed, templates=found.items, following=found.next)


async def template_page(visit: Visit, typed: Typed) -> Response:
    """One: its words, what a chosen person would get, its versions."""
    chosen = typed.value(typed.form, "contact_id") or visit.asked("contact_id") or ""
    words = _given(typed.fields) if typed.fields else None
    return await _page(visit, typed, chosen, words)


async def _page(visit: Visit, typed: Typed, chosen: str, words: Template | None, *, is_tried: bool = False) -> Response:
    campaign, name = visit.request.path_params["campaign"], visit.request.path_params["template"]
    versions, people = await asyncio.gather(template_versions(visit.db, campaign, name), _people(visit, chosen))
    person = _among(people, chosen)
    previews, problem = await _previews(visit, person, words) if person else ([], "" if people else "There are no people yet.")
    return drawn(
        visit,
        "sending/template",
        f"{campaign}/{name}",
        "templates",
        typed,
        path=_address(visit),
        campaign=campaign,
        name=name,
        newest=versions[0].definition,
        shown=words or versions[0].definition,
        versions=_told(versions),
        seen=typed.seen("words", state_of(versions[0].definition)),
        now_said="\n".join(_text(versions[0].definition)),
        lost=typed.value("words", "body") if typed.is_clash("words") and versions[0].definition.variants else "",
        people=people,
        person=person,
        previews=previews,
        problem=problem,
        variables=VARIABLES,
        filters=sorted(FILTERS),
        status=200 if is_tried else typed.status,
    )


async def preview(visit: Visit, form: Form) -> Response:
    """What the words in the form would become; nothing is kept."""
    typed = Typed("words", form.fields)
    return await _page(visit, typed, form.get("contact_id"), _given(form.fields), is_tried=True)


async def change(visit: Visit, form: Form) -> Done:
    """Other words: a new version of the campaign."""
    campaign, name = visit.request.path_params["campaign"], visit.request.path_params["template"]
    words = _checked(form)

    async def work(session: Session) -> Applied:
        found = await find_campaign(session, campaign)
        await session.value("campaigns.campaigns.lock_by_id", {"id": found.id})
        check_seen(form, (await template_versions(session, campaign, name))[0].definition)
        return await change_template(session, campaign, name, words)

    applied = await visit.db.run(work)
    page = _address(visit)
    if not applied.is_changed:
        return Done("These are the words it has already.", to=page)
    return Done(f"{name} has new words, in version {applied.number} of {campaign}. Live, they leave once its preview is approved.", to=page)


async def _previews(visit: Visit, person: UUID, words: Template | None) -> tuple[list[Preview], str]:
    campaign, name = visit.request.path_params["campaign"], visit.request.path_params["template"]
    try:
        found = await preview_template(visit.db, campaign, name, person, visit.now, words=words)
    except AccountGraphError as error:
        problem = problem_of(error)
        return [], "; ".join(one.message for one in problem.errors) or problem.detail or problem.title
    return found, "" if found else "No step of the campaign uses this template."


def _address(visit: Visit) -> str:
    given = visit.request.path_params
    return to(visit, f"templates/{quote(given['campaign'], safe='')}/{quote(given['template'], safe='')}")


async def _people(visit: Visit, chosen: str) -> list[Contact]:
    """Whom one may choose: the first ones, and who is chosen already."""
    people = (await page_contacts(visit.db, limit=_PEOPLE)).items
    try:
        key = UUID(chosen)
    except ValueError:
        return people
    more = None if key in {one.id for one in people} else await ContactRepository(visit.db).get_contact_by_id(key)
    return [more, *people] if more else people


def _among(people: list[Contact], chosen: str) -> UUID | None:
    """The person of this id; the first where it says none of them."""
    return next((one.id for one in people if str(one.id) == chosen), people[0].id if people else None)


def _given(fields: Any) -> Template:  # noqa: ANN401 - a form's fields
    """The words that a form says, before anybody has looked whether they can be."""
    said = {name: values[-1].replace("\r\n", "\n") for name, values in fields.items() if values}
    keys = [name.removeprefix("variant.").removesuffix(".body") for name in said if name.startswith("variant.") and name.endswith(".body")]
    variants = []
    for key in keys:
        weight, words = said.get(f"variant.{key}.weight", "1"), said[f"variant.{key}.body"]
        new = said.get("new_key", "").strip() if key == "new" else key
        if words.strip() and new:
            subject = said.get(f"variant.{key}.subject", "").strip() or None
            variants.append({"key": new, "subject": subject, "body": words, "weight": int(weight) if _WEIGHT.fullmatch(weight) else 1})
    body = said.get("body", "")
    if variants and body.strip():  # the words until now are a variant beside the new one
        variants.insert(0, {"key": FIRST, "body": body})
        body = ""
    whole = {"subject": said.get("subject", "").strip() or None, "body": body, "variants": variants}
    try:
        return msgspec.convert(whole, Template)
    except msgspec.ValidationError as error:
        raise invalid([FieldProblem("new_key", str(error).partition(" - at")[0] + ".")]) from None


def _checked(form: Form) -> Template:
    for name in form.fields:
        if name.endswith(".weight") and not 1 <= (form.number(name) or 0) <= 1000:
            raise InvalidValueError(name, "a variant's share is 1 to 1000.")
    if form.get("variant.new.body") and not form.get("new_key"):
        raise InvalidValueError("new_key", "say what the new variant is called, like b.")
    return _given(form.fields)


def _told(versions: list[TemplateVersion]) -> list[tuple[TemplateVersion, list[tuple[str, str]]]]:
    """Each version with what it changed: lines, each marked as added, taken away or as it was."""
    texts = [_text(one.definition) for one in versions]
    marks = {"+": "ins", "-": "del"}
    told = []
    for place, one in enumerate(versions):
        before = texts[place + 1] if place + 1 < len(texts) else []
        lines = [line for line in list(unified_diff(before, texts[place], lineterm="", n=2))[2:] if not line.startswith("@@")]
        told.append((one, [(marks.get(line[:1], ""), line[1:]) for line in lines]))
    return told


def _text(words: Template) -> list[str]:
    lines = [f"Subject: {words.subject}"] if words.subject else []
    lines += words.body.split("\n")
    for one in words.variants:
        lines += [f"Variant {one.key}, share {one.weight}", *([f"Subject: {one.subject}"] if one.subject else []), *one.body.split("\n")]
    return lines


WAYS = (
    shows("templates", Permission.CAMPAIGNS_READ, templates_page),
    shows("templates/{campaign}/{template}", Permission.CAMPAIGNS_READ, template_page),
    does("templates/{campaign}/{template}", Permission.CAMPAIGNS_WRITE, change, template_page),
    does("templates/{campaign}/{template}/preview", Permission.CAMPAIGNS_READ, preview),
)
