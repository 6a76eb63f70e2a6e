"""All operations, by subject."""

from accountgraph.api.operation import Operation
from accountgraph.api.routes.answers import answers
from accountgraph.api.routes.graph.companies import companies
from accountgraph.api.routes.graph.contacts import contacts
from accountgraph.api.routes.graph.conversations import conversations
from accountgraph.api.routes.graph.relationships import relationships
from accountgraph.api.routes.graph.touchpoints import touchpoints
from accountgraph.api.routes.transfer.exports import exports
from accountgraph.api.routes.transfer.imports import imports
from accountgraph.api.routes.transfer.live import live

TAGS = {
    "companies": "The accounts.",
    "contacts": "The people.",
    "relationships": "The edges between people.",
    "conversations": "Threads of touchpoints with one person.",
    "touchpoints": "Messages, calls and meetings, and what happened to them.",
    "answers": "What an account is, and what to do next.",
    "imports": "Files that are brought in.",
    "exports": "Everything as files.",
    "live": "What happens, as it happens.",
}
OPERATIONS: tuple[Operation, ...] = (
    *companies,
    *contacts,
    *relationships,
    *conversations,
    *touchpoints,
    *answers,
    *imports,
    *exports,
    *live,
)
