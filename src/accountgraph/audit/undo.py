"""Taking changes back: all of them, or none and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from accountgraph.audit.log import Change, changes_by_id
from accountgraph.campaigns.work.accounts import let_go_on
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accountgraph.acting import Acting
    from accountgraph.db import Connectable, Session

MOST = 1000  # changes at once
_WHY = {
    "erased": "the person was erased, and what stood here with them.",
    "counted": "many rows were changed by one statement; only their number was kept.",
    "not_kept": "it holds a secret, or more than the log keeps; what it was before is not known.",
    "sent": "a message has left since; what was sent cannot be taken back.",
    "gone": "the row is not there any more.",
    "undone": "it was taken back already.",
    "changed": "the row was changed since.",
    "in_use": "something hangs on the row that is not taken back with it; take that back first, or the whole transaction.",
    "refused": "the database refuses what it was before.",
}


class Refused(Struct, frozen=True, kw_only=True):
    """A change that cannot be taken back.

    `obstacle`: erased, counted, not_kept, sent, gone, undone, changed, in_use or refused; `why`: the same for people. `later`: the change
    that stands in the way; None where none is known, for what is done outside of the log may too. `detail`: the fields, the table, what
    the database said.
    """

    change: Change
    obstacle: str
    why: str
    later: Change | None
    detail: str | None


class UndoReport(Struct, frozen=True, kw_only=True):
    """What came of an undo. With anything refused nothing was undone, and `undone` is empty."""

    undone: list[Change]
    refused: list[Refused]

    @property
    def is_done(self) -> bool:
        """Whether all was taken back."""
        return not self.refused


class _Step(Struct, frozen=True):
    change_id: int
    obstacle: str | None
    later_id: int | None
    detail: str | None


class _NotDoneError(Exception):
    def __init__(self, steps: list[_Step]) -> None:
        self.steps = steps


async def undo_changes(
    db: Connectable,
    *,
    ids: Sequence[int] | None = None,
    transaction: str | None = None,
    actor: str | Acting | None = None,
    last: int = 1,
    tables: Sequence[str] | None = None,
    may_touch: Acting | None = None,
) -> UndoReport:
    """Take changes back: these, those of a transaction, or the `last` of an actor (a name: of whoever is logged by it).

    Rows get back what they had before, the latest change first, where they still are as the change left them. All or nothing. It is
    logged itself, under who acts now, and may be taken back in turn. A message that has left stays sent. `tables`: of
    an actor's last changes those of these tables alone; None: of all. `may_touch`: somebody to whose changes the undo is held; others among
    `ids` or in the transaction are refused.

    Raises:
        InvalidValueError: not exactly one of the three is given; more than 1000 changes; somebody else's; nobody is said to act.
        NotFoundError: a change, or the transaction, is not in the log.
    """
    if sum(one is not None for one in (ids, transaction, actor)) != 1:
        raise InvalidValueError("ids", "say what to undo: changes by id, or a transaction, or an actor's last changes; one of the three.")
    if not 1 <= last <= MOST:
        raise InvalidValueError("last", f"{last} cannot be taken back at once; say 1 to {MOST}.")

    async def work(session: Session) -> UndoReport:
        if not await session.value("audit.undo.somebody_acts"):
            raise InvalidValueError("acting", "an undo is logged: say who acts, with Session.act_as or Database(acting=...).")
        chosen = await _chosen(session, ids, transaction, _Last(actor, last, tables) if actor is not None else None)
        changes = {change.id: change for change in await changes_by_id(session, chosen)}
        for missing in [one for one in chosen if one not in changes]:
            raise NotFoundError(f"There is no change {missing} in the audit log.")
        _held_to(may_touch, changes.values())
        try:
            steps = await session.run(lambda inner: _undone(inner, list(changes)))
        except _NotDoneError as error:
            return UndoReport(undone=[], refused=await _refused(session, changes, error.steps))
        undone = [changes[step.change_id] for step in steps]
        held = {one.company_id for one in undone if one.table == "holds" and one.action == "insert" and one.company_id is not None}
        await let_go_on(session, sorted(held), session.now())  # whom these had paused meanwhile
        return UndoReport(undone=undone, refused=[])

    return await db.run(work)


async def undo_last(db: Connectable, actor: Acting) -> UndoReport:
    """Take back all that an actor's last transaction changed, as `undo_changes` does.

    Raises:
        NotFoundError: they have changed nothing that was not taken back already.
    """

    async def work(session: Session) -> UndoReport:
        batch: str | None = await session.value("audit.undo.last_batch_of", _logged_as(actor))
        if batch is None:
            raise NotFoundError(f"There is nothing to undo: {actor.name} has changed nothing that was not taken back already.")
        return await undo_changes(session, transaction=batch, may_touch=actor)

    return await db.run(work)


def _held_to(actor: Acting | None, changes: Iterable[Change]) -> None:
    for one in changes:
        if actor is not None and not actor.is_who_did(one.actor_kind, one.actor_id, one.actor_name):
            raise InvalidValueError("ids", f"change {one.id} is not yours: {one.actor_name} ({one.actor_kind}) made it.")


def _logged_as(actor: str | Acting) -> dict[str, str | None]:
    if isinstance(actor, str):
        return {"name": actor, "kind": None, "id": None}
    return {"name": actor.name, "kind": actor.kind, "id": actor.known_id}


class _Last(NamedTuple):
    """The last changes of somebody."""

    actor: str | Acting
    most: int
    tables: Sequence[str] | None


async def _chosen(session: Session, ids: Sequence[int] | None, transaction: str | None, last: _Last | None) -> list[int]:
    if ids is not None:
        chosen = sorted(set(ids), reverse=True)
    elif last is not None:
        tables = None if last.tables is None else list(last.tables)
        chosen = await session.rows(int, "audit.undo.last_of", {**_logged_as(last.actor), "limit": last.most, "tables": tables})
    else:
        known = transaction if transaction and transaction.isascii() and transaction.isdigit() and len(transaction) < 20 else "0"
        chosen = await session.rows(int, "audit.undo.of_transaction", {"transaction": known, "limit": MOST + 1})
    if not chosen:
        raise NotFoundError("There is nothing to undo: no such change is in the audit log.")
    if len(chosen) > MOST:
        raise InvalidValueError("ids", f"are more than the {MOST} changes that can be taken back at once.")
    return chosen


async def _undone(session: Session, ids: list[int]) -> list[_Step]:
    steps = await session.rows(_Step, "audit.undo.undo", {"ids": ids})
    if any(step.obstacle for step in steps):
        raise _NotDoneError(steps)
    return steps


async def _refused(session: Session, changes: dict[int, Change], steps: list[_Step]) -> list[Refused]:
    """Those that could not be; what stands in the way is told where it is there after all is as it was."""
    blocked = [(step, step.obstacle) for step in steps if step.obstacle]
    later = {one.id: one for one in await changes_by_id(session, [step.later_id for step, _ in blocked if step.later_id])}
    return [
        Refused(
            change=changes[step.change_id],
            obstacle=obstacle,
            why=_WHY[obstacle],
            later=later.get(step.later_id) if step.later_id else None,
            detail=step.detail,
        )
        for step, obstacle in blocked
    ]
