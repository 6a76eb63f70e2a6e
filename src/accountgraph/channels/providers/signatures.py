"""Proofs of who sent a request. Every comparison takes the same time whatever is compared; every failure is a refusal that says why."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from accountgraph.channels.providers.webhooks import TOLERANCE, Refusal, WebhookRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accountgraph.channels.providers.webhooks import WebhookRequest

OWN_HEADER = "x-accountgraph-secret"


def secrets_in(secret: str, name: str = "secret of the webhook") -> list[str]:
    """The secrets, several with a space between them while one replaces another. There has to be one: none would prove nothing.

    Raises:
        WebhookRefusedError: it is empty.
    """
    if not secret.strip():
        raise WebhookRefusedError(Refusal.SETUP, f"No {name} is set, so nothing can be believed; set it.")
    return secret.split()


def header(headers: Mapping[str, str], name: str) -> str:
    """A header that has to be there; `name` in lower case.

    Raises:
        WebhookRefusedError: it is missing.
    """
    value = headers.get(name, "").strip()
    if not value:
        raise WebhookRefusedError(Refusal.MISSING, f"The header {name} is missing; whoever sent this did not sign it.")
    return value


def same(expected: str | bytes, given: str | bytes) -> bool:
    """Whether two values are equal, in a time that tells nothing."""
    return hmac.compare_digest(_bytes(expected), _bytes(given))


def check(expected: Iterable[str | bytes], given: Iterable[str | bytes]) -> None:
    """One of the given signatures has to be one of those expected.

    Raises:
        WebhookRefusedError: none is.
    """
    if not any([same(one, other) for one in expected for other in given]):  # noqa: C419 - all are compared, whichever it is
        raise WebhookRefusedError(Refusal.SIGNATURE, "The signature is not the one that this body and our secret give.")


def fresh(seconds: str, now: datetime, tolerance: timedelta = TOLERANCE) -> datetime:
    """A signed time (seconds since 1970), which has to be near `now`.

    Raises:
        WebhookRefusedError: it is no time, or too far away.
    """
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise WebhookRefusedError(Refusal.SIGNATURE, "The signed time is not a number of seconds.") from None
    return fresh_moment(moment, now, tolerance)


def fresh_moment(moment: datetime, now: datetime, tolerance: timedelta = TOLERANCE) -> datetime:
    """A signed time, which has to be near `now`.

    Raises:
        WebhookRefusedError: it is too far away.
    """
    if abs(now - moment) > tolerance:
        raise WebhookRefusedError(Refusal.OLD, f"It was signed at {moment:%Y-%m-%d %H:%M:%S} UTC, too far from now.")
    return moment


def hmac_sha256(key: str | bytes, content: bytes) -> bytes:
    """The HMAC with SHA-256 of the content."""
    return hmac.new(_bytes(key), content, hashlib.sha256).digest()


def unbase64(value: str, *, url: bool = False) -> bytes:
    """Base64 decoded (`url`: the alphabet of JWT, without padding).

    Raises:
        WebhookRefusedError: it is not base64.
    """
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4) if url else value, altchars=b"-_" if url else None, validate=True)
    except (binascii.Error, ValueError):
        raise WebhookRefusedError(Refusal.SIGNATURE, "The signature is not base64.") from None


def check_shared(request: WebhookRequest, secret: str) -> None:
    """For providers that sign nothing: the secret has to travel along, in one of the ways they offer.

    As `Authorization: Basic` where the secret is `user:password`, as `Authorization: Bearer`, or in the header
    X-AccountGraph-Secret.

    Raises:
        WebhookRefusedError: it is missing or another one.
    """
    ways = [way for one in secrets_in(secret) for way in _ways(one)]
    given = [value for name in ("authorization", OWN_HEADER) if (value := request.headers.get(name, "").strip())]
    if not given:
        raise WebhookRefusedError(Refusal.MISSING, f"Neither Authorization nor {OWN_HEADER} is there; put the secret into the webhook.")
    check(ways, given)


def _ways(secret: str) -> tuple[str, str, str]:
    basic = base64.b64encode(secret.encode("utf-8", "replace")).decode()
    return f"Basic {basic}", f"Bearer {secret}", secret


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
