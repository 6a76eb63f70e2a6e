"""All operations, by subject."""

from accountgraph.api.operation import Operation
from accountgraph.api.routes.access.keys import keys
from accountgraph.api.routes.access.members import members
from accountgraph.api.routes.access.sessions import sessions
from accountgraph.api.routes.answers import answers
from accountgraph.api.routes.graph.companies import companies
from accountgraph.api.routes.graph.contacts import contacts
from accountgraph.api.routes.graph.conversations import conversations
from accountgraph.api.routes.graph.relationships import relationships
from accountgraph.api.routes.graph.touchpoints import touchpoints
from accountgraph.api.routes.server import server

TAGS = {
    "companies": "The accounts.",
    "contacts": "The people.",
    "relationships": "The edges between people.",
    "conversations": "Threads of touchpoints with one person.",
    "touchpoints": "Messages, calls and meetings, and what happened to them.",
    "answers": "What an account is, and what to do next.",
    "sessions": "Logging in and out.",
    "members": "Who is in a workspace.",
    "keys": "API keys.",
    "server": "The server itself.",
}
OPERATIONS: tuple[Operation, ...] = (
    *companies,
    *contacts,
    *relationships,
    *conversations,
    *touchpoints,
    *answers,
    *sessions,
    *members,
    *keys,
    *server,
)
