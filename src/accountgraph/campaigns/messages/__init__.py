"""Messages: what a step says to a person, from its template and what is known, and the envelope it goes out in."""

from accountgraph.campaigns.messages.compose import Composed, check_source, compose, compose_draft, content_hash, names_colleagues
from accountgraph.campaigns.messages.envelope import message_of
from accountgraph.campaigns.messages.errors import MessageError, MissingVariableError, TemplateRefusedError
from accountgraph.campaigns.messages.grammar import check_template
from accountgraph.campaigns.messages.preview import Preview, preview, previewed
from accountgraph.campaigns.messages.variables import Variables, load_variables

__all__ = [
    "Composed",
    "MessageError",
    "MissingVariableError",
    "Preview",
    "TemplateRefusedError",
    "Variables",
    "check_source",
    "check_template",
    "compose",
    "compose_draft",
    "content_hash",
    "load_variables",
    "message_of",
    "names_colleagues",
    "preview",
    "previewed",
]
