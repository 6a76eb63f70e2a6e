"""What keeps a tool from doing what it was called for."""

from __future__ import annotations

from accountgraph.errors import AccountGraphError


class ToolError(AccountGraphError):
    """A tool could not do what it was called for. The message says what to do instead."""


class NotPermittedError(ToolError):
    """The agent may not use this tool."""


class RefusedError(ToolError):
    """A rule keeps the message from being written; `rule` is the machine's word for it."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(message)
