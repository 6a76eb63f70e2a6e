"""Questions about accounts, and the scores behind the answers."""

from accountgraph.graph.company_graph import CompanyGraph
from accountgraph.graph.context import as_prompt
from accountgraph.graph.policy import (
    ConversationHealthPolicy,
    ExpansionPolicy,
    HealthPolicy,
    PathPolicy,
    ScorePolicy,
    SeniorityPoints,
    StrengthPoints,
)

__all__ = [
    "CompanyGraph",
    "ConversationHealthPolicy",
    "ExpansionPolicy",
    "HealthPolicy",
    "PathPolicy",
    "ScorePolicy",
    "SeniorityPoints",
    "StrengthPoints",
    "as_prompt",
]
