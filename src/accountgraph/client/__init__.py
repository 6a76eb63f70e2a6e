"""A program's way to the HTTP API: every operation as a typed call; `accountgraph.client.sync` has the same without `await`."""

from accountgraph.client.asking import Answer, Page
from accountgraph.client.errors import ChangedMeanwhileError, NotRecognisedError, RefusedError, TooManyRequestsError, UnreachableError
from accountgraph.client.operations import Client

__all__ = [
    "Answer",
    "ChangedMeanwhileError",
    "Client",
    "NotRecognisedError",
    "Page",
    "RefusedError",
    "TooManyRequestsError",
    "UnreachableError",
]
