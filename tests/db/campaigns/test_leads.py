"""A new lead, from JSON to an enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.enrolment.leads import ProcessedLead, process_lead
from accountgraph.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from tests.db.campaigns.world import World

LEAD = {"campaign": "plain", "email": "anna@acme.com", "first_name": "Anna", "company": "Acme", "message": "Tell me more."}


async def _process(world: World, **changes: Any) -> ProcessedLead:
    return await world.db.run(lambda session: process_lead(session, {**LEAD, **changes}, world.db.now()))


async def test_lead_makes_company_contact_message_and_enrolment(world: World) -> None:
    await world.campaign()
    processed = await _process(world)
    assert (processed.is_new_company, processed.is_new_contact, processed.is_new_message, len(processed.enrolments)) == (
        True,
        True,
        True,
        1,
    )


async def test_same_lead_again_changes_nothing(world: World) -> None:
    await world.campaign()
    first = await _process(world)
    again = await _process(world)
    assert (again.contact_id, again.is_new_contact, again.is_new_message, again.enrolments) == (first.contact_id, False, False, [])


async def test_lead_from_a_free_mail_domain_makes_no_company_of_it(world: World) -> None:
    await world.campaign()
    processed = await _process(world, email="anna@gmail.com", company=None)
    assert processed.company_id is None
    assert await world.select(int, "SELECT count(*) FROM companies") == [0]


async def test_lead_completes_what_is_known_and_overwrites_nothing(world: World) -> None:
    await world.campaign()
    [anna] = await world.account("acme.com", "Anna")
    await _process(world, first_name="Annabel", title="CTO")
    rows = await world.select(str, "SELECT first_name || ' ' || title FROM contacts WHERE id = %(id)s", id=anna.id)
    assert rows == ["Anna CTO"]


async def test_colleagues_follow_the_lead_in_order(world: World) -> None:
    await world.campaign(approach_colleagues=True)
    colleagues = [{"email": "ben@acme.com", "first_name": "Ben", "title": "Manager"}]
    processed = await _process(world, colleagues=colleagues)
    ranks = await world.select(
        str, "SELECT account_rank || ' ' || first_name FROM enrolments AS e JOIN contacts AS c ON c.id = contact_id ORDER BY 1"
    )
    assert (len(processed.enrolments), ranks) == (2, ["1 Anna", "2 Ben"])


async def test_colleague_waits_until_the_lead_was_silent(world: World) -> None:
    await world.campaign(approach_colleagues=True)
    await _process(world, colleagues=[{"email": "ben@acme.com", "first_name": "Ben"}])
    await world.runner().run_due()
    assert world.console.recipients == ["anna@acme.com"]
    rules = await world.select(str, "SELECT DISTINCT rule FROM decisions ORDER BY rule")
    assert "allow" in rules
    assert {"colleague_order", "colleague_silence"} & set(rules)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"email": "nobody"}, "email"), ({"emial": "x"}, "emial"), ({"domain": "not a domain"}, "domain"), ({"message": 7}, "message")],
)
async def test_bad_lead_names_the_field_and_leaves_nothing(world: World, changes: dict[str, Any], field: str) -> None:
    await world.campaign()
    with pytest.raises(InvalidInputError) as raised:
        await _process(world, **changes)
    assert raised.value.field == field
    assert await world.select(int, "SELECT count(*) FROM contacts") == [0]


async def test_lead_for_a_campaign_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(NotFoundError, match="no campaign"):
        await _process(world, campaign="nothing")
