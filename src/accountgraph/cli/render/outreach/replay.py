"""A history that was decided again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, GOOD, QUIET, listing, page, section
from accountgraph.cli.render.words import count, plain

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from accountgraph.campaigns.replay import Replayed


def replay_page(campaign: str, replayed: Replayed, file: Path | None, limit: int) -> RenderableType:
    """How many decisions each rule made before and after, then each that differs."""
    under = f"as {file.name} has it" if file else "by the versions they were made by"
    head = Text(f"{count(replayed.decisions, 'decision')} of {campaign}, made again {under}: ")
    differences = replayed.differences
    if differences:
        head.append(f"{count(len(differences), 'would', 'would')} have been different.", style=ATTENTION)
    else:
        head.append("none would have been different.", style=GOOD)
    missing = (
        f"{count(replayed.missing_steps, 'decision was', 'decisions were')} of steps that {file.name if file else 'it'} does not have."
    )
    return page(
        head,
        Text(missing, style=QUIET) if replayed.missing_steps else None,
        section("By rule", _rules(replayed)) if replayed.decisions else None,
        section("What would have been different (UTC)", _differences(replayed, limit)) if differences else None,
    )


def _rules(replayed: Replayed) -> RenderableType:
    table = listing("Rule", "Before", "After", right=("Before", "After"))
    for rule in dict.fromkeys([*replayed.before, *replayed.after]):
        table.add_row(plain(rule), f"{replayed.before.get(rule, 0):,}", f"{replayed.after.get(rule, 0):,}")
    return table


def _differences(replayed: Replayed, limit: int) -> RenderableType:
    shown = [Text(str(one)) for one in replayed.differences[:limit]]
    if len(shown) < len(replayed.differences):
        shown.append(Text(f"The first {len(shown):,}; --limit shows more.", style=QUIET))
    return page(*shown)
