"""Outgoing webhooks, by the Standard Webhooks specification: who wants to hear of what, and telling them until they did."""

from accountgraph.outgoing.deliveries import Deliveries, Delivery, DeliveryDetail, get_delivery, list_deliveries, replay, resend
from accountgraph.outgoing.delivering import deliver_due, send_test
from accountgraph.outgoing.endpoints import (
    CreatedEndpoint,
    Endpoint,
    EndpointChanges,
    NewEndpoint,
    create_endpoint,
    delete_endpoint,
    get_endpoint,
    list_endpoints,
    rotate_secret,
    update_endpoint,
)
from accountgraph.outgoing.kinds import KINDS, Kind
from accountgraph.outgoing.posting import Poster

__all__ = [
    "KINDS",
    "CreatedEndpoint",
    "Deliveries",
    "Delivery",
    "DeliveryDetail",
    "Endpoint",
    "EndpointChanges",
    "Kind",
    "NewEndpoint",
    "Poster",
    "create_endpoint",
    "delete_endpoint",
    "deliver_due",
    "get_delivery",
    "get_endpoint",
    "list_deliveries",
    "list_endpoints",
    "replay",
    "resend",
    "rotate_secret",
    "send_test",
    "update_endpoint",
]
