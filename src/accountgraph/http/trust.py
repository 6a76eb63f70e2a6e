"""Whom what asks others trusts."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def trusted() -> ssl.SSLContext:
    """TLS as Python means it. Reading the certificates takes longer than all the rest of a call, so that a process does it once."""
    return ssl.create_default_context()
