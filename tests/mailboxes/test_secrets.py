"""Secrets are sealed with a key that stands outside of the database, for one workspace and one name."""

from __future__ import annotations

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.channels import NoVault, credential
from accountgraph.config import Settings
from accountgraph.db import Database
from accountgraph.errors import ConfigError, DatabaseError, InvalidValueError, NotFoundError
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.rotation import ASIDE, rotate
from accountgraph.store.sealing import FILE, VARIABLE, Keyring, SealError, new_key
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = new_key(), new_key()


def keyring(*keys: str, workspace: str = "abm") -> Keyring:
    environ = {"ACCOUNTGRAPH_WORKSPACE": workspace, "ACCOUNTGRAPH_SECRET_KEY": ",".join(keys)}
    return Keyring.of(Settings.from_environment(environ))


async def test_a_secret_comes_back_as_it_was_put_and_the_row_does_not_show_it(db: Database) -> None:
    secrets = SecretRepository(db, keyring(OLD))
    await secrets.put_secret("smtp", "open sesame")
    assert await secrets.get_secret("smtp") == "open sesame"
    assert b"sesame" not in bytes(await db.value("secrets.sealed", {"name": "smtp"}))


async def test_a_secret_put_again_replaces_the_one_before(db: Database) -> None:
    secrets = SecretRepository(db, keyring(OLD))
    for said in ("one", "two"):
        await secrets.put_secret("smtp", said)
    assert await secrets.get_secret("smtp") == "two"
    assert [one.name for one in await secrets.list_secrets()] == ["smtp"]


async def test_a_secret_that_was_deleted_is_gone(db: Database) -> None:
    secrets = SecretRepository(db, keyring(OLD))
    await secrets.put_secret("smtp", "one")
    assert (await secrets.delete_secret("smtp"), await secrets.delete_secret("smtp")) == (True, False)
    with pytest.raises(NotFoundError, match="secret put smtp"):
        await secrets.get_secret("smtp")


@pytest.mark.parametrize(("name", "secret", "word"), [("", "x", "name"), (" a", "x", "name"), ("a\0", "x", "name"), ("a", "", "secret")])
async def test_a_secret_that_cannot_be_stored_is_refused_with_its_field(db: Database, name: str, secret: str, word: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await SecretRepository(db, keyring(OLD)).put_secret(name, secret)
    assert refused.value.field == word


async def test_a_missing_key_names_the_cure(db: Database) -> None:
    await SecretRepository(db, keyring(OLD)).put_secret("smtp", "one")
    with pytest.raises(SealError, match=f"another key.*{VARIABLE}"):
        await SecretRepository(db, keyring(NEW)).get_secret("smtp")


async def test_a_new_key_in_front_opens_what_the_old_one_sealed(db: Database) -> None:
    await SecretRepository(db, keyring(OLD)).put_secret("smtp", "one")
    assert await SecretRepository(db, keyring(NEW, OLD)).get_secret("smtp") == "one"


async def test_after_resealing_the_old_key_is_not_needed(db: Database) -> None:
    old = SecretRepository(db, keyring(OLD))
    await old.put_secret("smtp", "one")
    both = SecretRepository(db, keyring(NEW, OLD))
    await both.put_secret("imap", "two")
    assert (await both.reseal(), await both.reseal()) == (1, 0)
    new = SecretRepository(db, keyring(NEW))
    assert [await new.get_secret(name) for name in ("imap", "smtp")] == ["two", "one"]


async def test_resealing_changes_nothing_where_one_cannot_be_opened(db: Database) -> None:
    await SecretRepository(db, keyring(OLD)).put_secret("a", "one")
    await SecretRepository(db, keyring(new_key())).put_secret("b", "two")
    with pytest.raises(SealError, match="'b'"):
        await SecretRepository(db, keyring(NEW, OLD)).reseal()
    assert await SecretRepository(db, keyring(OLD)).get_secret("a") == "one"


async def test_an_agent_cannot_read_secrets(db: Database, url: str) -> None:
    await SecretRepository(db, keyring(OLD)).put_secret("smtp", "one")
    async with Database(url, workspace="abm", as_agent=True) as agent:
        with pytest.raises(DatabaseError):
            await SecretRepository(agent, keyring(OLD)).get_secret("smtp")


@given(name=st.text(min_size=1, max_size=20), secret=st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_what_is_sealed_always_opens_under_its_own_name_and_no_other(name: str, secret: str) -> None:
    keys = keyring(OLD)
    name = name.encode("utf-8", "replace").decode()
    sealed = keys.seal(name, secret)
    assert keys.open(name, sealed) == secret
    with pytest.raises(SealError):
        keys.open(f"{name}.", sealed)
    with pytest.raises(SealError, match="another workspace"):
        keyring(OLD, workspace="other").open(name, sealed)


@given(st.binary(max_size=60))
def test_bytes_that_nobody_sealed_are_always_refused(sealed: bytes) -> None:
    with pytest.raises(SealError):
        keyring(OLD).open("a", sealed)


def test_two_secrets_alike_do_not_look_alike() -> None:
    assert keyring(OLD).seal("a", "x") != keyring(OLD).seal("a", "x")


def test_without_a_variable_a_key_file_is_made_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = replace(Settings.from_environment({}), home=tmp_path / "home")
    sealed = Keyring.of(settings).seal("a", "x")
    assert stat.S_IMODE((tmp_path / "home" / FILE).stat().st_mode) == 0o600
    assert Keyring.of(settings).open("a", sealed) == "x"


def test_processes_that_come_at_once_make_one_key(tmp_path: Path) -> None:
    settings = replace(Settings.from_environment({}), home=tmp_path)
    with ThreadPoolExecutor(8) as crowd:
        keys = list(crowd.map(lambda _: Keyring.of(settings), range(32)))
    sealed = keys[0].seal("a", "x")
    assert {one.open("a", sealed) for one in keys} == {"x"}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = replace(Settings.from_environment({}), home=tmp_path)
    Keyring.of(settings)
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        Keyring.of(settings)


@pytest.mark.parametrize("given", ["hunter2", OLD[:-4], f"{OLD},nonsense"], ids=["words", "cut short", "one of two"])
def test_what_is_no_key_is_refused_without_being_told(given: str) -> None:
    with pytest.raises(ConfigError, match=VARIABLE) as refused:
        keyring(given)
    assert given not in str(refused.value)


def test_a_keyring_does_not_show_its_keys() -> None:
    assert OLD not in repr(keyring(OLD))


async def test_settings_may_name_a_stored_secret_and_never_hold_one(db: Database) -> None:
    senders = SenderRepository(db)
    with pytest.raises(InvalidValueError, match="secret:NAME"):
        await senders.add_sender({"address": "me@ours.com", "settings": {"password": "hunter2"}})
    added = await senders.add_sender({"address": "me@ours.com", "settings": {"password": "secret:smtp"}})
    assert added.settings == {"password": "secret:smtp"}


async def test_without_a_workspace_a_stored_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match="environment variable"):
        await credential(NoVault(), "password", "secret:smtp", None)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Database) -> Database:
    """The workspace, with its key in a file."""
    monkeypatch.delenv(VARIABLE, raising=False)
    db.settings = replace(db.settings, home=tmp_path, secret_key=None)
    return db


async def test_a_rotation_seals_everything_anew_and_the_old_key_opens_nothing_any_more(kept: Database, tmp_path: Path) -> None:
    secrets = SecretRepository(kept)
    for number in range(3):
        await secrets.put_secret(f"s{number}", f"said {number}")
    old = (tmp_path / FILE).read_text()
    done = await rotate(kept.settings, [kept])
    secrets = SecretRepository(kept)
    assert (done.resealed, [await secrets.get_secret(f"s{number}") for number in range(3)]) == (3, ["said 0", "said 1", "said 2"])
    assert old not in (tmp_path / FILE).read_text()
    with pytest.raises(SealError):
        await SecretRepository(kept, keyring(old.strip())).get_secret("s0")
    assert (tmp_path / ASIDE).read_text() == old
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (FILE, ASIDE)] == [0o600, 0o600]


async def test_a_rotation_that_was_broken_off_is_gone_on_with(kept: Database, tmp_path: Path) -> None:
    secrets = SecretRepository(kept)
    await secrets.put_secret("s", "said")
    old = (tmp_path / FILE).read_text()
    await kept.run(lambda session: SecretRepository(session, keyring(new_key())).put_secret("foreign", "x"))
    with pytest.raises(SealError):
        await rotate(kept.settings, [kept])
    both = (tmp_path / FILE).read_text()
    assert (both.splitlines()[1:], await SecretRepository(kept).get_secret("s")) == (old.splitlines(), "said")
    await secrets.delete_secret("foreign")
    await rotate(kept.settings, [kept])
    assert (tmp_path / FILE).read_text() == both.splitlines(keepends=True)[0]
    assert await SecretRepository(kept).get_secret("s") == "said"


async def test_a_key_in_the_variable_is_not_rotated_by_itself(db: Database) -> None:
    with pytest.raises(ConfigError, match="secret reseal"):
        await rotate(replace(db.settings, secret_key=OLD), [db])


async def test_two_rotations_at_once_are_one(kept: Database) -> None:
    await SecretRepository(kept).put_secret("s", "said")
    both = await asyncio.gather(*(rotate(kept.settings, [kept]) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["ConfigError", "Rotated"]
    assert await SecretRepository(kept).get_secret("s") == "said"


def test_what_was_cut_anywhere_is_refused() -> None:
    keys = keyring(OLD)
    sealed = keys.seal("smtp", "one")
    for length in range(len(sealed)):
        with pytest.raises(SealError):
            keys.open("smtp", sealed[:length])
