"""The machine-readable part of a report on delivery (RFC 3464, RFC 6533): a block for the message, and one for each address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.inbound.wire.headers import block_of
from accountgraph.inbound.wire.limits import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.inbound.mail import Mail

TYPES = ("message/delivery-status", "message/global-delivery-status")
MOST_RECIPIENTS = 100  # of one report
_MOST = 256 * 1024  # bytes of it
_BLANK = re.compile(rb"\n[ \t]*\n")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_CODED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")


class Outcome(Struct, frozen=True, kw_only=True):
    """What a report says of one address. `original`: the address as the message named it, before anybody forwarded it."""

    action: str
    email: str | None = None
    original: str | None = None
    status: str | None = None
    words: str = ""


class Report(Struct, frozen=True):
    """The report: who reports, and on whom."""

    reporting: str | None
    outcomes: tuple[Outcome, ...]


def report_of(mail: Mail) -> Report | None:
    """The report in a mail, None where it has none."""
    part = next((part for part in mail.parts if part.type in TYPES), None)
    if part is None:
        return None
    blocks = [_fields(block) for block in _BLANK.split(part.content[:_MOST].replace(b"\r\n", b"\n"), MOST_RECIPIENTS * 2)]
    reporting = next((block["reporting-mta"] for block in blocks if "reporting-mta" in block), None)
    return Report(_after_type(reporting).lower() if reporting else None, tuple(_outcomes(blocks))[:MOST_RECIPIENTS])


def _fields(block: bytes) -> dict[str, str]:
    return dict(reversed(block_of(block.strip(b"\n"), Problems()).values))


def _outcomes(blocks: list[dict[str, str]]) -> Iterator[Outcome]:
    for block in blocks:
        if not block.keys() & {"final-recipient", "original-recipient", "action", "status"}:
            continue
        status = found[0] if (found := _STATUS.search(block.get("status", ""))) else None
        action = next((action for action in _ACTIONS if block.get("action", "").lower().startswith(action)), None)
        yield Outcome(
            action=action or ("delivered" if (status or "").startswith("2") else "failed"),
            email=_address(block.get("final-recipient") or block.get("x-actual-recipient")),
            original=_address(block.get("original-recipient")),
            status=status,
            words=_after_type(block.get("diagnostic-code") or block.get("x-diagnostic-code") or ""),
        )


def _after_type(value: str) -> str:
    """`smtp; 550 no` without the type before it."""
    before, found, after = value.partition(";")
    return after.strip() if found and " " not in before.strip() else value.strip()


def _address(value: str | None) -> str | None:
    if not value:
        return None
    written = _after_type(value).strip("<> ")
    if "\\x{" in written:
        written = _CODED.sub(lambda sign: chr(int(sign[1], 16)) if int(sign[1], 16) < 0xD800 else "", written)
    if "+" in written:
        written = _XTEXT.sub(lambda sign: chr(int(sign[1], 16)) if 0x20 < int(sign[1], 16) < 0x7F else sign[0], written)
    return written.lower() if "@" in written and " " not in written else None
