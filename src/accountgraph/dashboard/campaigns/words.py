"""What campaigns' pages say: states, reasons and stages in words, and where in a campaign a page stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.dashboard.words import counted

if TYPE_CHECKING:
    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.dashboard.visits import Visit

STAGES = {"enrolled": "enrolled", "contacted": "contacted", "engaged": "engaged", "replied": "replied", "meeting": "met"}
_REASONS = {
    "customer": "the account is a customer",
    "competitor": "the account is a competitor",
    "open_opportunity": "the account has an open deal",
    "owner": "an owner keeps the account out",
    "live_thread": "they exchanged messages with us lately",
    "do_not_contact": "they asked not to be contacted",
    "inactive": "they are not active any more",
    "no_address": "no address for the campaign's channels is known",
    "suppressed": "they are suppressed",
    "jurisdiction": "the law of their country says no",
    "no_consent": "the law of their country asks for a consent, and none is recorded",
    "topic": "they do not want to hear about the campaign's topic",
    "already_enrolled": "they are in it already, or were",
    "active_elsewhere": "another campaign is at them",
    "most_per_account": "others of their account come first",
    "not_in_audience": "the audience does not name them",
}
_WHY = {
    "campaign": "the campaign is paused",
    "by_hand": "paused by hand",
    "approval": "a message waits for approval",
    "task": "a task waits for one of us",
    "draft": "a model writes the message",
    "unknown": "nobody knows whether a message left",
    "replied": "they answered",
    "account": "somebody of their account answered",
    "meeting": "a meeting is booked",
    "deal": "a deal is open",
    "out_of_office": "out of office",
    "manual": "one of us wrote to them by hand",
    "stopped": "stopped by hand",
    "callback": "somebody calls them back",
    "bounced": "their address does not work",
    "unsubscribed": "they unsubscribed",
    "complained": "they complained",
    "left_company": "they left the company",
    "hold": "held",
    "mailbox": "the mailbox is held",
    "missing": "something that the message speaks of is not known",
    "reference": "a colleague may no longer be named",
    "rejected": "the message was rejected",
    "dry_run_over": "the dry run is over",
    "completed": "went through all steps",
    "removed": "taken out by hand",
    "cancelled": "the campaign was ended",
}


def left_out(reason: str) -> str:
    """Why somebody is left out of an audience."""
    return _REASONS.get(reason, reason.replace("_", " "))


def why(reason: str | None) -> str:
    """Why an enrolment is paused or over; empty where nothing is said."""
    return _WHY.get(reason, reason.replace("_", " ")) if reason else ""


def state(campaign: Campaign) -> str:
    """A campaign's state in a few words."""
    if campaign.status == "draft":
        return "not started"
    if campaign.status == "active":
        return "live" if campaign.is_live else "dry run"
    return campaign.status


def look(campaign: Campaign) -> str:
    """The colour of its state: what is live is good, what is paused wants attention, what was cancelled is bad."""
    if campaign.status == "active":
        return "good" if campaign.is_live else ""
    return {"paused": "attention", "cancelled": "bad"}.get(campaign.status, "")


def people(number: int, does: str = "", do: str = "") -> str:
    """So many people; and what one of them does, or many do."""
    return counted(number, f"person {does}".strip(), f"people {do}".strip())


def address(visit: Visit, campaign: Campaign, page: str = "") -> str:
    """The address of a campaign's page."""
    return f"{visit.base}/campaigns/{campaign.id}{'/' + page if page else ''}"
