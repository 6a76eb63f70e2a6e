"""Tools for AI agents: what an agent needs to work an account, and rails that the database keeps."""

from accountgraph.tools.agents import Agent, AgentMessage, add_agent, get_agent, list_agents, page_messages, remove_agent, update_agent
from accountgraph.tools.channels import AgentChannel, list_channels, open_channels
from accountgraph.tools.definitions import ToolDefinition
from accountgraph.tools.errors import NotPermittedError, RefusedError, ToolError
from accountgraph.tools.toolbox import Toolbox

__all__ = [
    "Agent",
    "AgentChannel",
    "AgentMessage",
    "NotPermittedError",
    "RefusedError",
    "ToolDefinition",
    "ToolError",
    "Toolbox",
    "add_agent",
    "get_agent",
    "list_agents",
    "list_channels",
    "open_channels",
    "page_messages",
    "remove_agent",
    "update_agent",
]
