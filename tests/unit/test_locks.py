"""What `requirements/` holds: every dependency, by hash, and no word about where it came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def normal(requirement: str) -> str:
    found = NAME.match(requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def locked(lock: Path) -> set[str]:
    return {normal(line) for line in lock.read_text().splitlines() if "==" in line and not line.lstrip().startswith("#")}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host(lock: Path) -> None:
    assert not re.search(r"://|--index|--extra-index|--find-links|@ ", lock.read_text())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text())
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry.partition("\n")[0])


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = {normal(name) for name in project["project"]["dependencies"]}
    tools = {normal(name) for name in project["dependency-groups"]["dev"]}
    assert runtime <= locked(ROOT / "requirements/base.txt")
    assert runtime | tools <= locked(ROOT / "requirements/dev.txt")


def test_base_and_dev_agree() -> None:
    def versions(lock: str) -> set[str]:
        return {line.partition(" ")[0] for line in (ROOT / "requirements" / lock).read_text().splitlines() if "==" in line}

    assert versions("base.txt") <= versions("dev.txt")


def test_no_lock_of_another_tool_is_kept() -> None:
    assert not (ROOT / "uv.lock").exists()
