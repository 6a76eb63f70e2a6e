"""A new key for what is sealed: put before the old one, everything sealed anew, and only then the old one put aside.

Both keys stand in the file until all is done: whoever dies in between leaves a workspace that opens, and the next run goes on.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.errors import ConfigError
from accountgraph.store.sealing import FILE, VARIABLE, Keyring, keys_in, new_key
from accountgraph.store.secrets import SecretRepository

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from accountgraph.config import Settings
    from accountgraph.db import Database

ASIDE = f"{FILE}.old"
_MOST_PASSES = 5


class Rotated(Struct, frozen=True):
    """What was sealed anew, in how many workspaces, and where the keys before are."""

    workspaces: int
    resealed: int
    old_keys: str


async def rotate(settings: Settings, workspaces: Sequence[Database]) -> Rotated:
    """Seal the secrets of all workspaces with a new key; each workspace in one transaction.

    Raises:
        ConfigError: the key does not stand in the file, so that others have to change it.
        SealError: a secret cannot be opened; both keys stay, and nothing is lost.
    """
    if settings.secret_key:
        raise ConfigError(
            f"The key stands in {VARIABLE}: put a new one before it (NEW,OLD), restart what runs, run `secret reseal` for each workspace,"
            " and then drop the old one."
        )
    file = settings.home / FILE
    Keyring.of(settings)  # makes the file where it is missing, and refuses one that others can read
    with _alone(file):
        first = _begin(file)
        done = 0
        for _ in range(_MOST_PASSES):  # somebody may have sealed something with the old key meanwhile
            again = sum([await SecretRepository(database).reseal() for database in workspaces])
            done += again
            if not again:
                break
        else:
            raise ConfigError("Secrets are still being stored with the old key; both keys stay. Restart what runs, and do it again.")
        _put_aside(file, first)
    return Rotated(len(workspaces), done, str(file.with_name(ASIDE)))


def _begin(file: Path) -> str:
    """The key that seals from now on: a new one; where there are several, an earlier run did not end, and its key is gone on with."""
    keys = keys_in(file)
    if len(keys) > 1:
        return keys[0]
    made = new_key()
    _write(file, [made, *keys])
    return made


def _put_aside(file: Path, first: str) -> None:
    """What was sealed before opens from backups alone: the old keys are kept beside, and not used."""
    aside = file.with_name(ASIDE)
    known = keys_in(aside) if aside.exists() else []
    old = [key for key in keys_in(file) if key != first]
    _write(aside, [*old, *(key for key in known if key not in old)])
    _write(file, [first])


def _write(file: Path, keys: Sequence[str]) -> None:
    """Whole or not at all, read by its owner alone, and on the disk before anything counts on it."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write("".join(f"{key}\n" for key in keys))
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One rotation at a time, on this machine."""
    with os.fdopen(os.open(file.with_name(f"{FILE}.lock"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as held:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415 - there is none elsewhere

            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ConfigError("Another rotation is under way; wait for it.") from None
        yield
