"""Servers of a test's own; this folder is about the server itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from accountgraph.postgres import EmbeddedServer
from tests.homes import scratch_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def home() -> Iterator[Path]:
    with scratch_home() as folder:
        yield folder


@pytest.fixture(scope="package")
def running() -> Iterator[EmbeddedServer]:
    """A server that several tests look at and none stops."""
    with scratch_home() as folder:
        server = EmbeddedServer(folder)
        server.start()
        yield server


@pytest.fixture(scope="package")
def stopped_home() -> Iterator[Path]:
    """A cluster that was stopped cleanly, to be copied."""
    with scratch_home() as folder:
        EmbeddedServer(folder).start()
        EmbeddedServer(folder).stop()
        yield folder


@pytest.fixture
def cluster(home: Path, stopped_home: Path) -> Path:
    """The home of a cluster of this test's own, not running; copied, because making one takes a second."""
    for entry in stopped_home.iterdir():
        _copy(entry, home / entry.name)
    return home


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        target.mkdir()
        for entry in source.iterdir():
            _copy(entry, target / entry.name)
    else:
        shutil.copyfile(source, target)
    found = source.stat()
    shutil.chown(target, found.st_uid, found.st_gid)
    target.chmod(found.st_mode & 0o777)
