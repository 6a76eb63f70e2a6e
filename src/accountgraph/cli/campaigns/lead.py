"""`lead process`: people who came to us, from JSON into their campaign."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render.outreach import people as drawn
from accountgraph.errors import AccountGraphError, InvalidValueError
from accountgraph.orchestrator import AccountOrchestrator

if TYPE_CHECKING:
    from accountgraph.campaigns.enrolment.leads import ProcessedLead

app = group("Leads: people who came to us.")
COMMANDS = {"lead": app}
_CURE = 'give one object, or a list of them: {"campaign": ..., "email": ..., "message": ...}.'


@app.callback()
def leads() -> None:
    """Leads: people who came to us."""  # a group of one command is a group only with this


@command(app)
async def process(
    edge: Edge,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A JSON file with one lead or a list of them; - reads standard input.")],
) -> None:
    """Bring new people in: account, person, what they wrote, and their campaign.

    Each lead is taken alone, and the same one again changes nothing. Exit code 1 where one was not taken.
    """
    leads = _read(file)
    async with edge.app() as parts:
        orchestrator = AccountOrchestrator(parts.db)
        results = [await _processed(orchestrator, number, lead) for number, lead in enumerate(leads, 1)]
    edge.emit(results, lambda: drawn.leads_page(results))
    if any(result["error"] for result in results):
        raise typer.Exit(1)


def _read(file: str) -> list[Any]:
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    if not data.strip():
        raise InvalidValueError("FILE", f"{file} is empty; {_CURE}")
    try:
        given = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidValueError("FILE", f"{file} is not JSON: {error}; {_CURE}") from None
    if not isinstance(given, (dict, list)):
        raise InvalidValueError("FILE", f"{file} holds no lead; {_CURE}")
    return given if isinstance(given, list) else [given]


async def _processed(orchestrator: AccountOrchestrator, number: int, lead: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the file holds
    """What became of one lead; one that is refused keeps none of the others back."""
    given = lead if isinstance(lead, dict) else {}
    said = {"number": number, "email": given.get("email"), "campaign": given.get("campaign"), "error": None}
    try:
        if not isinstance(lead, dict):
            raise InvalidValueError("lead", f"is no object; {_CURE}")
        processed = await orchestrator.process_new_lead(lead)
    except AccountGraphError as error:
        return {**said, "error": " ".join(error.lines)}
    return {**said, **msgspec.structs.asdict(processed), "is_changed": _is_changed(processed)}


def _is_changed(processed: ProcessedLead) -> bool:
    return processed.is_new_company or processed.is_new_contact or processed.is_new_message or bool(processed.enrolments)
