"""Tokens that open something: random, shown once, and stored as nothing but their hash.

A token has 256 random bits. Nobody can try them all, so SHA-256 keeps it: a slow hash, as passwords need, would cost every request a
tenth of a second and win nothing.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SIGNS = 43  # of 62 letters and digits: 256 bits


def new_secret() -> str:
    """256 random bits as letters and digits, which a double click selects whole."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))


def hashed(token: str) -> str:
    """What is stored of a token: its SHA-256, hex."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
