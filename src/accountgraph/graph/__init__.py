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
from accountgraph.graph.prompt import CitedPrompt, Fact, Source, as_cited_prompt, as_prompt

__all__ = [
    "CitedPrompt",
    "CompanyGraph",
    "ConversationHealthPolicy",
    "ExpansionPolicy",
    "Fact",
    "HealthPolicy",
    "PathPolicy",
    "ScorePolicy",
    "SeniorityPoints",
    "Source",
    "StrengthPoints",
    "as_cited_prompt",
    "as_prompt",
]
