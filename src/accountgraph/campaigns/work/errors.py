"""What keeps a person from doing what they asked for."""

from __future__ import annotations

from accountgraph.errors import AccountGraphError


class WorkStateError(AccountGraphError):
    """It is in a state that does not allow this."""
