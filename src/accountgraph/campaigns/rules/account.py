"""What an account bears: its people are approached in order, never all at once, and not while one of them waits for an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph.campaigns.definition.reactions import AccountAction, Scope
from accountgraph.campaigns.rules.case import Case, wait
from accountgraph.campaigns.rules.throttle import frees_at

if TYPE_CHECKING:
    from accountgraph.campaigns.decision import Decision

WEEK = timedelta(days=7)


def colleague_answered(case: Case) -> Decision | None:
    """Who joins an account after a reply paused it waits as those do who were under way, until somebody has dealt with it.

    Who came to us is not kept waiting.
    """
    account, reactions = case.facts.account, case.policy.reactions
    if account is None or case.facts.attempt > 1 or case.facts.person.gave_address:
        return None
    kinds = account.stopped_by_in_campaign if reactions.scope is Scope.CAMPAIGN else account.stopped_by
    kind = next((one for one in kinds if reactions.of(one).rest is AccountAction.PAUSE), None)
    if kind is None:
        return None
    reason = "The account is paused since before they joined: do the task that asks about it, and let the others go on."
    return wait("account_paused", reason, case.next_business_day(), signal=kind)


def too_much_for_account(case: Case) -> Decision | None:
    """What an account bears in 7 days, and how many of its people at once."""
    account, limits = case.facts.account, case.policy.account
    if account is None:
        return None
    free_at = frees_at(account.touches, limits.touches_per_week, WEEK, case.now)
    if free_at > case.now:
        reason = f"The account has had {len(account.touches)} touches in 7 days; {limits.touches_per_week} are allowed."
        return wait("account_touches", reason, case.open_at(free_at), touches=len(account.touches), most=limits.touches_per_week)
    if case.facts.attempt == 1 and account.contacts_at_once >= limits.most_contacts_at_once:
        reason = f"{account.contacts_at_once} people of the account are being approached; {limits.most_contacts_at_once} are allowed."
        most = limits.most_contacts_at_once
        return wait("account_contacts", reason, case.next_business_day(), contacts=account.contacts_at_once, most=most)
    return None


def colleagues_first(case: Case) -> Decision | None:
    """Who stands further down in an account waits until those above were approached, and silent, for long enough."""
    account, colleagues = case.facts.account, case.policy.colleagues
    if account is None or case.facts.attempt > 1:
        return None
    if account.ahead_not_approached:
        ahead = account.ahead_not_approached
        reason = f"{ahead} {'person of the account comes' if ahead == 1 else 'people of the account come'} first."
        return wait("colleague_order", reason, case.next_business_day(), ahead=ahead)
    if account.ahead_last_touch_at is None:
        return None
    silent_at = account.ahead_last_touch_at + timedelta(hours=colleagues.silence_hours)
    until = case.business_days_after(silent_at, colleagues.wait_business_days)
    if until <= case.now:
        return None
    reason = f"{colleagues.wait_business_days} business days after a colleague has been silent for {colleagues.silence_hours} hours."
    return wait("colleague_silence", reason, case.open_at(until), ahead_last_touch_at=account.ahead_last_touch_at)
