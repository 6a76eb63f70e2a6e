"""Signals as people say them: in a word or two, and as the sentence that stands over the task they make."""

from __future__ import annotations

from typing import NamedTuple

from accountgraph.campaigns.signals.reactions import SignalKind as Kind


class _Words(NamedTuple):
    label: str
    sentence: str


_WORDS = {
    Kind.REPLY: _Words("an answer", "{who} answered"),
    Kind.REPLY_POSITIVE: _Words("an interested answer", "{who} is interested"),
    Kind.REPLY_QUESTION: _Words("a question", "{who} asked something"),
    Kind.REPLY_OBJECTION: _Words("an objection", "{who} has an objection"),
    Kind.REPLY_NOT_NOW: _Words("not now", "{who} would rather talk later"),
    Kind.REPLY_REFUSAL: _Words("a no", "{who} said no"),
    Kind.REFERRAL: _Words("a referral", "{who} named somebody else to talk to"),
    Kind.MANUAL_MESSAGE: _Words("we wrote by hand", "One of us wrote to {who} by hand"),
    Kind.OUT_OF_OFFICE: _Words("out of office", "{who} is out of office"),
    Kind.HARD_BOUNCE: _Words("came back for good", "Mail to {who} came back for good"),
    Kind.SOFT_BOUNCE: _Words("came back for now", "Mail to {who} came back for now"),
    Kind.POLICY_BOUNCE: _Words("our mail was refused", "Our mail to {who} was refused for its reputation"),
    Kind.UNSUBSCRIBE: _Words("wants no more of it", "{who} does not want to hear from us"),
    Kind.COMPLAINT: _Words("a complaint", "{who} complained about our mail"),
    Kind.MEETING_BOOKED: _Words("a meeting is booked", "{who} will meet us"),
    Kind.MEETING_HELD: _Words("the meeting took place", "We met {who}: what follows?"),
    Kind.MEETING_MISSED: _Words("the meeting did not take place", "The meeting with {who} did not take place: what now?"),
    Kind.DEAL_OPENED: _Words("a deal was opened", "A deal with {who} was opened"),
    Kind.DEAL_WON: _Words("a deal was won", "A deal with {who} was won"),
    Kind.DEAL_LOST: _Words("a deal was lost", "A deal with {who} was lost"),
    Kind.LEFT_COMPANY: _Words("left the company", "{who} has left the company"),
    Kind.MANUAL_STOP: _Words("stopped by hand", "One of us stopped writing to {who}"),
    Kind.OPEN: _Words("opened", "{who} opened our mail"),
    Kind.CLICK: _Words("clicked", "{who} followed a link"),
}


def label_of(kind: str) -> str:
    """A signal in a word or two; a kind that is not known as it is written."""
    return _WORDS[Kind(kind)].label if kind in _WORDS else kind.replace("_", " ")


def sentence_of(kind: Kind, who: str | None) -> str:
    """What happened with somebody, as a rep would say it. `who` None: somebody of the account."""
    said = _WORDS[kind].sentence.format(who=who or "somebody there")
    return said[0].upper() + said[1:]
