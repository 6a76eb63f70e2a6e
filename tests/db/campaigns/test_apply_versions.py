"""Versions of campaigns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import pytest

from accountgraph.campaigns.apply import apply, load_version
from accountgraph.campaigns.definition import CampaignDefinition, Step, Template
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.db import Database

SPRING = CampaignDefinition(
    name="spring",
    steps=(Step(key="ring", channel=Channel.CALL, template="ring"),),
    templates={"ring": Template(body="Ask {{ contact.first_name }}")},
)


async def test_applying_the_same_text_again_changes_nothing(db: Database) -> None:
    first = await db.run(lambda session: apply(session, SPRING))
    again = await db.run(lambda session: apply(session, SPRING))
    assert (first.number, first.created, first.is_changed) == (1, True, True)
    assert (again.version_id, again.number, again.created, again.is_changed) == (first.version_id, 1, False, False)


async def test_two_who_apply_the_same_text_at_once_make_one_version(db: Database) -> None:
    both = await asyncio.gather(*(db.run(lambda session: apply(session, SPRING)) for _ in range(5)))
    assert len({one.version_id for one in both}) == 1
    assert sorted(one.is_changed for one in both) == [False] * 4 + [True]


async def test_a_changed_text_is_a_new_version_and_the_old_one_stays(db: Database) -> None:
    first = await db.run(lambda session: apply(session, SPRING))
    changed = msgspec.structs.replace(SPRING, description="For spring")
    second = await db.run(lambda session: apply(session, changed))
    assert (second.campaign_id, second.number, second.created) == (first.campaign_id, 2, False)
    assert await load_version(db, first.version_id) == SPRING
    assert await load_version(db, second.version_id) == changed


async def test_the_text_before_last_is_a_new_version_again(db: Database) -> None:
    first = await db.run(lambda session: apply(session, SPRING))
    await db.run(lambda session: apply(session, msgspec.structs.replace(SPRING, description="For spring")))
    third = await db.run(lambda session: apply(session, SPRING))
    assert (third.number, third.version_id == first.version_id) == (3, False)


async def test_a_template_has_a_version_for_each_wording(db: Database) -> None:
    await db.run(lambda session: apply(session, SPRING))
    await db.run(lambda session: apply(session, msgspec.structs.replace(SPRING, description="the words are the same")))
    reworded = msgspec.structs.replace(SPRING, templates={"ring": Template(body="Ask them")})
    await db.run(lambda session: apply(session, reworded))
    async with db.transaction() as session:
        assert await session.execute("SELECT FROM template_versions") == 2
        assert await session.execute("SELECT FROM templates WHERE name = 'spring/ring'") == 1


async def test_what_is_loaded_has_the_hash_of_what_was_applied(db: Database) -> None:
    applied = await db.run(lambda session: apply(session, SPRING))
    assert (await load_version(db, applied.version_id)).content_hash == SPRING.content_hash


async def test_a_version_that_is_not_there_is_an_error(db: Database) -> None:
    with pytest.raises(NotFoundError, match="no campaign version"):
        await load_version(db, uuid4())
