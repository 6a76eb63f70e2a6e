"""Precision and recall over the corpus of reports, complaints, calendars and notices, kind by kind, and over what they say."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.inbound.parse import parse
from accountgraph.inbound.structure import structure_of
from tests.inbound.writer.cases import CASES

if TYPE_CHECKING:
    from accountgraph.inbound.findings import Understood

CORPUS = Path(__file__).parent / "corpus"
FOLDERS = ("bounces", "complaints", "meetings", "notices", "negatives")
LEAST = 0.97  # precision and recall of each kind
LEAST_FIELDS = 0.97  # of the fields that are expected of mails whose kind is right


@cache
def _judged() -> list[tuple[Path, dict[str, Any], Understood | None]]:
    paths = sorted(path for folder in FOLDERS for path in (CORPUS / folder).glob("*.eml"))
    return [(path, json.loads(path.with_suffix(".json").read_text("utf-8")), structure_of(parse(path.read_bytes()))) for path in paths]


def _fields(expected: dict[str, Any], found: Understood) -> list[bool]:
    """Whether each field that is expected is as it should be; a finding too many or too few counts as one that is not."""
    said = msgspec.to_builtins(found)
    right = []
    for key in ("bounces", "meetings"):
        wanted = expected.get(key, [])
        right += [len(said[key]) == len(wanted)] if key in expected else []
        right += [said_one[name] == value for said_one, one in zip(said[key], wanted, strict=False) for name, value in one.items()]
    if complaint := expected.get("complaint"):
        right += [(said["complaint"] or {}).get(name) == value for name, value in complaint.items()]
    return right


def test_corpus_is_what_its_writer_writes() -> None:
    written = {(case.folder, case.name): case for case in CASES}

    assert {(path.parent.name, path.stem) for path, _, _ in _judged()} == set(written)
    assert all(path.read_bytes() == written[path.parent.name, path.stem].content for path, _, _ in _judged())


@pytest.mark.parametrize("kind", ["bounce", "complaint", "meeting", "notice"])
def test_kinds_are_told_apart(kind: str) -> None:
    pairs: Counter[tuple[str | None, str | None]]
    pairs = Counter((expected["kind"], found.kind if found else None) for _, expected, found in _judged())
    hits = pairs[kind, kind]
    said = sum(count for (_, told), count in pairs.items() if told == kind)
    there = sum(count for (wanted, _), count in pairs.items() if wanted == kind)

    assert there >= 12
    assert hits / said >= LEAST, f"precision of {kind}: {pairs}"
    assert hits / there >= LEAST, f"recall of {kind}: {pairs}"


@pytest.mark.parametrize("kind", ["hard", "soft", "policy"])
def test_hard_soft_and_policy_are_told_apart(kind: str) -> None:
    pairs: Counter[tuple[str, str]] = Counter()
    for _, expected, found in _judged():
        for wanted, one in zip(expected.get("bounces", []), found.bounces if found else (), strict=False):
            pairs[wanted["kind"], one.kind] += 1
    hits = pairs[kind, kind]

    assert hits >= 20
    assert hits / sum(count for (_, told), count in pairs.items() if told == kind) >= LEAST, f"precision of {kind}: {pairs}"
    assert hits / sum(count for (wanted, _), count in pairs.items() if wanted == kind) >= LEAST, f"recall of {kind}: {pairs}"


def test_what_they_say_is_read() -> None:
    wrong = []
    fields = 0
    for path, expected, found in _judged():
        if found is not None and found.kind == expected["kind"]:
            right = _fields(expected, found)
            fields += len(right)
            wrong += [path.stem] * right.count(False)

    assert fields > 300
    assert 1 - len(wrong) / fields >= LEAST_FIELDS, wrong


def test_every_finding_says_how_sure_it_is_and_why() -> None:
    for path, _, found in _judged():
        if found is not None:
            findings: list[Any] = [found, *found.bounces, *found.meetings, *([found.complaint] if found.complaint else [])]
            assert all(0 < one.confidence <= 1 and one.evidence for one in findings), path.stem
