"""Messages of Amazon SNS over HTTPS, and their signatures.

Docs: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from msgspec import Struct

from accountgraph.channels.providers.reading import moment
from accountgraph.channels.providers.signatures import fresh_moment, unbase64
from accountgraph.channels.providers.webhooks import Certificates, Refusal, WebhookRefusedError

if TYPE_CHECKING:
    from datetime import datetime

TOLERANCE = timedelta(minutes=65)  # the time is when it was published, and SNS comes again for an hour
_HOST = re.compile(r"sns\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?")
_NOTIFICATION = ("message", "message_id", "subject", "timestamp", "topic_arn", "type")
_CONFIRMATION = ("message", "message_id", "subscribe_url", "timestamp", "token", "topic_arn", "type")
SIGNED_AS = {
    "type": "Type",
    "message": "Message",
    "message_id": "MessageId",
    "subject": "Subject",
    "subscribe_url": "SubscribeURL",
    "timestamp": "Timestamp",
    "token": "Token",
    "topic_arn": "TopicArn",
    "signature": "Signature",
    "signature_version": "SignatureVersion",
    "signing_cert_url": "SigningCertURL",
}
CONFIRMATIONS = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
# Version 1 is SHA-1 by Amazon's own choice; a topic can be switched to version 2.
_HASHES: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303


class SnsMessage(Struct, frozen=True, kw_only=True, rename=SIGNED_AS.get):
    """What of a message is signed, and by what; all else in it is nobody's word."""

    type: str | None = None
    message: str | None = None
    message_id: str | None = None
    subject: str | None = None
    subscribe_url: str | None = None
    timestamp: str | None = None
    token: str | None = None
    topic_arn: str | None = None
    signature: str | None = None
    signature_version: str | None = None
    signing_cert_url: str | None = None


def amazon_url(url: str | None, *, suffix: str = "") -> str:
    """An https address of SNS itself, as only Amazon can have one. `suffix`: of a file there, which has no query.

    Raises:
        WebhookRefusedError: it is another one.
    """
    try:
        parts = urlsplit(url or "")
        is_theirs = parts.scheme == "https" and _HOST.fullmatch(parts.netloc) is not None
        is_theirs = is_theirs and (not suffix or (parts.path.endswith(suffix) and not parts.query))
    except ValueError:
        is_theirs = False
    if not is_theirs or url is None or any(sign.isspace() for sign in url):
        raise WebhookRefusedError(Refusal.SIGNATURE, "The message names an address that is not one of Amazon SNS.")
    return url


async def check_message(message: SnsMessage, certificates: Certificates, now: datetime) -> None:
    """The signature of a message by the certificate that it names.

    Raises:
        WebhookRefusedError: it is not signed by SNS, or was long ago; or the certificate cannot be had.
    """
    if not message.signature:
        raise WebhookRefusedError(Refusal.MISSING, "The message has no Signature; switch raw message delivery off.")
    algorithm = _HASHES.get(message.signature_version or "")
    if algorithm is None:
        raise WebhookRefusedError(Refusal.SIGNATURE, "SignatureVersion is neither 1 nor 2.")
    key = await _key(amazon_url(message.signing_cert_url, suffix=".pem"), certificates, now)
    try:
        key.verify(unbase64(message.signature), string_to_sign(message).encode("utf-8", "replace"), padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        raise WebhookRefusedError(Refusal.SIGNATURE, "The signature is not the one of this message.") from None
    published = moment(message.timestamp)
    if published is None:
        raise WebhookRefusedError(Refusal.SIGNATURE, "Timestamp is no time.")
    fresh_moment(published, now, TOLERANCE)


def string_to_sign(message: SnsMessage) -> str:
    """The signed parts of a message, each by its name."""
    names = _CONFIRMATION if message.type in CONFIRMATIONS else _NOTIFICATION
    return "".join(f"{SIGNED_AS[name]}\n{said}\n" for name in names if (said := getattr(message, name)) is not None)


async def _key(url: str, certificates: Certificates, now: datetime) -> rsa.RSAPublicKey:
    try:
        pem = await certificates(url)
    except (OSError, ValueError) as error:
        raise WebhookRefusedError(Refusal.UNAVAILABLE, f"The certificate cannot be had now: {error}.") from None
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise WebhookRefusedError(Refusal.SIGNATURE, "What stands at SigningCertURL is no certificate.") from None
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc or not isinstance(key, rsa.RSAPublicKey):
        raise WebhookRefusedError(Refusal.SIGNATURE, "The certificate is not valid now.")
    return key
