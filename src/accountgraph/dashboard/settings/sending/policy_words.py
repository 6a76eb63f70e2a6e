"""The policy of a campaign as sentences: each setting with what stands before and after its value, and what a change does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.campaigns.definition.policy import Policy, Reentry
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accountgraph.dashboard.forms import Form

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A setting. `path`: dotted, as in a campaign's file. `kind`: number, decimal, numbers, time, days, box, or one of `options`."""

    path: str
    before: str
    after: str = ""
    kind: str = "number"
    why: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def goes_on(self) -> bool:
        """Whether it goes on with the sentence before."""
        return self.before[0].islower()

    def value(self, policy: Policy) -> object:
        """What it is, as the form shows it."""
        found: Any = policy
        for name in self.path.split("."):
            found = getattr(found, name)
        if self.kind == "numbers":
            return ", ".join(str(one) for one in found)
        if self.kind == "days":
            return [str(one) for one in found]
        return found is True if self.kind == "box" else found

    def said(self, policy: Policy) -> str:
        """What it is, in words."""
        value = self.value(policy)
        if self.kind == "box":
            return "yes" if value else "no"
        if isinstance(value, list):
            return ", ".join(DAYS[int(one) - 1] for one in value)
        return dict(self.options).get(str(value), f"{value:g}" if isinstance(value, float) else str(value))

    def is_other(self, policy: Policy, fields: Mapping[str, Sequence[str]]) -> bool:
        """Whether what was typed is something else than what it is."""
        value, said = self.value(policy), fields.get(self.path, ())
        if self.kind == "box":
            return bool(said) is not value
        return list(said) != (value if isinstance(value, list) else [str(value)])

    def given(self, form: Form) -> object:
        """What a form says.

        Raises:
            InvalidValueError: it cannot be read.
        """
        if self.kind == "box":
            return form.is_on(self.path)
        said = form.get(self.path)
        try:
            if self.kind == "days":
                return sorted(int(one) for one in form.all(self.path))
            if self.kind == "numbers":
                return [int(one) for one in said.split(",")]
            if self.kind == "decimal":
                return float(said)
            return int(said) if self.kind == "number" else said
        except ValueError:
            raise InvalidValueError(self.path, f"{said!r} cannot be read; write numbers.") from None


def _window(channel: str, words: str) -> tuple[Sentence, ...]:
    path = f"schedule.{channel}"
    return (
        Sentence(f"{path}.days", f"{words} on", kind="days", why="In the recipient's own time zone."),
        Sentence(f"{path}.start", f"{words} from", kind="time"),
        Sentence(f"{path}.end", "until", kind="time", why="The end is not included."),
    )


SECTIONS: tuple[tuple[str, tuple[Sentence, ...]], ...] = (
    (
        "When messages leave",
        (
            *_window("email", "E-mails leave"),
            *_window("sms", "SMS and WhatsApp leave"),
            *_window("call", "Calls are made"),
            *_window("other", "Everything else is done"),
            Sentence("schedule.skip_holidays", "Nothing leaves on public holidays of the person's region", kind="box"),
        ),
    ),
    (
        "How often one person hears from us",
        (
            Sentence("pace.most_touchpoints", "A person is approached at most", "times."),
            Sentence("pace.gaps_business_days", "The business days between those are", kind="numbers", why="The last one repeats."),
            Sentence(
                "contact.business_days_between", "Over all channels and campaigns, at least", "business days lie between two touches."
            ),
            Sentence(
                "reentry",
                "Somebody who went through goes through again",
                kind="choice",
                options=((Reentry.ONCE, "never"), (Reentry.NOT_WHILE_ACTIVE, "once they are done"), (Reentry.ANY, "at any time")),
            ),
            Sentence("is_exclusive", "Nobody is approached who is active in another campaign", kind="box"),
        ),
    ),
    (
        "What one account bears",
        (
            Sentence("account.most_contacts_at_once", "At most", "people of an account are approached at the same time."),
            Sentence("account.touches_per_week", "An account gets at most", "touches in any seven days."),
            Sentence("colleagues.silence_hours", "A colleague is approached once the others were silent for", "hours,"),
            Sentence("colleagues.wait_business_days", "and then after", "business days."),
        ),
    ),
    (
        "What one sender may do",
        (
            Sentence("sender.per_day", "A mailbox or number sends at most", "messages a day,", why="A sender's own limit narrows it."),
            Sentence("sender.per_hour", "and at most", "an hour."),
            Sentence("sender.jitter_seconds", "Between two messages lie, at least and at most, seconds:", kind="numbers"),
            Sentence("sender.warmup_first_day", "A new sender begins with", "messages on its first day,"),
            Sentence("sender.warmup_step", "and sends", "more each day after, until it is warm."),
            Sentence("sender.recipient_domain_per_day", "One recipient's domain gets at most", "messages a day from a sender."),
            Sentence("sender.hold_of_last", "Of the last", "messages it watches what bounces,"),
            Sentence("sender.hold_bounce_percent", "and stops itself at", "percent of them,", kind="decimal"),
            Sentence("sender.hold_complaint_percent", "or at", "percent of complaints.", kind="decimal"),
        ),
    ),
    (
        "Who is left out",
        (
            Sentence("exclusions.customers", "Customers are left out", kind="box"),
            Sentence("exclusions.open_opportunities", "Accounts with an open opportunity are left out", kind="box"),
            Sentence("exclusions.competitors", "Competitors are left out", kind="box"),
            Sentence("exclusions.owner_exclusions", "Accounts that one of us keeps out are left out", kind="box"),
            Sentence("exclusions.live_thread_days", "Who exchanged messages with one of us within", "days is left out."),
        ),
    ),
    (
        "Who looks before it leaves",
        (
            Sentence("requires_approval", "Every message waits for a person, unless its step says otherwise", kind="box"),
            Sentence("trusts_drafts", "What a model wrote leaves without a person, unless its step says otherwise", kind="box"),
            Sentence("sync_limit_minutes", "Follow-ups wait where a mailbox was not read for", "minutes."),
            Sentence("escalation.task_due_business_days", "A task is due after", "business days,"),
            Sentence("escalation.escalate_business_days", "and escalates after", "business days."),
            Sentence("retry.tries", "What fails for a while is tried", "times in all,"),
            Sentence("retry.backoff_minutes", "after", "minutes at first, then twice as many each time."),
        ),
    ),
)


SENTENCES = tuple(one for _, ones in SECTIONS for one in ones)


def given_policy(policy: Policy, form: Form) -> Policy:
    """The policy as a form says it; what the form has no word for stays.

    Raises:
        InvalidValueError: naming the setting.
        msgspec.ValidationError: a value does not fit.
    """
    whole: dict[str, Any] = msgspec.to_builtins(policy)
    for one in SENTENCES:
        *above, last = one.path.split(".")
        place = whole
        for name in above:
            place = place[name]
        if one.path == "trusts_drafts" and not form.is_on(one.path) and last not in place:
            continue  # what says nothing keeps its hash
        place[last] = one.given(form)
    return msgspec.convert(whole, Policy)
