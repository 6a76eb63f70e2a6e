"""The policy of a campaign, sentence by sentence, with the default beside each; and what scores weigh."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.access import Permission
from accountgraph.campaigns.apply import apply, load_version
from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.definition.reactions import Reaction, Reactions
from accountgraph.campaigns.lifecycle import find_campaign, list_campaigns
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import Typed, check_seen, does, drawn, shows, state_of, to
from accountgraph.dashboard.settings.sending.policy_words import DAYS, SECTIONS, SENTENCES, given_policy
from accountgraph.graph import CompanyGraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.responses import Response

    from accountgraph.campaigns.apply import Applied
    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Session

_MOST_TOLD = 3  # changes that are said at once


async def policy_page(visit: Visit, typed: Typed) -> Response:
    """The page: of the campaign that is asked for, else of the first; without any, the defaults."""
    campaigns = await list_campaigns(visit.db)
    name = typed.value(typed.form, "campaign") or visit.asked("campaign") or _first(campaigns)
    chosen = await find_campaign(visit.db, name) if name else None
    policy = (await load_version(visit.db, chosen.version_id)).policy if chosen else Policy()
    is_over = chosen is not None and chosen.status in {"finished", "cancelled"}
    return drawn(
        visit,
        "sending/policy",
        "Policy",
        "policy",
        typed,
        campaigns=campaigns,
        chosen=chosen,
        policy=policy,
        default=Policy(),
        sections=SECTIONS,
        days=[(str(number), day) for number, day in enumerate(DAYS, 1)],
        seen=typed.seen("policy", state_of(policy)),
        clashes=[(one.before, f"{one.said(policy)} {one.after}".strip()) for one in SENTENCES if one.is_other(policy, typed.fields)],
        may_change=chosen is not None and not is_over and visit.principal.may(Permission.CAMPAIGNS_WRITE),
        channels=[(one, _attempts(one)) for one in policy.channels.order],
        reactions=list(_reactions(policy.reactions)),
        scores=_flat(asdict(CompanyGraph(visit.db).policy)),
    )


async def change(visit: Visit, form: Form) -> Done:
    """A new version of the campaign, with another policy."""
    name = form.required("campaign", "choose one.")

    async def work(session: Session) -> Applied:
        found = await find_campaign(session, name)
        await session.value("campaigns.campaigns.lock_by_id", {"id": found.id})
        newest = await find_campaign(session, found.id)
        definition = await load_version(session, newest.version_id)
        check_seen(form, definition.policy)
        return await apply(session, msgspec.structs.replace(definition, policy=given_policy(definition.policy, form)))

    applied = await visit.db.run(work)
    page = f"{to(visit, 'policy')}?campaign={name}"
    if not applied.is_changed:
        return Done("Nothing was changed.", to=page)
    told = "; ".join(str(one).removeprefix("~ ") for one in applied.changes[:_MOST_TOLD])
    rest = f" and {len(applied.changes) - _MOST_TOLD} more" if len(applied.changes) > _MOST_TOLD else ""
    return Done(f"{name} has version {applied.number}: {told}{rest}. Live, it holds once its preview is approved.", to=page)


def _first(campaigns: Sequence[Campaign]) -> str | None:
    """The first that a person wrote: the channels of agents come after them."""
    names = [one.name for one in campaigns]
    return min(names, key=lambda name: (name.startswith("agents-"), name), default=None)


def _attempts(rule: Any) -> str:  # noqa: ANN401 - a ChannelRule
    if rule.last is None:
        return f"attempt {rule.first} and all after"
    return f"attempt {rule.first}" if rule.last == rule.first else f"attempts {rule.first} to {rule.last}"


def _reactions(reactions: Reactions) -> Iterator[tuple[str, str]]:
    for name in Reactions.__struct_fields__:
        one = getattr(reactions, name)
        if isinstance(one, Reaction):
            yield name, _said(one)


def _said(one: Reaction) -> str:
    """What a signal does, in words."""
    words = []
    if one.person != "nothing":
        days = f" for {one.pause_days} days" if one.person == "pause" and one.pause_days is not None else ""
        words.append(
            {"finish": "they are done", "pause": "they pause", "fail": "they fail", "retry": "it is tried again"}[one.person] + days
        )
    if one.suppress:
        words.append(f"they are suppressed on {'every channel' if one.suppress == 'all' else one.suppress}")
    if one.rest != "nothing":
        track = f" to {one.rest_track}" if one.rest_track else ""
        words.append(
            {"pause": "the others pause", "stop": "the others stop", "switch_track": "the others switch", "hold": "the account is held"}[
                one.rest
            ]
            + track
        )
    words += ["the owner gets a task"] if one.asks_owner else []
    words += ["who is named in it is proposed"] if one.propose else []
    return ", ".join(words) or "nothing"


def _flat(values: dict[str, Any], above: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in values.items():
        path = f"{above}, {name}" if above else name
        found += _flat(value, path) if isinstance(value, dict) else [(path, f"{value:g}")]
    return found


WAYS = (
    shows("policy", Permission.CAMPAIGNS_READ, policy_page),
    does("policy", Permission.CAMPAIGNS_WRITE, change, policy_page),
)
