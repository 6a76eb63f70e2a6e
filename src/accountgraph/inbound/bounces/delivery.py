"""What a mail reports on delivery: addresses that failed, or the mere notice that something is delayed or arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from accountgraph.inbound.bounces.providers import provider_of
from accountgraph.inbound.bounces.recipients import Named, named_in, sent_to
from accountgraph.inbound.bounces.report import Outcome, Report, report_of
from accountgraph.inbound.bounces.signs import is_a_report, speaks_of_delay
from accountgraph.inbound.bounces.verdict import Verdict, verdict
from accountgraph.inbound.bounces.words import words_of
from accountgraph.inbound.findings import Bounce
from accountgraph.inbound.ours import intent_of, message_of

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail


class _Case(NamedTuple):
    """A report that is being judged: its words, whose it is, and why it is taken for one."""

    mail: Mail
    words: str
    provider: str | None
    signs: tuple[str, ...]


_SURE_OF_REASON = 0.75
_LONGEST_WORDS = 300  # characters of a server's words that are kept as evidence


class Delivery(Struct, frozen=True, kw_only=True):
    """`notice`: why a report is a mere notice, where it is one; there are no bounces then."""

    bounces: tuple[Bounce, ...] = ()
    notice: tuple[str, ...] = ()


def bounces(mail: Mail) -> tuple[Bounce, ...]:
    """The addresses that a mail reports as not reached. Empty: it is no bounce, a report of a delay included."""
    return delivery_of(mail).bounces


def delivery_of(mail: Mail) -> Delivery:
    """What a mail reports on delivery; empty where it is no such report."""
    signs = is_a_report(mail)
    if not signs:
        return Delivery()
    report = report_of(mail)
    words = words_of(mail)
    case = _Case(mail, words, provider_of(mail, words.lower(), report.reporting if report else None), signs)
    if report and report.outcomes:
        return _of_report(case, report)
    if delay := speaks_of_delay(mail, words):
        return Delivery(notice=(*signs, delay))
    found = [_bounce(case, named.email, verdict(None, _about(named, words)), 0.95) for named in named_in(mail, words)]
    if not found:
        found = [_bounce(case, None, verdict(None, words), 0.7, "it names no address")]
    return Delivery(bounces=tuple(found))


def _about(named: Named, words: str) -> str:
    """The words about one address; those about all of them, where they say nothing of it."""
    about = verdict(None, named.words)
    return named.words if about.confidence >= _SURE_OF_REASON or named.words is words else f"{named.words}\n{words}"


def _of_report(case: _Case, report: Report) -> Delivery:
    failed = [outcome for outcome in report.outcomes if outcome.action == "failed"]
    if not failed:
        actions = sorted({outcome.action for outcome in report.outcomes})
        return Delivery(notice=tuple(f"its report says “{action}”" for action in actions))
    return Delivery(bounces=tuple(_reported(case, outcome, failed) for outcome in failed))


def _reported(case: _Case, outcome: Outcome, failed: list[Outcome]) -> Bounce:
    said = verdict(outcome.status, outcome.words)
    if said.confidence < _SURE_OF_REASON and len(failed) == 1:
        more = verdict(outcome.status, f"{outcome.words}\n{case.words}")
        said = more if more.confidence > said.confidence else said
    email, forwarded = _written_to(case.mail, outcome, failed)
    evidence = ["its report says “failed”", *([f"forwarded to {outcome.email}"] if forwarded else [])]
    if outcome.words:
        evidence.append(f"server: {' '.join(outcome.words.split())[:_LONGEST_WORDS]}")
    return _bounce(case, email, said, 0.7 if forwarded else 1.0, *evidence)


def _written_to(mail: Mail, outcome: Outcome, failed: list[Outcome]) -> tuple[str | None, bool]:
    """The address that we wrote to, and whether the one that failed is another one, to which it was forwarded."""
    final = outcome.email
    to = sent_to(mail)
    if outcome.original and outcome.original != final:
        return outcome.original, final is not None
    if len(to) == 1 and len(failed) == 1 and final not in to:
        return to[0], final is not None
    return final, False


def _bounce(case: _Case, email: str | None, said: Verdict, sure: float, *evidence: str) -> Bounce:
    return Bounce(
        kind=said.kind,
        email=email,
        status=said.status,
        reason=str(said.reason),
        message_id=message_of(case.mail),
        intent_id=intent_of(case.mail),
        provider=case.provider,
        confidence=round(said.confidence * sure, 2),
        evidence=(*case.signs, *evidence, *said.evidence),
    )
