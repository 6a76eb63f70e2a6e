"""What the law asks before a message: whether a channel may be used at all, and what a first message has to tell."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.enums import Channel

# Where a person who did not give their address is told at the first contact where it is from (GDPR and UK GDPR, article 14 (3) (b)):
# the European Union, the other states of the European Economic Area, the United Kingdom.
NOTICE_COUNTRIES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB".split()  # noqa: SIM905 - a table
)


class Law(StrEnum):
    """What the law says about a channel for one person. `unknown`: nobody has said, so that a person decides."""

    ALLOW = "allow"
    DENY = "deny"
    NO_CONSENT = "no_consent"
    UNKNOWN = "unknown"


def law_of(jurisdiction: Mapping[str, str], channel: Channel, *, has_consent: bool, is_cold: bool) -> Law:
    """What holds for a channel, by the rows of the person's (or else the company's) country that are in force.

    The rows speak of cold messages. `is_cold` False: the person wrote to us, and to answer needs no consent; `has_consent`
    is enough where the law asks for one, and where it is not known what it asks for.
    """
    rule = jurisdiction.get(channel)
    if rule == "deny":
        return Law.DENY
    if rule == "allow" or has_consent or not is_cold:
        return Law.ALLOW
    return Law.NO_CONSENT if rule == "consent" else Law.UNKNOWN


def may_track(mail_law: str | None) -> bool:
    """Whether opens and clicks of a person may be told of, by what the law of their country says about cold mail.

    Where it asks for a consent to mail, it asks for one to be watched, too; a country that is not known is treated as such a one.
    """
    return mail_law == "allow"


def needs_notice(country: str | None, *, is_first_contact: bool, gave_address: bool) -> bool:
    """Whether a message has to say where the address is from, what for, and which rights there are.

    `country`: the person's, or else the company's; one that is not known is treated as one that asks for it.
    """
    return is_first_contact and not gave_address and (country is None or country.upper() in NOTICE_COUNTRIES)
