"""Why somebody was, or was not, written to, in a prompt's length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.why import why
from accountgraph.tools.answers import Why
from accountgraph.tools.untrusted import NOTICE, name_line, untrusted

if TYPE_CHECKING:
    from accountgraph.campaigns.why import Line
    from accountgraph.db import Session
    from accountgraph.models import Contact

_MOST_STORY = 25


async def why_not(session: Session, contact: Contact, campaign: str | None) -> Why:
    """Why somebody was, or was not, written to.

    Raises:
        NotFoundError: no such campaign.
    """
    found = await why(session, contact.id, session.now(), campaign=campaign)
    barriers = [f"{one.kind} {one.what}: {name_line(one.reason)}" for one in found.barriers]
    enrolments = [f"{one.campaign}: {one.state}" + (f" ({one.reason})" if one.reason else "") for one in found.enrolments]
    story = [_story(line) for line in found.story[-_MOST_STORY:]]
    outside = None
    if found.outside is not None:
        outside = found.outside.reason or "in the audience: the next start takes them"
    lines = [f"stands against it: {one}" for one in barriers] + [f"campaign {one}" for one in enrolments]
    lines += [f"not in the campaign: {outside}"] if outside else []
    text = "\n".join([*lines, *story]) or "Nothing was decided about them, and nothing stands against writing."
    return Why(
        text=f"{NOTICE}\n{untrusted(text, f'contact {contact.id}')}",
        contact_id=str(contact.id),
        barriers=barriers,
        enrolments=enrolments,
        story=story,
        outside=outside,
    )


def _story(line: Line) -> str:
    until = f", until {line.until:%Y-%m-%d %H:%M} UTC" if line.until else ""
    times = f", {line.count} times" if line.count > 1 else ""
    return f"{line.at:%Y-%m-%d %H:%M} {line.kind} by {line.rule}: {name_line(line.reason)}{until}{times}"
