"""A campaign's audience and policy in plain language: whom it is for, when and how often it writes, and what makes it stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.definition.reactions import AccountAction, PersonAction, Reaction, Scope
from accountgraph.campaigns.rules.who import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accountgraph.campaigns.definition.audience import Audience
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.policy import Policy, Window

_DAYS = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SCOPES = {
    Scope.ACCOUNT: "the account with its parents and subsidiaries",
    Scope.BUSINESS_UNIT: "the company alone",
    Scope.CAMPAIGN: "this campaign within the account",
}
_PERSON = {
    PersonAction.FINISH: "the person is through",
    PersonAction.PAUSE: "the person pauses",
    PersonAction.FAIL: "the person is dropped as unreachable",
    PersonAction.RETRY: "it is tried again",
}
_REST = {
    AccountAction.PAUSE: "everybody else waits for a person of ours",
    AccountAction.STOP: "everybody else is through too",
    AccountAction.HOLD: "everybody else is held",
}


class ToldPart(Struct, frozen=True, kw_only=True):
    """A part of the campaign in plain sentences. `key`: where it stands in the file."""

    key: str
    title: str
    says: tuple[str, ...]


def tell_policy(definition: CampaignDefinition) -> list[ToldPart]:
    """Whom it is for, its hours, its limits, its reactions. Pure: the same text gives the same sentences."""
    policy = definition.policy
    return [
        ToldPart(key="audience", title="Whom", says=tuple(_whom(definition))),
        ToldPart(key="policy.schedule", title="Hours", says=tuple(_hours(definition))),
        ToldPart(key="policy.pace", title="How often", says=tuple(_limits(policy))),
        ToldPart(key="policy.requires_approval", title="Who decides", says=tuple(_deciding(policy))),
        ToldPart(key="policy.exclusions", title="Left out", says=tuple(_left_out(policy))),
        ToldPart(key="policy.reactions", title="What makes it stop", says=tuple(_reactions(policy))),
    ]


def _whom(definition: CampaignDefinition) -> Iterator[str]:
    audience = definition.audience
    if audience.is_nobody:
        yield "Nobody by itself: people are brought in one by one, as leads or by hand."
    else:
        yield f"People {' and '.join(_conditions(audience))}."
        if audience.most_per_account is not None:
            yield f"At most {audience.most_per_account} of one account, the best first."
    if definition.approach_colleagues:
        waits = definition.policy.colleagues
        yield f"A lead brings in colleagues, each {_days(waits.wait_business_days)} after {waits.silence_hours} h of silence."


def _conditions(audience: Audience) -> Iterator[str]:
    lists = (
        ("who are listed by name", audience.contacts, "entries"),
        ("of listed accounts", audience.companies, "entries"),
        ("of accounts of tier", [one.removeprefix("tier") for one in audience.account_tier], ""),
        ("of accounts that are", audience.account_status, ""),
        ("in the industry", audience.industry, ""),
        ("of companies of size", audience.size, ""),
        ("in", audience.country, ""),
        ("at the level of", audience.seniority_level, ""),
        ("whose role is", audience.role, ""),
    )
    for words, values, counted in lists:
        if values:
            yield f"{words} ({len(values)} {counted})" if counted else f"{words} {_either([_plain(one) for one in values])}"
    if audience.is_decision_maker is not None:
        yield "who decide" if audience.is_decision_maker else "who do not decide"
    if audience.silent_for_days is not None:
        yield f"who were silent for {audience.silent_for_days} days"
    for name, value in audience.has_attributes.items():
        yield f"whose {name} is {value}"


def _hours(definition: CampaignDefinition) -> Iterator[str]:
    schedule = definition.policy.schedule
    named = (("E-mail", schedule.email), ("SMS", schedule.sms), ("Calls", schedule.call), ("Everything else", schedule.other))
    for words, window in named:
        yield f"{words}: {_window(window)}, in the person's own time zone."
    if schedule.skip_holidays:
        yield "Public holidays of the person's region are free."


def _window(window: Window) -> str:
    days = sorted(set(window.days))
    if not days:
        return "never"
    is_run = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
    said = f"{_DAYS[days[0]]} to {_DAYS[days[-1]]}" if is_run else _either([_DAYS[day] for day in days], "and")
    return f"{said}, {window.start} to {window.end}"


def _limits(policy: Policy) -> Iterator[str]:
    gaps = ", ".join(str(gap) for gap in policy.pace.gaps_business_days)
    between = f"{gaps or 'no'} business days between them, unless a step says otherwise"
    yield f"{policy.pace.most_touchpoints} touches of one person at most; {between}."
    yield f"{_days(policy.contact.business_days_between)} between two touches of a person, over all campaigns."
    account = policy.account
    yield f"{account.most_contacts_at_once} people of an account at once, {account.touches_per_week} touches of it in 7 days."
    sender = policy.sender
    domain = f"{sender.recipient_domain_per_day} a day to one company's domain"
    yield f"A mailbox sends {sender.per_day} in 24 h and {sender.per_hour} an hour at most, {domain}."
    yield "Where a step names no channel: " + "; ".join(_rule(one.channel, one.first, one.last) for one in policy.channels.order) + "."


def _rule(channel: str, first: int, last: int | None) -> str:
    name = name_of(channel)  # type: ignore[arg-type]
    if last is None:
        return f"{name} from touch {first} on"
    return f"{name} for touch {first}" if first == last else f"{name} for touches {first} to {last}"


def _deciding(policy: Policy) -> Iterator[str]:
    if policy.requires_approval:
        yield "A person approves each message, unless its step says otherwise."
    else:
        yield "Messages leave without a person, unless their step says otherwise."
    yield {
        "once": "Nobody goes through it twice.",
        "not_while_active": "Somebody may go through it again once they are through.",
        "any": "Somebody may go through it again at any time.",
    }[policy.reentry.value]
    if policy.is_exclusive:
        yield "Nobody is approached who is in another campaign."


def _left_out(policy: Policy) -> Iterator[str]:
    heeded = policy.exclusions
    kinds = (
        (heeded.customers, "customers"),
        (heeded.open_opportunities, "accounts with an open deal"),
        (heeded.competitors, "competitors"),
        (heeded.owner_exclusions, "accounts that an owner keeps out"),
        (heeded.live_thread_days > 0, f"whoever exchanged messages with us within {heeded.live_thread_days} days"),
    )
    left_out = [words for is_heeded, words in kinds if is_heeded]
    if left_out:
        yield f"{_either(left_out, 'and').capitalize()}."
    yield "Always: who is suppressed, who asked not to be contacted, and whom the law keeps us from writing to."


def _reactions(policy: Policy) -> Iterator[str]:
    reactions = policy.reactions
    yield f"What one person does reaches {_SCOPES[reactions.scope]}."
    alike: dict[str, list[str]] = {}
    for name in reactions.__struct_fields__:
        reaction = getattr(reactions, name)
        if isinstance(reaction, Reaction) and (said := _reaction(reaction)):
            alike.setdefault(said, []).append(_plain(name))
    for said, names in alike.items():
        yield f"{_either(names).capitalize()}: {said}."


def _reaction(reaction: Reaction) -> str:
    """In words; empty where it does nothing."""
    person = _PERSON.get(reaction.person, "")
    if reaction.pause_days is not None:
        person += f" for {reaction.pause_days} days, where no date is given"
    rest = f"everybody else goes on with the {reaction.rest_track} track" if reaction.rest_track else _REST.get(reaction.rest, "")
    where = "every channel" if reaction.suppress == "all" else reaction.suppress
    parts = (
        person,
        f"they are suppressed on {where}" if where else "",
        rest,
        "the owner is asked" if reaction.asks_owner else "",
        "whom they name is proposed" if reaction.propose else "",
    )
    return ", ".join(part for part in parts if part)


def _days(number: int) -> str:
    return f"{number} business {'day' if number == 1 else 'days'}"


def _either(words: Sequence[str], joined: str = "or") -> str:
    *first, last = words
    return f"{', '.join(first)} {joined} {last}" if first else last


def _plain(word: object) -> str:
    return str(word).replace("_", " ")
