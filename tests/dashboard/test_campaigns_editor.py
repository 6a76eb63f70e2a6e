"""The editor of campaigns: form and file, what each button does, every problem at its field, nothing kept but by the button."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.file import parse
from accountgraph.campaigns.examples import NAMES, example
from accountgraph.campaigns.lifecycle import find_campaign, list_campaigns
from tests.dashboard.campaign_forms import fields_of, press
from tests.dashboard.campaigns import at, kept, office
from tests.dashboard.conftest import Browser, W
from tests.dashboard.html import page
from tests.dashboard.test_accounts import HOSTILE

if TYPE_CHECKING:
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.db import Database

NEW = f"{W}/campaigns/new/edit"


async def newest(db: Database, name: str) -> CampaignDefinition:
    return await load_version(db, (await find_campaign(db, name)).version_id)


def problem_at(text: str, field: str) -> str:
    """What stands at a field; empty where nothing does."""
    found = re.search(rf'<p class="error" id="{field}-error" data-slot( hidden)?>(.*?)</p>', text, re.DOTALL)
    assert found is not None, field
    return found[2].strip()


@pytest.mark.parametrize("name", NAMES)
async def test_an_example_goes_through_the_form_unchanged(browser: Browser, db: Database, name: str) -> None:
    await office(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(f"{NEW}?from={name}")).text)
    shown = await press(ada, NEW, fields, "text")
    assert parse(fields_of(shown.text)["text"][0], "toml") == parse(example(name), "toml")


async def test_an_example_as_a_file_keeps_its_comments(browser: Browser, db: Database) -> None:
    await office(db)
    shown = await (await browser.as_role("member")).get(f"{NEW}?from=inbound-lead&as=text")
    assert fields_of(shown.text)["text"][0] == example("inbound-lead")


async def test_a_campaign_is_made_only_by_the_button(browser: Browser, db: Database) -> None:
    await office(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(f"{NEW}?from=inbound-lead")).text)
    for do in ("check", "add-step:0", "text", "count"):
        await press(ada, NEW, fields, do)
    assert await list_campaigns(db) == []
    kept_ = await press(ada, NEW, fields, "save")
    assert kept_.status_code == 303
    assert await newest(db, "inbound-lead") == parse(example("inbound-lead"), "toml")


async def test_what_is_wrong_stands_at_its_field_with_its_cure(browser: Browser, db: Database) -> None:
    await office(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(NEW)).text)
    fields |= {"steps[0].template": ["frist"], "audience.country": ["Germany"], "policy.sender.per_day": ["lots"], "name": ["No Name"]}
    shown = await press(ada, NEW, fields, "check")
    assert "Expected `int`" in problem_at(shown.text, "policy-sender-per_day")
    assert "small letters" in problem_at(shown.text, "name")
    fields |= {"policy.sender.per_day": ["30"], "name": ["named"]}
    shown = await press(ada, NEW, fields, "check")
    assert "Did you mean &#39;first&#39;?" in problem_at(shown.text, "steps-0-template")
    assert "Give its two letters" in problem_at(shown.text, "audience-country")
    assert "is empty; write it." in problem_at(shown.text, "templates-0-body")
    refused = await press(ada, NEW, fields, "save")
    assert refused.status_code == 422
    assert fields_of(refused.text)["audience.country"] == ["Germany"]


async def test_a_template_that_cannot_be_read_is_told_at_its_words(browser: Browser, db: Database) -> None:
    await office(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(NEW)).text)
    fields |= {"name": ["named"], "templates[0].body": ["Hello {{ contact.first_nam }}"], "templates[0].subject": ["{% if %}"]}
    shown = await press(ada, NEW, fields, "check")
    assert "first_nam" in problem_at(shown.text, "templates-0-body")
    assert problem_at(shown.text, "templates-0-subject")


async def test_steps_are_added_moved_and_removed(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    path = at(campaign_id, "edit")

    async def keys(do: str, given: dict[str, list[str]]) -> tuple[list[str], dict[str, list[str]]]:
        found = fields_of((await press(ada, path, given, do)).text)
        return [found[f"steps[{n}].key"][0] for n in range(20) if f"steps[{n}].key" in found], found

    order, fields = await keys("add-step:0", fields_of((await ada.get(path)).text))
    assert order == ["first", "step-1", "second", "third"]
    order, fields = await keys("down:1", fields)
    assert order == ["first", "second", "step-1", "third"]
    order, fields = await keys("up:3", fields)
    assert order == ["first", "second", "third", "step-1"]
    order, fields = await keys("remove-step:0", fields)
    assert order == ["second", "third", "step-1"]
    order, _ = await keys("add-step:-1", fields)
    assert order[1:] == ["second", "third", "step-1"]


async def test_a_button_that_names_no_step_changes_nothing(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(at(campaign_id, "edit"))).text)
    for do in ("remove-step:99", "up:0", "down:2", "add-branch:x", "remove-branch:0.7", "remove-variant:5.1", "nonsense:1", "up:-1"):
        shown = fields_of((await press(ada, at(campaign_id, "edit"), fields, do)).text)
        assert [shown[f"steps[{n}].key"] for n in range(3)] == [["first"], ["second"], ["third"]], do


async def test_a_branch_and_a_condition_are_written_in_the_form(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    path = at(campaign_id, "edit")
    fields = fields_of((await press(ada, path, fields_of((await ada.get(path)).text), "add-branch:0")).text)
    fields |= {
        "steps[0].branches[0].condition.opened": ["yes"],
        "steps[0].branches[0].condition.clicked": [""],
        "steps[0].branches[0].to": ["third"],
        "steps[1].only_if.engagement_at_least": ["5"],
        "steps[1].only_if.qualification_tier": ["hot", "warm"],
    }
    assert (await press(ada, path, fields, "save")).status_code == 303
    definition = await newest(db, "plain")
    assert definition.steps[0].branches[0].condition.opened is True
    assert definition.steps[0].branches[0].to == "third"
    assert definition.steps[1].only_if is not None
    assert (definition.steps[1].only_if.engagement_at_least, len(definition.steps[1].only_if.qualification_tier)) == (5, 2)


async def test_a_step_and_a_template_take_their_new_names_with_them(browser: Browser, db: Database) -> None:
    await office(db)
    steps = [
        {"key": "first", "channel": "email", "template": "hello", "branches": [{"condition": {"opened": True}, "to": "last"}]},
        {"key": "last", "channel": "email", "template": "hello"},
    ]
    campaign_id = await kept(db, steps=steps, templates={"hello": {"subject": "Hello", "body": "Hello"}})
    ada = await browser.as_role("member")
    path = at(campaign_id, "edit")
    fields = fields_of((await ada.get(path)).text) | {"steps[1].key": ["goodbye"], "templates[0].name": ["words"]}
    assert (await press(ada, path, fields, "save")).status_code == 303
    definition = await newest(db, "plain")
    assert definition.steps[0].branches[0].to == "goodbye"
    assert {step.template for step in definition.steps} == {"words"}


async def test_variants_come_and_go_without_losing_words(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    path = at(campaign_id, "edit")
    fields = fields_of((await press(ada, path, fields_of((await ada.get(path)).text), "add-variant:0")).text)
    assert [fields[f"templates[0].variants[{n}].key"] for n in range(2)] == [["a"], ["b"]]
    assert "Once more" in fields["templates[0].variants[0].body"][0]
    fields["templates[0].variants[1].body"] = ["Other words"]
    fields = fields_of((await press(ada, path, fields, "remove-variant:0.0")).text)
    assert fields["templates[0].body"] == ["Other words"]


async def test_two_templates_of_one_name_both_stay(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(at(campaign_id, "edit"))).text) | {"templates[1].name": ["again"]}
    shown = fields_of((await press(ada, at(campaign_id, "edit"), fields, "check")).text)
    assert shown["templates[0].name"] == ["again"]
    assert shown["templates[1].name"] == ["again-2"]
    assert "a word about" in shown["templates[1].body"][0]


async def test_what_the_form_does_not_show_is_kept(browser: Browser, db: Database) -> None:
    await office(db)
    policy = {"reactions": {"reply_not_now": {"person": "finish", "rest": "stop"}}, "lease_seconds": 300}
    campaign_id = await kept(db, policy=policy)
    ada = await browser.as_role("member")
    before = await newest(db, "plain")
    fields = fields_of((await ada.get(at(campaign_id, "edit"))).text) | {"description": ["Of spring"]}
    assert (await press(ada, at(campaign_id, "edit"), fields, "save")).status_code == 303
    after = await newest(db, "plain")
    assert after.description == "Of spring"
    assert after.policy == before.policy


async def test_a_file_shows_what_it_would_change_before_it_does(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    path = at(campaign_id, "edit")
    fields = fields_of((await ada.get(f"{path}?as=text")).text)
    fields["text"] = ['description = "Of autumn"\n' + fields["text"][0]]
    shown = page((await press(ada, path, fields, "check")).text)
    assert "What keeping it would change" in shown.text
    assert "Of autumn" in shown.text
    assert (await find_campaign(db, campaign_id)).number == 1
    assert (await press(ada, path, fields, "save")).status_code == 303
    assert (await newest(db, "plain")).description == "Of autumn"


@pytest.mark.parametrize(
    ("text", "said"),
    [("name = ", "is not TOML"), ("nam = 1", "there is no such key"), ("[" * 5000, "is not"), ("", "is missing"), (HOSTILE, "is not TOML")],
    ids=["broken", "unknown-key", "nested", "empty", "hostile"],
)
async def test_a_file_that_is_no_campaign_says_why_and_stays(browser: Browser, db: Database, text: str, said: str) -> None:
    await office(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(f"{NEW}?as=text")).text) | {"text": [text]}
    refused = await press(ada, NEW, fields, "save")
    assert refused.status_code == 422
    assert said in page(refused.text).text
    assert fields_of(refused.text)["text"] == [text]
    as_form = await press(ada, NEW, fields, "form")
    assert fields_of(as_form.text)["text"] == [text]


async def test_a_version_that_somebody_else_kept_meanwhile_is_not_overwritten(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(at(campaign_id, "edit"))).text) | {"description": ["Mine"]}
    await kept(db, description="Theirs")
    refused = await press(ada, at(campaign_id, "edit"), fields, "save")
    assert refused.status_code == 422
    assert "somebody kept another version" in page(refused.text).text
    assert (await newest(db, "plain")).description == "Theirs"


async def test_a_new_campaign_does_not_take_the_name_of_another(browser: Browser, db: Database) -> None:
    await office(db)
    await kept(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(f"{NEW}?from=inbound-lead")).text) | {"name": ["plain"]}
    refused = await press(ada, NEW, fields, "save")
    assert refused.status_code == 422
    assert "is there already" in problem_at(refused.text, "name")


async def test_a_campaign_keeps_its_name(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(at(campaign_id, "edit"))).text) | {"name": ["other"]}
    refused = await press(ada, at(campaign_id, "edit"), fields, "save")
    assert refused.status_code == 422
    assert "this is campaign plain" in problem_at(refused.text, "name")
    assert [one.name for one in await list_campaigns(db)] == ["plain"]


async def test_hostile_words_in_every_field_stay_text(browser: Browser, db: Database) -> None:
    await office(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(f"{NEW}?from=cold-account")).text)
    csrf = fields["csrf"]
    hostile = {name: [HOSTILE] for name in fields if name not in {"csrf", "as", "do"}}
    for do in ("check", "text", "save", "count"):
        answer = await press(ada, NEW, {**hostile, "csrf": csrf, "as": ["form"]}, do)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


async def test_a_save_is_undone_by_the_words_before(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    before = await newest(db, "plain")
    fields = fields_of((await ada.get(at(campaign_id, "edit"))).text) | {"description": ["Of spring"]}
    await press(ada, at(campaign_id, "edit"), fields, "save")
    shown = await ada.page(at(campaign_id))
    assert "Version 2 of plain is kept" in shown.text
    shown = await ada.do(at(campaign_id, "restore"), {"number": "1"}, back=at(campaign_id, "versions"))
    assert "Version 3 says again what version 1 said" in shown.text
    assert await newest(db, "plain") == before


async def test_a_campaign_that_is_over_is_not_edited(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    campaign_id = await kept(db)
    await world.select(str, "UPDATE campaigns SET status = 'cancelled' RETURNING name")
    assert (await (await browser.as_role("member")).get(at(campaign_id, "edit"))).status_code == 409
