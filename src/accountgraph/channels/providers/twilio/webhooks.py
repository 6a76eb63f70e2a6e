"""Twilio's status callbacks and messages that came in, signed by HMAC over the address and the form.

Docs: twilio.com/docs/usage/webhooks/webhooks-security, twilio.com/docs/messaging/guides/webhook-request,
.../outbound-message-status-in-status-callbacks; twilio.com/docs/messaging/tutorials/advanced-opt-out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit, urlunsplit

from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedText, Told
from accountgraph.channels.providers.forms import pairs_of
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import digest, intent_of, joined
from accountgraph.channels.providers.signatures import check, header, same, secrets_in
from accountgraph.channels.providers.webhooks import Refusal, WebhookAbilities, WebhookRefusedError, WebhookRequest
from accountgraph.channels.sms import OptOut, opt_out_of
from accountgraph.enums import Channel
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_FORM = "application/x-www-form-urlencoded"
_KINDS = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), ProviderEventKind.SENT),
    "delivered": ProviderEventKind.DELIVERED,
    "read": ProviderEventKind.OPENED,
    "undelivered": ProviderEventKind.BOUNCED,
    "failed": ProviderEventKind.FAILED,
    "canceled": ProviderEventKind.FAILED,
}
_GONE = frozenset({"21211", "21214", "21217", "21614", "30005", "30006"})  # twilio.com/docs/api/errors: no such number, a landline
_REFUSED = frozenset({"21408", "21610", "30002", "30004", "30007", "30032", "30034"})  # blocked, filtered, not registered
_OPT_OUTS = {"STOP": OptOut.STOP, "START": OptOut.START, "HELP": OptOut.HELP}
_MOST_MEDIA = 10  # Twilio carries ten
LARGEST = 200_000  # bytes of a form: a text has 1,600 characters, and some dozen fields beside it


class TwilioWebhook:
    """Twilio's statuses and texts. The secret is the account's auth token, or the shared key of a webhook rule."""

    name = "twilio"
    abilities = WebhookAbilities(
        signature="HMAC-SHA1 over address and form", is_signed=True, has_timestamp=False, has_event_ids=True, inbound=True
    )

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """The signature covers the address as Twilio called it, and every field; of other bodies their hash in the address."""
        keys = secrets_in(secret, "auth token of Twilio")
        given = header(request.headers, "x-twilio-signature")
        algorithm = _algorithm(request.headers)
        if len(request.body) > LARGEST:
            raise WebhookRefusedError(Refusal.BODY, f"The form has more than {LARGEST:,} bytes; no message of Twilio has.")
        signed = _signed_fields(request)
        check([_signature(key, url + signed, algorithm) for key in keys for url in _spellings(request.url)], [given])

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """One status or one text."""
        form = dict(pairs_of(body))
        message_id = form.get("MessageSid") or form.get("SmsSid")
        if not message_id:
            raise WebhookRefusedError(Refusal.BODY, "The form has no MessageSid; it is not about a message of Twilio.")
        status = form.get("MessageStatus") or form.get("SmsStatus") or ""
        if "MessageStatus" not in form and ("Body" in form or status == "received"):
            return [_text(form, message_id)]
        return [_status(form, message_id, status, (query or {}).get(INTENT_KEY))]


def _algorithm(headers: Mapping[str, str]) -> Callable[[], hashlib._Hash]:
    """SHA-1, unless a webhook rule of the account says better."""
    settings = headers.get("x-twilio-webhooks-signature-settings", "")
    return hashlib.sha256 if "algorithm=HMAC_SHA256" in settings.replace(" ", "") else hashlib.sha1


def _signed_fields(request: WebhookRequest) -> str:
    if request.headers.get("content-type", "").lower().startswith(_FORM):
        return "".join(f"{name}{value}" for name, value in sorted(set(pairs_of(request.body))))
    found = parse_qs(urlsplit(request.url).query).get("bodySHA256", [])
    if not found:
        raise WebhookRefusedError(Refusal.MISSING, "The body is no form, and the address has no bodySHA256; nothing signs it.")
    if not same(hashlib.sha256(request.body).hexdigest(), found[-1].lower()):
        raise WebhookRefusedError(Refusal.SIGNATURE, "The body is not the one whose hash the address has.")
    return ""


def _signature(key: str, signed: str, algorithm: Callable[[], hashlib._Hash]) -> str:
    return base64.b64encode(hmac.new(key.encode(), signed.encode("utf-8", "replace"), algorithm).digest()).decode()


def _spellings(url: str) -> Iterator[str]:
    """The address with and without its usual port, as Twilio does not always write it."""
    yield url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    if port is None and usual:
        yield urlunsplit(parts._replace(netloc=f"{parts.netloc}:{usual}"))
    elif port == usual:
        yield urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))


def _status(form: dict[str, str], message_id: str, status: str, intent: str | None) -> ProviderEvent:
    kind, code = _KINDS.get(status, ProviderEventKind.UNKNOWN), form.get("ErrorCode") or None
    channel, recipient = _number(form.get("To", ""))
    return ProviderEvent(
        provider="twilio",
        kind=kind,
        name=status,
        event_id=f"{message_id}:{status}" if status else digest(form),
        channel=channel,
        intent_id=intent_of(intent),
        provider_id=message_id,
        recipient=recipient or None,
        bounce=_bounce(kind, code),
        status=code,
        reason=joined(code, form.get("ErrorMessage")),
        raw=form,
    )


def _bounce(kind: ProviderEventKind, code: str | None) -> BounceKind | None:
    if kind not in {ProviderEventKind.BOUNCED, ProviderEventKind.FAILED}:
        return None
    if code in _GONE:
        return BounceKind.HARD
    if code in _REFUSED:
        return BounceKind.POLICY
    return BounceKind.SOFT if kind is ProviderEventKind.BOUNCED else None


def _text(form: dict[str, str], message_id: str) -> ReceivedText:
    channel, sender = _number(form.get("From", ""))
    words, judged = form.get("Body", ""), _OPT_OUTS.get(form.get("OptOutType", "").upper())
    media = [form[name] for number in range(_MOST_MEDIA) if (name := f"MediaUrl{number}") in form]
    return ReceivedText(
        provider="twilio",
        event_id=message_id,
        provider_id=message_id,
        channel=channel,
        sender=sender,
        recipient=_number(form.get("To", ""))[1],
        text=words,
        opt_out=judged or opt_out_of(words),
        is_answered=judged is not None,
        media=tuple(media),
        raw=form,
    )


def _number(address: str) -> tuple[Channel, str]:
    kind, colon, number = address.partition(":")
    return (Channel.WHATSAPP, number) if colon and kind == "whatsapp" else (Channel.SMS, address)
