"""Why a model writes nothing."""

from __future__ import annotations

from accountgraph.errors import AccountGraphError


class ModelError(AccountGraphError):
    """The model cannot be asked, or does not answer as it should. The template does the job."""


class BusyModelError(ModelError):
    """It may answer a little later. `wait_seconds`: how long it asks to be left alone."""

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds
