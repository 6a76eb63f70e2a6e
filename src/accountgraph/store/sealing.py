"""Sealing: what is stored encrypted, and the keys for it, which stand outside of the database.

AES-256-GCM (NIST SP 800-38D). What is sealed opens only under its own workspace and name, so that a row that was copied to another
place is of no use there.
"""

from __future__ import annotations

import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from accountgraph.config import Settings

VARIABLE = "ACCOUNTGRAPH_SECRET_KEY"
FILE = "secret.key"
_FORM = b"\x01"  # of what is sealed: this byte, the key's mark, the nonce, the ciphertext with its tag
_KEY, _MARK, _NONCE = 32, 4, 12  # bytes
_BETWEEN = re.compile(r"[\s,]+")


class SealError(ConfigError):
    """A secret cannot be opened with the keys that are here."""


class Keyring:
    """The keys of a workspace: the first one seals, any of them opens."""

    def __init__(self, workspace: str, keys: Sequence[bytes]) -> None:
        self._workspace = workspace
        self._keys = {_mark(key): key for key in keys}
        self._first = _mark(keys[0])

    def __repr__(self) -> str:
        return f"Keyring({self._workspace!r}, {len(self._keys)} keys)"

    @classmethod
    def of(cls, settings: Settings) -> Keyring:
        """The keys by `ACCOUNTGRAPH_SECRET_KEY`, else of the file `secret.key` in `ACCOUNTGRAPH_HOME`, made where it is missing.

        Raises:
            ConfigError: what stands there is no key, or others may read the file.
        """
        if settings.secret_key:
            return cls(settings.workspace, _read(settings.secret_key, VARIABLE))
        file = settings.home / FILE
        try:
            return cls(settings.workspace, _from_file(file))
        except OSError as error:
            raise ConfigError(
                f"{file}: the key for secrets cannot be kept there ({error.strerror or error}); set ACCOUNTGRAPH_HOME to a folder"
                f" of your own, or {VARIABLE} to a key."
            ) from error

    def seal(self, name: str, secret: str) -> bytes:
        """The secret, encrypted with the first key."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._keys[self._first]).encrypt(nonce, secret.encode(), self._bound(name))
        return _FORM + self._first + nonce + sealed

    def open(self, name: str, sealed: bytes) -> str:
        """The secret that was sealed under this name.

        Raises:
            SealError: the key is not here, or it was sealed for something else.
        """
        mark, nonce, rest = sealed[1 : 1 + _MARK], sealed[1 + _MARK : 1 + _MARK + _NONCE], sealed[1 + _MARK + _NONCE :]
        key = self._keys.get(mark)
        if sealed[:1] != _FORM or key is None:
            raise SealError(
                f"secret {name!r} was sealed with another key (its mark is {mark.hex()}, here are {self._marks}); add that key to"
                f" {VARIABLE} or to {FILE} in ACCOUNTGRAPH_HOME, or store the secret again."
            )
        try:
            return AESGCM(key).decrypt(nonce, rest, self._bound(name)).decode()
        except (InvalidTag, ValueError):  # a ValueError: too short to hold a nonce
            raise SealError(
                f"secret {name!r} was sealed for another workspace or name, or was changed since; store it again in workspace"
                f" {self._workspace!r}."
            ) from None

    def is_first(self, sealed: bytes) -> bool:
        """Whether it was sealed with the key that seals now."""
        return sealed[: 1 + _MARK] == _FORM + self._first

    @property
    def _marks(self) -> str:
        return ", ".join(mark.hex() for mark in self._keys)

    def _bound(self, name: str) -> bytes:
        return f"accountgraph\0{self._workspace}\0{name}".encode()


def new_key() -> str:
    """A key, as it is written in the variable or the file: 32 random bytes in base64."""
    return urlsafe_b64encode(secrets.token_bytes(_KEY)).decode()


def keys_in(file: Path) -> list[str]:
    """The keys of a file as they are written, the first one first.

    Raises:
        ConfigError: it holds something else.
    """
    return [urlsafe_b64encode(key).decode() for key in _read(file.read_text(encoding="ascii", errors="replace"), str(file))]


def _mark(key: bytes) -> bytes:
    """What tells keys apart without telling them."""
    return sha256(b"accountgraph key\0" + key).digest()[:_MARK]


def _read(text: str, where: str) -> list[bytes]:
    keys = [_key(word, where) for word in _BETWEEN.split(text.strip()) if word]
    if not keys:
        raise ConfigError(f"{where} holds no key; put one there: 32 random bytes in base64, or remove it to have one made.")
    return keys


def _key(word: str, where: str) -> bytes:
    try:
        key = urlsafe_b64decode(word.replace("+", "-").replace("/", "_"))
    except (NotBase64, ValueError):
        key = b""
    if len(key) != _KEY:
        raise ConfigError(
            f"{where} holds something that is no key; keys are 32 random bytes in base64 (44 signs), with commas between them."
        )
    return key


def _from_file(file: Path) -> list[bytes]:
    if not file.exists():
        _make(file)
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise ConfigError(f"{file} can be read by others; run `chmod 600 {file}`.")
    return _read(file.read_text(encoding="ascii", errors="replace"), str(file))


def _make(file: Path) -> None:
    """Write a new key: whole or not at all, and never over one that another process made meanwhile."""
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)  # the embedded server's own user has to pass through it
    draft = file.with_name(f".{FILE}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(f"{new_key()}\n")
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
