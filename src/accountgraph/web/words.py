"""Every word that the public pages say, in one place."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from accountgraph.enums import Channel
from accountgraph.preferences.choices import PAUSES

_CHANNELS: dict[str, str] = {Channel.EMAIL: "E-mail", Channel.SMS: "Text message", Channel.CALL: "Phone call", Channel.LINKEDIN: "LinkedIn"}


class Words(Struct, frozen=True, kw_only=True):
    """What the pages say. `{...}` are filled in; nothing of it is markup."""

    language: str = "en"
    title: str = "What you hear from us"
    who: str = "For {address}, from {sender}."
    who_unknown: str = "From {sender}."
    nobody: str = "us"
    unsubscribe_heading: str = "Unsubscribe"
    unsubscribe_text: str = "One click, and we will not write or call again. It takes effect at once."
    unsubscribe: str = "Unsubscribe from everything"
    choose_heading: str = "Or choose"
    choose_text: str = "Nothing changes until you save."
    channels: str = "Reach me by"
    channel_names: dict[str, str] = msgspec.field(default_factory=lambda: dict(_CHANNELS))
    channel_closed: str = "{channel}: closed. Answer one of our mails to have it opened again."
    topics: str = "Tell me about"
    pause: str = "Leave me alone for a while"
    pause_none: str = "No pause"
    pause_keep: str = "Until {date}, as now"
    pause_end: str = "End the pause"
    pause_days: str = "For {days} days"
    save: str = "Save my choices"
    saved: str = "Saved. Your choices hold from now on."
    off_title: str = "You are unsubscribed"
    off_text: str = "We will not write or call again. You can close this page."
    off_mistake: str = "If that was a mistake, answer one of our mails."
    gone_title: str = "This page leads nowhere"
    gone_text: str = "The link is incomplete, or too old. To be taken off, answer the mail that it stood in with “unsubscribe”."
    busy_title: str = "This does not work at this moment"
    busy_text: str = "Nothing was changed. Please try again in a few minutes, or answer the mail with “unsubscribe”."
    privacy: str = "How your data are used, and which rights you have"

    def pauses(self) -> list[tuple[int, str]]:
        """The pauses to choose from: days and words."""
        return [(days, self.pause_days.format(days=days)) for days in PAUSES]


ENGLISH = Words()
