"""Who changed what, and taking it back.

The log is written by the database, wherever a transaction says who acts (`Database(acting=...)`, `Database.acting_as`,
`Session.act_as`); it only grows. An agent neither reads nor writes it.
"""

from accountgraph.audit.log import Change, forget_audit, get_audit, history_of, list_audit, redact_audit
from accountgraph.audit.undo import Refused, UndoReport, undo_changes, undo_last

__all__ = [
    "Change",
    "Refused",
    "UndoReport",
    "forget_audit",
    "get_audit",
    "history_of",
    "list_audit",
    "redact_audit",
    "undo_changes",
    "undo_last",
]
