"""Lets no wheel be built whose pages would have nothing to load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Looks for what tools/assets.py brings."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse a wheel without it; a checkout that is installed editable gets it by `make setup`."""
        del build_data
        vendor = Path(self.root) / "src" / "accountgraph" / "dashboard" / "static" / "vendor"
        if version != "editable" and not (vendor / "htmx.js").exists():
            raise SystemExit("What the dashboard loads from npm is missing: run python tools/assets.py first, or make setup.")
