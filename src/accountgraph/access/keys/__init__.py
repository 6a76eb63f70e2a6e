"""API keys: made, listed, rotated, revoked; and recognised when a request brings one."""

from accountgraph.access.keys.authenticate import KeyGate
from accountgraph.access.keys.keys import Key, NewKey, create_key, list_keys, revoke_key, rotate_key

__all__ = ["Key", "KeyGate", "NewKey", "create_key", "list_keys", "revoke_key", "rotate_key"]
