"""The ETag of an entity: one part for what callers can write, one for all of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import msgspec

BYTES = 9  # a part; twelve characters of base64


@dataclass(frozen=True, slots=True)
class Tag:
    """`writable` changes with what callers may write, `whole` with anything.

    An update is refused where the writable part is another one: that somebody opened a mail meanwhile stands in nobody's way.
    """

    writable: str
    whole: str

    def __str__(self) -> str:
        return f'"{self.writable}.{self.whole}"'


def tag_of(entity: msgspec.Struct, encoded: bytes | None = None) -> Tag:
    """The tag of an entity; `encoded`: its JSON, where it is there already."""
    derived: frozenset[str] = getattr(type(entity), "derived_fields", frozenset())
    writable = [value for name, value in zip(entity.__struct_fields__, msgspec.structs.astuple(entity), strict=True) if name not in derived]
    return Tag(_hashed(msgspec.json.encode(writable)), _hashed(encoded or msgspec.json.encode(entity)))


def _hashed(content: bytes) -> str:
    return blake2b(content, digest_size=BYTES).hexdigest()
