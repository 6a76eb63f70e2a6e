"""Files that were uploaded before it is said what they are: a person looks at them, chooses, tries, and imports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.acting import Acting
    from accountgraph.db import Connectable


class Upload(Struct, frozen=True, kw_only=True):
    """A file that waits. `head`: its first chunk; `size`: bytes of all of it."""

    id: UUID
    file_name: str
    created_at: datetime
    head: bytes
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether the head is all of it."""
        return len(self.head) == self.size


async def get_upload(db: Connectable, import_id: UUID) -> Upload:
    """A file that was uploaded, and is neither imported nor on its way.

    Raises:
        NotFoundError: there is none, or it was dropped meanwhile.
    """
    found = await db.row(Upload, "imports.imports.upload", {"id": import_id})
    if found is None:
        raise NotFoundError("This file is imported already, or was dropped because nobody chose what it is; upload it again.")
    return found


async def copy_upload(db: Connectable, import_id: UUID, acting: Acting) -> UUID:
    """The same file as an upload of its own, for a dry run; gives its import's id.

    Raises:
        NotFoundError: it was dropped meanwhile.
    """
    params = {"id": import_id, "new_id": uuid4(), "acting": msgspec.json.encode(acting).decode()}
    made = await db.write(UUID, "imports.imports.copy_upload", params)
    if made is None:
        raise NotFoundError("This file was dropped meanwhile; upload it again.")
    return made
