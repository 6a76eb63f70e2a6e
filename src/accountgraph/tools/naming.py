"""The account or person that a model means; where there is none, it is told of the tool that looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.errors import NotFoundError
from accountgraph.store import naming
from accountgraph.tools.untrusted import one_line

if TYPE_CHECKING:
    from accountgraph.db import Connectable
    from accountgraph.models import Company, Contact


async def find_account(db: Connectable, said: str) -> Company:
    """The account that `said` names: its id, a domain, an external id, or its exact name.

    Raises:
        NotFoundError: none is called so.
        InvalidValueError: several are.
    """
    try:
        return await naming.find_account(db, said)
    except NotFoundError as error:
        raise NotFoundError(_told(error, "an id or a domain")) from error


async def find_contact(db: Connectable, said: str) -> Contact:
    """The contact that `said` names: an e-mail address, an id, an external id, or the exact first and last name.

    Raises:
        NotFoundError: nobody is called so.
        InvalidValueError: several are.
    """
    try:
        return await naming.find_contact(db, said)
    except NotFoundError as error:
        raise NotFoundError(_told(error, "an e-mail address or an id")) from error


def _told(error: NotFoundError, what: str) -> str:
    """What comes near stays; the cure behind the last semicolon is for the command line."""
    return f"{one_line(str(error)).rpartition(';')[0]}; look with find_account, and name {what}."
