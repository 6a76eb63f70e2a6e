"""The entry point. A command's module is loaded when the command is used, so that `--help` stays quick."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from accountgraph import __version__
from accountgraph.cli.frame import DatabaseOption, Edge, JsonOption, WorkspaceOption

# name: (module, what it is for)
COMMANDS = {
    "up": ("up", "Start the database and show the demo account."),
    "demo": ("up", "Show the four answers about a made-up account."),
    "search": ("auditing.search", "Find accounts, people, campaigns, work, messages."),
    "account": ("account", "Accounts: list, search, overview, health, expansion, tree."),
    "contact": ("contact", "People: show, context for a message, warm paths to them."),
    "conversation": ("conversation", "Conversations: health, history."),
    "campaign": ("campaigns.campaign", "Campaigns: create, apply, preview, simulate, start, run, why."),
    "lead": ("campaigns.lead", "Leads: bring new people into their campaign."),
    "approval": ("outreach.approval", "Messages that wait for a person."),
    "draft": ("outreach.draft", "Messages that a model writes: test, prompt, list, show."),
    "inbox": ("outreach.inbox", "What came in: show, reply, assign, resume."),
    "task": ("tasks.task", "Work for people: next, show, done, skip."),
    "analytics": ("analytics.analytics", "What came of it: funnel, hours, variants, movers."),
    "agent": ("agents.agent", "AI agents: add, budget, pause, what they asked for."),
    "mcp": ("agents.mcp", "Serve the agents' tools to a program that speaks MCP."),
    "signal": ("outreach.signal", "Record a reply, a bounce, a meeting, a deal."),
    "consent": ("permissions.consent", "On what basis somebody may be written to."),
    "jurisdiction": ("permissions.jurisdiction", "What the law of each country says: list, set, remove."),
    "holiday": ("permissions.holiday", "Free days of your own: add, list, remove."),
    "exclusion": ("permissions.exclusion", "Accounts that campaigns leave alone: add, list, end."),
    "privacy": ("records.privacy", "A person's data: export, erase; how long things are kept."),
    "suppress": ("permissions.suppress", "Whom not to write to."),
    "sender": ("outreach.sender", "Mailboxes and numbers that messages leave from."),
    "provider": ("channels.provider", "Mail and text providers: what each can do."),
    "webhook": ("channels.webhook", "Webhooks, in and out: list, endpoint, delivery."),
    "notice": ("outgoing.notice", "Tell people what waits: add, list, remove, test."),
    "inbound": ("channels.inbound", "Mail that came in: parse, import, list, show."),
    "mailbox": ("mailboxes.mailbox", "Mailboxes that are read: add, test, list, sync, remove."),
    "secret": ("mailboxes.secret", "Stored secrets: put, list, delete, reseal."),
    "user": ("access.user", "People with a login: add, list, role, invite, password."),
    "key": ("access.key", "API keys: create, list, revoke, rotate."),
    "audit": ("auditing.audit", "Who changed what: list, show, undo."),
    "settings": ("outreach.settings", "The workspace's zone and legal identity."),
    "hold": ("permissions.hold", "Kill switches: set, lift, list."),
    "send": ("outreach.send", "Send a test message through a mailbox."),
    "serve": ("serve", "Serve the public address: webhooks, tracking, preferences."),
    "worker": ("outreach.worker", "Run campaigns until it is stopped."),
    "import": ("transfer", "Bring a CSV or JSON Lines file in."),
    "export": ("transfer", "Write an entity to a CSV or JSON Lines file."),
    "workspace": ("workspace", "Workspaces: list, create, drop."),
    "migrate": ("workspace", "Bring every workspace to the newest schema."),
    "db": ("server", "Server: start, stop, url, psql, status, backup, restore."),
    "verify": ("checks", "Recompute what the database keeps, list what differs."),
    "bench": ("checks", "Measure the four answers here, read-only."),
}


class LazyGroup(TyperGroup):
    """A group whose commands are one line of help each until one of them is run."""

    def __init__(self, **attrs: Any) -> None:  # noqa: ANN401 - what Typer passes
        super().__init__(**attrs)
        for name, (_, help_line) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=help_line, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401 - Click's types are private
        """The real command in the place of its line of help."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            command = load(name)
        return name, command, rest


def load(name: str) -> Any:  # noqa: ANN401 - Click's types are private
    """The command `name`, with its module."""
    module, help_line = COMMANDS[name]
    commands: dict[str, typer.Typer] = import_module(f"accountgraph.cli.{module}").COMMANDS
    command = typer.main.get_command(commands[name])
    command.name = name
    command.help = command.help or help_line
    return command


app = typer.Typer(
    cls=LazyGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"accountgraph {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    database_url: DatabaseOption = None,
    json: JsonOption = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version and leave.", callback=_print_version, is_eager=True)] = False,
) -> None:
    """An account is a graph of people: this program keeps it in PostgreSQL and answers questions about it.

    Start with `accountgraph up`.
    """
    del version
    context.obj = Edge(workspace, database_url, as_json=json)


def main() -> None:
    """Run the command line: exit code 0 when done, 1 when refused or failed, 2 when called wrongly."""
    app(prog_name="accountgraph")
