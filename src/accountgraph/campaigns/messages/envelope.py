"""The envelope of a message: its ids, its thread, and what the law wants said below it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec

from accountgraph.campaigns.engine.transport import Message
from accountgraph.campaigns.messages.compose import answering
from accountgraph.campaigns.messages.errors import MissingVariableError
from accountgraph.campaigns.rules.law import may_track
from accountgraph.enums import Channel
from accountgraph.tracking import web_addresses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.campaigns.messages.compose import Composed
    from accountgraph.campaigns.messages.variables import Variables, Writer
    from accountgraph.tracking import PublicAddress

MOST_REFERENCES = 20  # of a thread's Message-IDs, its first and its last ones
_LONGEST_LOCAL = 64  # of an address, in characters (RFC 5321)
_LONGEST_DOMAIN = 200  # of a Message-ID, in characters


def message_of(
    composed: Composed,
    variables: Variables,
    *,
    intent_id: UUID,
    step: Step,
    channel: Channel,
    recipient: str | None = None,
    public: PublicAddress | None = None,
) -> Message:
    """The message that goes out, the same at every try. `recipient` None: the person's address on the channel.

    `public` None: the public server was not seen to answer, so that nothing leads there.

    Raises:
        MissingVariableError: there is no sender, or no address.
    """
    sender = variables.sender
    if sender is None:
        raise MissingVariableError("sender", "the message", "Give the campaign a sender of this channel.")
    recipient = recipient or address_of(variables, channel)
    if not recipient:
        raise MissingVariableError("contact.address", "the message", f"The person has no address for {channel}.")
    thread = variables.thread if channel is Channel.EMAIL and answering(step, variables) else None
    is_mail = channel is Channel.EMAIL
    preferences = public.preferences(intent_id) if public and is_mail else None
    message = Message(
        intent_id=intent_id,
        channel=channel,
        sender=sender.address,
        sender_name=sender.name,
        reply_to=reply_to_of(sender, intent_id) if is_mail else sender.reply_to,
        recipient=recipient,
        recipient_name=variables.person.name,
        subject=composed.subject,
        content=composed.content,
        signature=signature_of(variables, channel),
        footer=footer_of(variables, channel, preferences),
        unsubscribe=unsubscribe_of(sender, intent_id) if is_mail else None,
        one_click=preferences if sender.is_signed else None,
        message_id=message_id_of(intent_id, sender.address) if is_mail else str(intent_id),
        in_reply_to=thread.message_id if thread else None,
        references=references_of([*(thread.references or "").split(), thread.message_id]) if thread else (),
        settings=sender.settings,
    )
    return _tracked(message, variables, sender, public) if public and is_mail else message


def address_of(variables: Variables, channel: Channel) -> str | None:
    """Where the person is reached on a channel."""
    match channel:
        case Channel.EMAIL:
            return variables.person.email
        case Channel.SMS | Channel.WHATSAPP | Channel.CALL:
            return variables.person.phone
        case Channel.LINKEDIN:
            return variables.person.linkedin_url
        case _:
            return None


def message_id_of(intent_id: UUID, sender: str) -> str:
    """Our Message-ID of an intent, in angle brackets."""
    domain = sender.rpartition("@")[2][-_LONGEST_DOMAIN:].lstrip("-.") or "localhost"
    return f"<{intent_id}@{domain}>"


def unsubscribe_of(sender: Writer, intent_id: UUID) -> str:
    """The mailto URL by which a mail program takes a person off; its subject names the intent."""
    return f"mailto:{_quoted(sender.reply_to or sender.address)}?subject=unsubscribe%20{intent_id}"


def reply_to_of(sender: Writer, intent_id: UUID) -> str | None:
    """Where answers go; None: to the sender itself. An alias (`me+DIGITS@`) names the message, whatever a mail program leaves out."""
    if not sender.alias_replies:
        return sender.reply_to
    local, _, domain = (sender.reply_to or sender.address).rpartition("@")
    alias = f"{local}+{intent_id.hex}"
    return f"{alias}@{domain}" if "+" not in local and len(alias) <= _LONGEST_LOCAL else sender.reply_to


def tracking_of(variables: Variables, channel: Channel) -> tuple[bool, bool]:
    """Whether opens, and whether clicks, of a message to the person are told of."""
    sender = variables.sender
    may = channel is Channel.EMAIL and variables.public_url is not None and may_track(variables.person.mail_law)
    return (may and sender.tracks_opens, may and sender.tracks_clicks) if sender else (False, False)


def signature_of(variables: Variables, channel: Channel) -> str:
    """What the sender puts below the words of a mail. It is not part of what a person approves, as the footer is not."""
    return (variables.sender.signature or "").strip() if variables.sender and channel is Channel.EMAIL else ""


def footer_of(variables: Variables, channel: Channel, preferences: str | None = None) -> str:
    """Who writes, how to be left alone, and at a first contact that asks for it where the address is from. Plain text.

    `preferences`: the address of the page where the person chooses what they hear.
    """
    sender = variables.sender
    name = (sender.legal_name or sender.name or sender.address) if sender else ""
    notice = _notice(variables) if variables.needs_notice else ""
    if channel is not Channel.EMAIL:
        return "\n".join(part for part in (f"{name}. Reply STOP and we will not write again.", notice) if part)
    address = ", ".join(line.strip() for line in ((sender.postal_address if sender else None) or "").splitlines() if line.strip())
    opt_out = "If you would rather not hear from us, answer with “unsubscribe” and we will not write again."
    choice = f"Choose what you hear from us: {preferences}" if preferences else ""
    return "\n".join(part for part in (name, address, opt_out, choice, notice) if part)


def _tracked(message: Message, variables: Variables, sender: Writer, public: PublicAddress) -> Message:
    opens, clicks = tracking_of(variables, message.channel)
    host, links = sender.tracking_host, {}
    if clicks:
        links = {url: public.through(message.intent_id, url, host) for url in web_addresses(message.content)}
    return msgspec.structs.replace(message, links=links, pixel=public.pixel(message.intent_id, host) if opens else None)


@lru_cache(maxsize=1024)
def _quoted(address: str) -> str:
    return quote(address, safe="@")


def _notice(variables: Variables) -> str:
    """What the GDPR asks to tell somebody who did not give their data themselves (article 14)."""
    person, sender = variables.person, variables.sender
    since = f", recorded on {person.collected_at:%Y-%m-%d}" if person.collected_at else ""
    said = [
        f"Why you get this: we have your contact details from {person.source}{since}.",
        "We use them to write to you about our services in your work, on the basis of our legitimate interest in doing so.",
        "You may object at any time, and ask us for access to your data, its correction, its erasure or the restriction of its use.",
        "You may complain to your data protection authority.",
    ]
    if sender and sender.privacy_url:
        said.append(f"More: {sender.privacy_url}")
    return " ".join(said)


class Below(NamedTuple):
    """What goes with the words of a message, before it is sent: `tracks` are `opens` and `clicks`, where they are told of."""

    signature: str = ""
    footer: str = ""
    tracks: tuple[str, ...] = ()


def below_of(variables: Variables, channel: Channel) -> Below:
    """What would go with the words of a message; its own address of the preference page is made when it is sent."""
    is_mail = channel is Channel.EMAIL and variables.public_url
    opens, clicks = tracking_of(variables, channel)
    told = (("opens",) if opens else ()) + (("clicks",) if clicks else ())
    return Below(
        signature_of(variables, channel), footer_of(variables, channel, f"{variables.public_url}/u/..." if is_mail else None), told
    )


def references_of(ids: Sequence[str]) -> tuple[str, ...]:
    """A thread's Message-IDs, oldest first: the first one, which begins the thread, is always among them."""
    return tuple(ids) if len(ids) <= MOST_REFERENCES else (ids[0], *ids[-MOST_REFERENCES + 1 :])
