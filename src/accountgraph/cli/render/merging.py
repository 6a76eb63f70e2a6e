"""What a merge would do, what one did, and who may be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Group
from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from accountgraph.merging import Duplicates, Merge, MergePreview, Unmerged

REASONS = {
    "linkedin": "the same LinkedIn profile",
    "phone": "the same number",
    "local_part": "the same before the @, at domains of one account",
    "name": "the same name at one account",
    "domain": "its people write from the other's domain",
    "account_name": "the same name",
}
_STRICT = {
    "suppressed": "suppressed on {}",
    "revoked": "consent revoked on {}",
    "topic": "does not want to hear about {}",
    "held": "held: {}",
    "excluded": "left out of campaigns: {}",
}


def preview_page(preview: MergePreview, done: Merge | None) -> RenderableType:
    """What goes where, and whether it was done."""
    parts: list[RenderableType] = [Text(f"{preview.drop_name} ({preview.drop_id}) goes into {preview.keep_name} ({preview.keep_id}).")]
    fields = listing("Field", "Kept has", "Dropped has", "It will be")
    for one in preview.fields:
        why = " (the stricter)" if one.is_strict else " (both say something)" if one.is_conflict else ""
        result = Text(_said(one.result) + why, style=ATTENTION if one.is_conflict else "")
        fields.add_row(one.field, Text(_said(one.kept)), Text(_said(one.dropped)), result)
    parts += [fields] if preview.fields else []
    moved = ", ".join(f"{one.total} {one.table_name}" for one in preview.moves)
    parts.append(Text(f"Moves: {moved or 'nothing'}."))
    parts += [Text(f"There twice, becomes one: {one.total} {one.table_name}.") for one in preview.collapses]
    parts += [Text(f"Stays: {_STRICT[one.what].format(one.detail)}.", style=ATTENTION) for one in preview.strict]
    parts += [Text(note, style=QUIET) for note in preview.notes]
    parts += [Text(obstacle, style=BAD) for obstacle in preview.obstacles]
    if done:
        parts.append(Text(f"Merged. `unmerge {done.id}` undoes it.", style=GOOD))
    elif not preview.obstacles:
        parts.append(Text("Nothing was done; --yes does it.", style=QUIET))
    return Group(*parts)


def undone_page(done: Unmerged) -> RenderableType:
    """What is as it was."""
    if done.was_undone:
        return Text("It was undone already.", style=QUIET)
    table = listing("Table", "As before", "Changed since, stays")
    for one in done.tables:
        table.add_row(one.table_name, str(one.put_back), str(one.kept) if one.kept else "")
    return Group(Text(f"{done.restored_id} is back beside {done.kept_id}."), table)


def duplicates_table(found: Sequence[Duplicates]) -> RenderableType:
    """A group a row, the oldest first."""
    if not found:
        return Text("Nobody seems to be there twice.", style=QUIET)
    table = listing("Why", "Which")
    for one in found:
        rows = "\n".join(f"{row.name}{f' <{row.detail}>' if row.detail else ''}  {row.id}" for row in one.rows)
        table.add_row(REASONS[one.reason], Text(rows))
    return table


def _said(value: Any) -> str:  # noqa: ANN401 - of any field
    if value is None or value in ("", [], {}):
        return "-"
    plain = msgspec.to_builtins(value)
    return plain if isinstance(plain, str) else msgspec.json.encode(plain).decode()
