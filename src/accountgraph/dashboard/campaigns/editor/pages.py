"""The editor's pages: drawn, looked at as one types, changed by its buttons, and kept by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.apply import apply, load_version
from accountgraph.campaigns.definition.check import refuse
from accountgraph.campaigns.definition.file import without_defaults
from accountgraph.campaigns.definition.problems import DefinitionError, Problem
from accountgraph.campaigns.definition.toml import data_as_toml, written_as_toml
from accountgraph.campaigns.enrolment.shown import show_audience
from accountgraph.campaigns.examples import NAMES, example
from accountgraph.campaigns.lifecycle import CampaignStateError, find_campaign
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.editor.choices import CHOICES
from accountgraph.dashboard.campaigns.editor.draft import drafted, drafted_as_text
from accountgraph.dashboard.campaigns.editor.fields import data_of
from accountgraph.dashboard.campaigns.editor.moves import EMPTY, moved
from accountgraph.dashboard.campaigns.room import campaign_of
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.http.problems import ProblemError
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.campaigns.apply import Applied
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.dashboard.campaigns.editor.draft import Draft
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Session


async def new_page(visit: Visit) -> Response:
    """A new campaign, from an example (`from`) or from nothing; `as=text` as a file."""
    name = visit.asked("from")
    if name is not None and name not in NAMES:
        raise ProblemError(404, "There is no such example.", detail=f"There are: {', '.join(NAMES)}.")
    if visit.asked("as") == "text":
        text = example(name) if name else data_as_toml(EMPTY)
        return await _draw(visit, None, await drafted_as_text(visit.db, text), seen="")
    data = without_defaults((await drafted_as_text(visit.db, example(name))).definition) if name else EMPTY
    return await _draw(visit, None, await drafted(visit.db, data), seen="")


async def edit_page(visit: Visit) -> Response:
    """The newest version of a campaign; `as=text` as a file."""
    campaign = await _changeable(visit)
    definition = await load_version(visit.db, campaign.version_id)
    seen = str(campaign.number)
    if visit.asked("as") == "text":
        return await _draw(visit, campaign, await drafted_as_text(visit.db, written_as_toml(definition)), seen=seen)
    return await _draw(visit, campaign, await drafted(visit.db, without_defaults(definition)), seen=seen)


async def edit_new(visit: Visit, form: Form) -> Done | Response:
    """A button of the editor of a campaign that there is not yet."""
    return await _do(visit, form, None)


async def edit(visit: Visit, form: Form) -> Done | Response:
    """A button of a campaign's editor."""
    return await _do(visit, form, await _changeable(visit))


async def _do(visit: Visit, form: Form, campaign: Campaign | None) -> Done | Response:
    word, _, at = form.get("do").partition(":")
    draft = await _posted(visit, form, word, at)
    seen = form.get("seen")
    if campaign and draft.definition and draft.definition.name != campaign.name:
        draft.problems.insert(0, Problem("name", f"this is campaign {campaign.name}.", "Leave its name, or make another campaign."))
    if word == "save" and draft.is_sound:
        assert draft.definition is not None  # noqa: S101 - it is sound
        try:
            return await _kept(visit, draft.definition, campaign, seen)
        except DefinitionError as error:
            draft.problems = list(error.problems)
    return await _draw(visit, campaign, draft, seen=seen, is_counted=word == "count", status=422 if word == "save" else 200)


async def _posted(visit: Visit, form: Form, word: str, at: str) -> Draft:
    """The draft as the form brings it, after its button; from file to form only where the file is a campaign."""
    is_thorough = word in {"save", "count"}
    if form.get("as") == "text":
        draft = await drafted_as_text(visit.db, form.text("text") or "", with_audience=is_thorough)
        return await drafted(visit.db, draft.data) if word == "form" and draft.definition else draft
    data, notes = data_of(form)
    data = moved(data, word, at)
    if word == "text":
        return await drafted_as_text(visit.db, data_as_toml(data))
    return await drafted(visit.db, data, notes, with_audience=is_thorough)


async def _kept(visit: Visit, definition: CampaignDefinition, campaign: Campaign | None, seen: str) -> Done:
    """Keep it as the newest version, unless somebody else kept another since this one was begun."""

    async def keep(session: Session) -> Applied:
        applied = await apply(session, definition)
        if applied.is_changed and str(applied.number - 1) != (seen or "0"):
            cure = f"Look at version {applied.number - 1} first." if campaign else "Give yours another name."
            said = "changed meanwhile: somebody kept another version." if campaign else "is there already."
            refuse(definition.name, [Problem("name", f"{definition.name} {said}", cure)])
        return applied

    applied = await visit.db.run(keep)
    found = await find_campaign(visit.db, applied.campaign_id)
    path = words.address(visit, found)
    if not applied.is_changed:
        return Done("Nothing was changed.", to=path)
    undo = Undo(f"{path}/restore", {"number": str(applied.number - 1)}) if applied.number > 1 else None
    return Done(f"Version {applied.number} of {found.name} is kept. Who has begun stays with theirs.", to=path, undo=undo)


async def _changeable(visit: Visit) -> Campaign:
    campaign = await campaign_of(visit)
    if campaign.status in {"finished", "cancelled"}:
        raise CampaignStateError(f"Campaign {campaign.name} is {campaign.status}; make a new one from it.")
    return campaign


async def _draw(
    visit: Visit, campaign: Campaign | None, draft: Draft, *, seen: str, is_counted: bool = False, status: int = 200
) -> Response:
    base = f"{visit.base}/campaigns"
    counted = await show_audience(visit.db, draft.definition, limit=1) if is_counted and draft.definition and draft.is_sound else None
    known: dict[str, Any] = {
        "draft": draft,
        "shown": draft.shown,
        "choices": CHOICES,
        "campaign": campaign,
        "seen": seen,
        "counted": counted,
        "words": words,
        "senders": [one.address for one in await SenderRepository(visit.db).list_senders()],
        "path": words.address(visit, campaign) if campaign else base,
        "action": words.address(visit, campaign, "edit") if campaign else f"{base}/new/edit",
    }
    template = "campaigns/editor_text" if draft.text is not None else "campaigns/editor_form"
    return visit.drawn(template, f"Edit {campaign.name}" if campaign else "New campaign", status=status, **known)
