"""The server itself: who one is here, and what is counted."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from fastapi import Response
from msgspec import Struct

from accountgraph.access import Permission, Role
from accountgraph.acting import ActingKind
from accountgraph.api.call import Call
from accountgraph.api.measuring import TYPE, exposition
from accountgraph.api.operation import Routes

server = Routes("server")


class Asker(Struct, frozen=True):
    """Who asks, as the server knows them."""

    kind: ActingKind
    id: UUID
    name: str
    workspace: str
    role: Role
    permissions: list[Permission]


class Metrics(Response):
    """Counts, as Prometheus reads them."""

    media: ClassVar[tuple[str, ...]] = ("text/plain",)


@server.get("/me")
async def get_me(call: Call) -> Asker:
    """Who I am here, and what I may do."""
    who = call.principal
    return Asker(who.kind, who.id, who.name, who.workspace, who.role, sorted(who.permissions))


@server.get("/metrics", needs=Permission.SETTINGS_READ)
async def get_metrics(call: Call) -> Metrics:
    """What is counted of requests, in the text format of Prometheus.

    Give Prometheus a key of its own, of the role viewer and with `settings:read` alone.
    """
    return Metrics(exposition(), media_type=TYPE, headers=call.headers)
