"""Bounces: which addresses could not be reached, why, and whether for good. Reports of delays and of deliveries are none."""

from __future__ import annotations

from accountgraph.inbound.bounces.delivery import Delivery, bounces, delivery_of

__all__ = ["Delivery", "bounces", "delivery_of"]
