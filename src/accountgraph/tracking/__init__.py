"""What links and pixels of a message carry: signed tokens, the keys that sign them, and the public address they lead to."""

from accountgraph.tracking.links import PublicAddress, web_addresses
from accountgraph.tracking.tokens import Purpose, Ring, Signed, key_number, proof, sign, verified, workspace_in

__all__ = ["PublicAddress", "Purpose", "Ring", "Signed", "key_number", "proof", "sign", "verified", "web_addresses", "workspace_in"]
