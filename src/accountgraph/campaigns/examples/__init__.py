"""Campaigns that come with the package: to read, to try, and to begin from."""

from __future__ import annotations

from importlib.resources import files

NAMES = ("inbound-lead", "cold-account", "re-engagement")


def example(name: str) -> str:
    """The text of a shipped campaign, TOML; `name` is one of `NAMES`."""
    return (files(__name__) / f"{name}.toml").read_text(encoding="utf-8")
