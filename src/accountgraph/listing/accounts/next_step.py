"""What is to be done next with an account: the most urgent that waits, else what would help."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class StepKind(StrEnum):
    """The most urgent first. `reply`: somebody wrote and waits. `planned`: a campaign's step, or a task of a time to come.

    The last four are suggestions, where nothing waits and nothing is planned.
    """

    REPLY = "reply"
    APPROVAL = "approval"
    TASK = "task"
    HOLD = "hold"
    PLANNED = "planned"
    PAUSED = "paused"
    FIND_PEOPLE = "find_people"
    FIND_DECISION_MAKER = "find_decision_maker"
    START_CONVERSATION = "start_conversation"
    NOTHING_DUE = "nothing_due"


class NextStep(Struct, frozen=True, kw_only=True):
    """What is next. `detail`: a task's title, a message's subject, a campaign's step, or why it is held or paused.

    `at`: since or until when: due, waiting since, planned for, held or paused until (None: until somebody says so). `item_id`: of the
    task, approval, hold or enrolment.
    """

    kind: StepKind
    detail: str | None = None
    campaign: str | None = None
    at: datetime | None = None
    contact_id: UUID | None = None
    contact: str | None = None
    item_id: UUID | None = None


def suggested(*, active_people: int, decision_makers: int, active_conversations: int) -> NextStep:
    """What would help an account where nothing waits."""
    if not active_people:
        return NextStep(kind=StepKind.FIND_PEOPLE)
    if not decision_makers:
        return NextStep(kind=StepKind.FIND_DECISION_MAKER)
    if not active_conversations:
        return NextStep(kind=StepKind.START_CONVERSATION)
    return NextStep(kind=StepKind.NOTHING_DUE)
