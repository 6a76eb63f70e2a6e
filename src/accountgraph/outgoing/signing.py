"""Signatures by the Standard Webhooks specification (https://www.standardwebhooks.com), symmetric: HMAC-SHA256."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

PREFIX = "whsec_"
_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """A signing secret, as receivers write it down."""
    return PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(signing: Sequence[str], message_id: UUID, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a webhook. `signing`: the secrets that sign, each with a signature of its own; `at`: when it is tried."""
    named, moment = f"msg_{message_id.hex}", str(int(at.timestamp()))
    signatures = " ".join(_signature(secret, named, moment, body) for secret in signing)
    return {"webhook-id": named, "webhook-timestamp": moment, "webhook-signature": signatures}


def _signature(secret: str, named: str, moment: str, body: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return "v1," + b64encode(hmac.digest(key, f"{named}.{moment}.".encode() + body, "sha256")).decode()
