"""What can come of a task, and what each outcome does: policy, in one table.

An outcome is a word. What it does is said by its fields alone; `happened` carries them out, and knows no word.
"""

from __future__ import annotations

from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.tasks import TaskKind
from accountgraph.enums import EventKind
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.campaigns.work.tasks import Task


class Sentiment(StrEnum):
    """How somebody sounded."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Wrong(StrEnum):
    """What turned out not to be theirs: it is not used any more."""

    NUMBER = "number"
    PROFILE = "profile"
    ADDRESS = "address"


class Time(StrEnum):
    """What the time is that an outcome asks for: when to call back, when a meeting is, to when one was moved."""

    CALLBACK = "callback"
    MEETING = "meeting"
    MOVED = "moved"


class Outcome(Struct, frozen=True, kw_only=True):
    """One thing that can come of a task.

    `is_touch` False: it could not be done, and the step is passed over. `event`: of its touchpoint, where no signal brings one.
    `signal`: what it tells the campaigns of the account; `by_sentiment`: the same, where a sentiment is told. `reads`: what they
    said is asked for, and its meaning says the signal. `time`: what its `at` is. `wrong`: what is not theirs. `forbids_calls`: they
    are called and texted no more. `follows`: what a task was done with before this may come of it too.
    """

    word: str
    says: str
    is_touch: bool = True
    event: EventKind | None = None
    signal: SignalKind | None = None
    by_sentiment: dict[Sentiment, SignalKind] = {}
    reads: bool = False
    time: Time | None = None
    wrong: Wrong | None = None
    forbids_calls: bool = False
    follows: tuple[str, ...] = ()

    def signal_for(self, sentiment: Sentiment | None) -> SignalKind | None:
        """The signal, where it does not come from what they said."""
        return self.by_sentiment.get(sentiment, self.signal) if sentiment else self.signal


_DONE = Outcome(word="done", says="it is done, and nothing more is known")
_LEFT = ("done", "sent")
_REFUSED = Outcome(word="refused", says="they said no", signal=SignalKind.REPLY_REFUSAL)
_WRONG_NUMBER = Outcome(word="wrong_number", says="the number is not theirs", event=EventKind.FAILED, wrong=Wrong.NUMBER)
_HELD = Outcome(word="held", says="it took place", signal=SignalKind.MEETING_HELD)
_MISSED = Outcome(word="missed", says="they did not come", is_touch=False, signal=SignalKind.MEETING_MISSED)
_UNREACHED = ("voicemail", "no_answer", "busy", "gatekeeper")


def _booked(*follows: str) -> Outcome:
    says = "they agreed to meet: --at says when"
    return Outcome(word="booked", says=says, signal=SignalKind.MEETING_BOOKED, time=Time.MEETING, follows=follows)


def _replied(*follows: str) -> Outcome:
    return Outcome(word="replied", says="they answered: --text says what", reads=True, follows=follows)


_BY_TEXT = (Outcome(word="sent", says="it left"), _replied(*_LEFT), _WRONG_NUMBER, _DONE)

OUTCOMES: dict[TaskKind, tuple[Outcome, ...]] = {
    TaskKind.CALL: (
        Outcome(
            word="reached",
            says="you talked: --sentiment says how it went",
            event=EventKind.ANSWERED,
            by_sentiment={Sentiment.POSITIVE: SignalKind.REPLY_POSITIVE, Sentiment.NEGATIVE: SignalKind.REPLY_OBJECTION},
        ),
        Outcome(word="voicemail", says="you left a message"),
        Outcome(word="no_answer", says="nobody picked up"),
        Outcome(word="busy", says="the line was busy"),
        Outcome(word="gatekeeper", says="somebody else picked up and did not put you through"),
        Outcome(
            word="callback",
            says="they want to be called back: --at says when",
            event=EventKind.ANSWERED,
            time=Time.CALLBACK,
            follows=_UNREACHED,
        ),
        _booked("reached", *_UNREACHED),
        _REFUSED,
        _WRONG_NUMBER,
        Outcome(word="do_not_call", says="they do not want calls", signal=SignalKind.UNSUBSCRIBE, forbids_calls=True),
        _DONE,
    ),
    TaskKind.LINKEDIN: (
        Outcome(word="sent", says="the message or the invitation left"),
        Outcome(word="accepted", says="they accepted the invitation", event=EventKind.DELIVERED, follows=_LEFT),
        _replied(*_LEFT, "accepted", "ignored"),
        Outcome(word="declined", says="they declined the invitation", follows=_LEFT),
        Outcome(word="ignored", says="they did not answer", follows=(*_LEFT, "accepted")),
        _booked(*_LEFT, "accepted"),
        Outcome(word="not_found", says="the profile is not there", is_touch=False, wrong=Wrong.PROFILE),
        _DONE,
    ),
    TaskKind.MAIL: (
        Outcome(word="sent", says="it was posted"),
        Outcome(word="returned", says="it came back", event=EventKind.FAILED, wrong=Wrong.ADDRESS, follows=_LEFT),
        _replied(*_LEFT),
        _DONE,
    ),
    TaskKind.SMS: _BY_TEXT,
    TaskKind.WHATSAPP: _BY_TEXT,
    TaskKind.MEETING: (_booked(*_LEFT), Outcome(word="sent", says="the invitation left"), _HELD, _MISSED, _REFUSED, _DONE),
    TaskKind.MEETING_OUTCOME: (
        _HELD,
        _MISSED,
        Outcome(word="rescheduled", says="it was moved: --at says to when", is_touch=False, time=Time.MOVED),
        Outcome(word="cancelled", says="it was called off", is_touch=False, signal=SignalKind.MEETING_MISSED),
    ),
}
"""By kind of task, in the order in which they are shown. A kind that is not here is closed with any words."""

_SYNONYMS = {"no_show": "missed", "not_interested": "refused", "canceled": "cancelled", "connected": "reached"}


def outcomes_of(task: Task) -> tuple[Outcome, ...]:
    """What can come of a task; nothing where any words do. A meeting whose outcome was recorded asks only what follows from it."""
    if task.kind is TaskKind.MEETING_OUTCOME and task.signal != SignalKind.MEETING_BOOKED:
        return ()
    return OUTCOMES.get(task.kind, ())


def outcome_of(task: Task, word: str | None) -> Outcome | None:
    """The outcome that a word names; None where any words do.

    Raises:
        InvalidValueError: it names none; the message lists those there are.
    """
    known = {outcome.word: outcome for outcome in outcomes_of(task)}
    if not known:
        return None
    said = "_".join((word or _DONE.word).lower().replace("-", " ").replace("_", " ").split())
    found = known.get(_SYNONYMS.get(said, said))
    if found is None:
        near = get_close_matches(said, known, n=1, cutoff=0.5)
        offer = f"did you mean {near[0]}? " if near and word else ""
        what = f"{word!r} is nothing that can come of it; " if word else "say what came of it; "
        raise InvalidValueError("outcome", f"{what}{offer}It is one of {', '.join(known)}.")
    return found
