"""Questions about accounts, and the scores behind the answers."""

from accountgraph.graph.company_graph import CompanyGraph
from accountgraph.graph.policy import (
    ConversationHealthPolicy,
    ExpansionPolicy,
    HealthPolicy,
    PathPolicy,
    ScorePolicy,
    SeniorityPoints,
    StrengthPoints,
)
from accountgraph.graph.prompt import as_prompt

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
