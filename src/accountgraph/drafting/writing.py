"""Writing one draft: the model is asked, the checker looks, the model may correct it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from accountgraph.drafting.asking import answered
from accountgraph.drafting.checking import Draft, Named, Verdict, check
from accountgraph.drafting.checking.tokens import words_of
from accountgraph.drafting.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.channels.credentials import Vault
    from accountgraph.db import Connectable
    from accountgraph.drafting.gathering import Assignment
    from accountgraph.store.outreach.drafting import DraftingSettings

FIELDS: dict[str, Any] = {"subject": (str | None, None), "body": str, "facts_used": (list[str], [])}
MOST_WORDS_ASKED = 2000  # of a draft, when those are looked for whom it names


class Attempt(Struct, frozen=True, kw_only=True):
    """What came of writing. `draft` None: nothing that may go on; `detail` says why, `refusals` what was wrong, try by try."""

    draft: Draft | None = None
    last: Draft | None = None
    verdict: Verdict = Verdict()
    refusals: tuple[tuple[str, ...], ...] = ()
    detail: str | None = None

    @property
    def state(self) -> str:
        """As drafts have it."""
        return "written" if self.draft else "refused" if self.refusals else "failed"


async def write(db: Connectable, settings: DraftingSettings, vault: Vault, assignment: Assignment) -> Attempt:
    """Let the model write, check it, and let it correct itself once. It never raises for what a model or a network does."""
    seen: list[tuple[Draft, Verdict]] = []

    async def review(answer: dict[str, Any]) -> str | None:
        draft = Draft(subject=_subject(answer["subject"], assignment), body=answer["body"].strip(), facts_used=tuple(answer["facts_used"]))
        verdict = check(draft, await _with_others(db, draft, assignment))
        seen.append((draft, verdict))
        return "Refused. Write it again without this:\n" + "\n".join(f"- {said}" for said in verdict.refusals) if verdict.refusals else None

    try:
        await answered(settings, vault, assignment.prompt, FIELDS, review)
    except ModelError as error:
        return _failed(seen, str(error))
    draft, verdict = seen[-1]
    return Attempt(draft=draft, last=draft, verdict=verdict, refusals=_refusals(seen))


def _subject(given: str | None, assignment: Assignment) -> str | None:
    """A subject that nobody asked for is dropped: the thread has its own, and a text has none."""
    return given.strip(" ") if given is not None and assignment.ground.needs_subject else None


def _refusals(seen: Sequence[tuple[Draft, Verdict]]) -> tuple[tuple[str, ...], ...]:
    return tuple(verdict.refusals for _, verdict in seen if verdict.refusals)


def _failed(seen: Sequence[tuple[Draft, Verdict]], said: str) -> Attempt:
    refusals = _refusals(seen)
    if len(refusals) > 1:
        said = f"What it wrote was refused {len(refusals)} times, at last: {refusals[-1][0]}"
    last, verdict = seen[-1] if seen else (None, Verdict())
    return Attempt(last=last, verdict=verdict, refusals=refusals if len(refusals) > 1 else (), detail=said)


async def _with_others(db: Connectable, draft: Draft, assignment: Assignment) -> Any:  # noqa: ANN401 - a ground
    """The ground with those whom the draft could be naming and may not."""
    words = sorted(set(words_of(f"{draft.subject or ''} {draft.body}")))[:MOST_WORDS_ASKED]
    found = await db.rows(Named, "drafting.drafts.people", {"contact_id": assignment.contact_id, "words": words})
    allowed = assignment.ground.reference.id if assignment.ground.reference else None
    return msgspec.structs.replace(assignment.ground, others=tuple(one for one in found if one.id != allowed))
