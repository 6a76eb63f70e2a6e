"""The messages of a campaign as a person would get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from accountgraph.campaigns.messages.texts import Encoding
from accountgraph.campaigns.rules.channels import BY_PEOPLE
from accountgraph.campaigns.rules.who import name_of
from accountgraph.cli.render.page import ATTENTION, QUIET, page
from accountgraph.cli.render.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.messages.preview import Preview
    from accountgraph.campaigns.messages.texts import TextSize
    from accountgraph.models import Contact

_MOST_COSTLY = 12  # characters that are named


def preview_page(definition: CampaignDefinition, person: Contact, shown: Sequence[Preview], file: str | None) -> RenderableType:
    """Every step and variant, in the order of the file. `file`: where it is from, if it may not have been applied."""
    title = Text.assemble((definition.name, "bold"), f" as {person.name} would get it", (f"   hash {definition.content_hash[:12]}", QUIET))
    first = f"`accountgraph campaign apply {file}`, then " if file else ""
    hint = f"Seen and found good: {first}`accountgraph campaign approve {definition.name} --hash {definition.content_hash[:12]}`."
    return page(title, *(part for one in shown for part in _message(one)), Text(), Text(hint, style=QUIET))


def _message(one: Preview) -> Iterator[RenderableType]:
    kinds = [f"a task: {name_of(one.channel)}" if one.channel in BY_PEOPLE else name_of(one.channel)]
    kinds += [f"variant {one.variant}"] if one.variant else []
    kinds += [f"{one.track} track"] if one.track != "main" else []
    kinds += ["a person approves it"] if one.needs_approval and one.channel not in BY_PEOPLE else []
    yield Text()
    yield Text.assemble((one.step_key, "bold"), (f"   {', '.join(kinds)}", QUIET))
    for warning in one.warnings:
        yield Padding(Text(f"! {warning}", style=ATTENTION), (0, 0, 0, 2))
    if one.content is None:
        return
    if one.subject:
        yield Padding(Text.assemble(("Subject  ", QUIET), one.subject), (0, 0, 0, 2))
    yield Padding(Text(one.content), (0, 0, 0, 4))
    if below := below_text(one.signature, one.footer, one.tracks):
        yield Padding(Text(f"\n-- \n{below}", style=QUIET), (0, 0, 0, 4))
    if one.size:
        yield Padding(size_text(one.size), (1, 0, 0, 2))


def below_text(signature: str, footer: str, tracks: Sequence[str]) -> str:
    """What goes with the words of a message."""
    told = f"({' and '.join(tracks)} are told of)" if tracks else ""
    return "\n\n".join(part for part in (signature, footer, told) if part)


def size_text(size: TextSize) -> Text:
    """What a text message costs, and which characters make it dearer."""
    bits = "7 bits" if size.encoding is Encoding.GSM7 else "16 bits"
    said = Text(f"{count(size.segments, 'segment')} ({bits} a character, {size.units} used, {size.left} left in the last)", style=QUIET)
    if size.costly:
        said.append(f"\n! 16 bits because of {' '.join(size.costly[:_MOST_COSTLY])}: other characters make it shorter", style=ATTENTION)
    return said
