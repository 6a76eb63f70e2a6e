"""The tools over MCP, the Model Context Protocol: to a program on this machine over stdio, to others over HTTP."""

from accountgraph.mcp_server.caller import Caller
from accountgraph.mcp_server.http import mcp_app
from accountgraph.mcp_server.server import server_for
from accountgraph.mcp_server.stdio import serve_stdio

__all__ = ["Caller", "mcp_app", "serve_stdio", "server_for"]
