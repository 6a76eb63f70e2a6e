"""Who calls, and what keeps a call from its answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from mcp.shared.exceptions import McpError
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, ErrorData

from accountgraph.errors import AccountGraphError, NotFoundError
from accountgraph.tools import NotPermittedError
from accountgraph.tools.definitions import failure

if TYPE_CHECKING:
    from accountgraph.access import Permission
    from accountgraph.db import Database
    from accountgraph.tools import Toolbox

RESOURCE_NOT_FOUND = -32002  # as the protocol has it
logger = logging.getLogger(__name__)


class Caller(NamedTuple):
    """An agent that is served: its tools, and the workspace with an agent's rights."""

    toolbox: Toolbox
    database: Database

    def check(self, permission: Permission, what: str) -> None:
        """Refuse what the caller's scopes do not cover.

        Raises:
            NotPermittedError: naming the scope.
        """
        if permission not in self.toolbox.permissions:
            raise NotPermittedError(f"{what} needs the scope {permission}, which this key does not have.")


def refused(error: Exception) -> McpError:
    """The protocol's error for ours; of anything else the log is told, and the caller that it failed."""
    if isinstance(error, McpError):
        return error
    if isinstance(error, NotFoundError):
        return McpError(ErrorData(code=RESOURCE_NOT_FOUND, message=failure(error)))
    if isinstance(error, AccountGraphError):
        return McpError(ErrorData(code=INVALID_PARAMS, message=failure(error)))
    logger.exception("A call of an agent failed", exc_info=error)
    return McpError(ErrorData(code=INTERNAL_ERROR, message="It failed on our side; the server's log says why."))
