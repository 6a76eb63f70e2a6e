"""What keeps a mailbox from being read."""

from __future__ import annotations

from accountgraph.errors import AccountGraphError


class MailboxError(AccountGraphError):
    """The mailbox cannot be read now."""


class LoginRefusedError(MailboxError):
    """The mail server refuses the login."""


class GrantError(MailboxError):
    """The service gives no access token; the mailbox has to be connected again."""


class RefusedError(MailboxError):
    """The service does not do what it was asked; others may be asked of it."""


class GoneError(MailboxError):
    """What was asked for is not there any more."""


class TooOldError(MailboxError):
    """The service does not know any more what came since we were last here."""
