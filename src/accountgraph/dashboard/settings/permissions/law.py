"""What the law of each country says about cold messages, by channel and from which day on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.enums import Channel
from accountgraph.store.outreach.jurisdictions import JurisdictionRepository, LegalRule

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

RULES = {LegalRule.ALLOW: "until they object", LegalRule.CONSENT: "only with consent", LegalRule.DENY: "never"}
MARKS = {LegalRule.ALLOW: "good", LegalRule.CONSENT: "attention", LegalRule.DENY: "bad"}


async def law_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    country, everything = (visit.asked("country") or "").upper() or None, visit.asked("everything") == "yes"
    found = await JurisdictionRepository(visit.db).list_jurisdictions(country=country, on=None if everything else visit.now.date())
    return drawn(
        visit,
        "permissions/law",
        "Law by country",
        "law",
        typed,
        found=found,
        country=country,
        everything=everything,
        rules=RULES,
        marks=MARKS,
        channels=[(one, str(one)) for one in Channel],
        today=visit.now.date(),
    )


async def put(visit: Visit, form: Form) -> Done:
    """What holds from a day on; what held before stays in the table."""
    given = {
        "country": form.get("country").upper(),
        "channel": form.get("channel"),
        "valid_from": form.day("valid_from"),
        "rule": form.get("rule"),
        "source": form.required("source", "the law, or the authority's page."),
        "note": form.text("note"),
    }
    row = await JurisdictionRepository(visit.db).put_jurisdiction(given)
    fields = {"country": row.country, "channel": row.channel, "valid_from": str(row.valid_from)}
    words = f"In {row.country}, {row.channel} is allowed {RULES[row.rule]} from {row.valid_from:%d %b %Y} on."
    return Done(words, to=f"{to(visit, 'law')}?country={row.country}", undo=Undo(to(visit, "law/remove"), fields))


async def remove(visit: Visit, form: Form) -> Done:
    """The rule before it holds again."""
    country, channel, day, repository = (
        form.get("country"),
        form.get("channel"),
        form.day("valid_from"),
        JurisdictionRepository(visit.db),
    )
    rows = await repository.list_jurisdictions(country=country)
    gone = next((one for one in rows if (one.channel, one.valid_from) == (channel, day)), None)
    await repository.remove_jurisdiction(country, channel, day)
    undo = None
    if gone is not None:
        fields = {"country": country, "channel": channel, "valid_from": str(day), "rule": gone.rule, "source": gone.source}
        undo = Undo(to(visit, "law"), fields | ({"note": gone.note} if gone.note else {}))
    return Done("That rule is taken away; the one before it holds again.", to=f"{to(visit, 'law')}?country={country}", undo=undo)


WAYS = (
    shows("law", Permission.SETTINGS_READ, law_page),
    does("law", Permission.SETTINGS_WRITE, put, law_page),
    does("law/remove", Permission.SETTINGS_WRITE, remove),
)
