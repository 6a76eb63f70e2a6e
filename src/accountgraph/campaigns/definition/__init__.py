"""A campaign as data: what a person writes, reviews and applies. Frozen, checked, and the same in a file and in the database."""

from accountgraph.campaigns.definition.audience import Audience
from accountgraph.campaigns.definition.campaign import CampaignDefinition, Template, Variant
from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.definition.reactions import AccountAction, PersonAction, Reaction, Reactions, Scope
from accountgraph.campaigns.definition.steps import Branch, Condition, Step, Track

__all__ = [
    "AccountAction",
    "Audience",
    "Branch",
    "CampaignDefinition",
    "Condition",
    "PersonAction",
    "Policy",
    "Reaction",
    "Reactions",
    "Scope",
    "Step",
    "Template",
    "Track",
    "Variant",
]
