"""The campaigns of the rich demo, as a person would have written them."""

from importlib.resources import files

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.file import parse

FINISHED, PAUSED, RUNNING, DRAFT = "demo-spring-rosters", "demo-night-shifts", "demo-autumn-depots", "demo-round-table"
NAMES = (FINISHED, PAUSED, RUNNING, DRAFT)
MARK = "Made up for the demo."
"""How the description of each begins: by name and mark together it is known which campaigns the demo brought."""


def definition_of(name: str) -> CampaignDefinition:
    """The campaign of this name."""
    text = (files(__name__) / f"{name}.toml").read_text(encoding="utf-8")
    return parse(text, "toml", source=name)
