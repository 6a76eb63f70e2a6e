"""Tokens: short, url-safe, and signed for one purpose (HMAC-SHA256, RFC 2104). Pure.

A token is base64url (RFC 4648, without padding) of

    version, number of the key, length of the workspace's name | the name | the intent's id (16 bytes) | a URL or nothing | MAC (16 bytes)

The MAC covers all before it and the purpose, which stands in no token: one made for a pixel opens nothing else.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from enum import Enum
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

LONGEST_URL = 2_000  # bytes; what is longer is not led through us
KEY_BYTES = 32
_VERSION = 1
_MAC, _ID, _HEAD = 16, 16, 3  # bytes
_LONGEST_NAME = 100  # bytes of a workspace's name
_LONGEST = 4 * (_HEAD + _LONGEST_NAME + _ID + LONGEST_URL + _MAC) // 3 + 4
_MOST_KEYS = 255
_SIGNS = re.compile(r"[A-Za-z0-9_-]+")
_BLANKS = re.compile(r"[\x00-\x20\x7f\\]")


class Purpose(Enum):
    """What a token is good for, and for nothing else."""

    OPEN = b"open"
    CLICK = b"click"
    PREFERENCES = b"preferences"
    PROOF = b"proof"


class Signed(Struct, frozen=True):
    """What a token says, once it is believed. `url`: of a click."""

    workspace: str
    intent_id: UUID
    url: str | None = None


class Ring(Struct, frozen=True, kw_only=True):
    """The keys of a workspace by number: the newest signs, all verify. A key has 32 bytes."""

    newest: int
    keys: Mapping[int, bytes]

    def __repr__(self) -> str:
        return f"Ring({len(self.keys)} keys)"

    @classmethod
    def new(cls) -> Ring:
        """A ring of one random key."""
        return cls(newest=1, keys={1: secrets.token_bytes(KEY_BYTES)})

    def rotated(self) -> Ring:
        """The ring with a new key that signs from now on; past 255 keys the oldest one goes."""
        number = self.newest % _MOST_KEYS + 1
        return Ring(newest=number, keys={**self.keys, number: secrets.token_bytes(KEY_BYTES)})


def sign(ring: Ring, purpose: Purpose, said: Signed) -> str:
    """The token that says this, for this purpose.

    Raises:
        ValueError: the URL or the name cannot be put into a token.
    """
    name, url = said.workspace.encode(), (said.url or "").encode()
    if not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError("the workspace's name does not fit into a token")
    if said.url is not None and not is_web_address(said.url):
        raise ValueError(f"{said.url!r} cannot be put into a token")
    body = bytes((_VERSION, ring.newest, len(name))) + name + said.intent_id.bytes + url
    return _text(body + _mac(ring.keys[ring.newest], purpose, body))


def workspace_in(token: str) -> str | None:
    """Which workspace's keys decide about a token; None: it is none. Nothing of it is believed yet."""
    raw = _bytes(token)
    return _name(raw) if raw else None


def key_number(token: str) -> int | None:
    """The number of the key that a token says it was made with; None: it is none."""
    raw = _bytes(token)
    return raw[1] if raw else None


def verified(ring: Ring, purpose: Purpose, token: str) -> Signed | None:
    """What a token says; None: it was not made by these keys for this purpose. Never raises, whatever it is given."""
    raw = _bytes(token)
    if raw is None:
        return None
    body, mac = raw[:-_MAC], raw[-_MAC:]
    key = ring.keys.get(body[1])
    # The comparison takes as long with a key that is not there.
    if not hmac.compare_digest(mac, _mac(key or bytes(KEY_BYTES), purpose, body)) or key is None:
        return None
    return _said(body)


def proof(ring: Ring, said: str) -> str:
    """What only a holder of the keys can answer to `said`; 32 hex digits."""
    return _mac(ring.keys[ring.newest], Purpose.PROOF, said.encode()).hex()


def is_web_address(url: str) -> bool:
    """Whether it is an absolute http or https URL with a host, that browsers read as we do, and short enough for a token."""
    if len(url.encode(errors="replace")) > LONGEST_URL or _BLANKS.search(url) or not url.lower().startswith(("http://", "https://")):
        return False
    try:
        url.encode()
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _said(body: bytes) -> Signed | None:
    name, rest = _name(body), body[_HEAD + body[2] :]
    if name is None or len(rest) < _ID:
        return None
    try:
        url = rest[_ID:].decode() or None
    except UnicodeDecodeError:
        return None
    if url is not None and not is_web_address(url):
        return None
    return Signed(name, UUID(bytes=rest[:_ID]), url)


def _name(raw: bytes) -> str | None:
    length = raw[2]
    if not 0 < length <= _LONGEST_NAME or len(raw) < _HEAD + length:
        return None
    try:
        return raw[_HEAD : _HEAD + length].decode()
    except UnicodeDecodeError:
        return None


def _mac(key: bytes, purpose: Purpose, body: bytes) -> bytes:
    return hmac.digest(key, b"accountgraph\0" + purpose.value + b"\0" + body, "sha256")[:_MAC]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(token: str) -> bytes | None:
    """What a token's signs stand for; one value has one spelling."""
    if len(token) > _LONGEST or not _SIGNS.fullmatch(token):
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    is_ours = len(raw) >= _HEAD + _ID + _MAC and raw[0] == _VERSION
    return raw if is_ours and _text(raw) == token else None
