"""What every command stands in: the options that all have, where output goes, and how errors are said.

    @command(app, "overview")
    async def overview(edge: Edge, account: Annotated[str, ACCOUNT]) -> None: ...

Data goes to standard output, as JSON where `--json` is given and drawn otherwise; everything else goes
to standard error. Exit codes: 0 done, 1 refused or failed (one line says why), 2 called wrongly.
"""

from __future__ import annotations

import getpass
import inspect
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph.acting import Acting, ActingKind
from accountgraph.cli.harmless import HARMLESS, Harmless
from accountgraph.config import Settings
from accountgraph.errors import AccountGraphError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

    from rich.console import Console, RenderableType

    from accountgraph.access import Registry
    from accountgraph.app import App

WorkspaceOption = Annotated[
    str | None, typer.Option("--workspace", "-w", metavar="NAME", help="Work in this workspace [ACCOUNTGRAPH_WORKSPACE, else abm].")
]
DatabaseOption = Annotated[
    str | None, typer.Option("--database-url", metavar="URL", help="Use this database [DATABASE_URL, else the embedded server].")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]
_EVERYWHERE = {"workspace": (WorkspaceOption, None), "database_url": (DatabaseOption, None), "json": (JsonOption, False)}
_CURES = {
    FileNotFoundError: "name a file or folder that is there",
    IsADirectoryError: "name a file in it",
    PermissionError: "choose another path, or let your user use this one",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One call of the program: what was asked of all commands, and where answers go."""

    workspace: str | None = None
    database_url: str | None = None
    as_json: bool = False

    @property
    def settings(self) -> Settings:
        """The environment's settings with what the command line says."""
        return Settings.from_environment().with_choices(url=self.database_url, workspace=self.workspace, pooler=None)

    @property
    def acting(self) -> Acting:
        """Under whose name changes are logged: the login of this machine."""
        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # a user id without a name, as in some containers
            name = "command line"
        return Acting(kind=ActingKind.COMMAND, name=name)

    def app(self) -> AbstractAsyncContextManager[App]:
        """The app over the workspace; starts the embedded server where that is used and does not run."""
        from accountgraph.app import opened  # noqa: PLC0415 - the driver is slow to load, and not every command needs it

        return opened(self.settings, self.say, acting=self.acting)

    def registry(self) -> AbstractAsyncContextManager[Registry]:
        """Users and keys, of all workspaces; starts the embedded server as `app` does."""
        from accountgraph.app import opened_registry  # noqa: PLC0415 - as above

        return opened_registry(self.settings, self.say)

    def url(self) -> str:
        """The database's URL; starts the embedded server where that is used and does not run. Blocks."""
        from accountgraph.embedded import ready_url  # noqa: PLC0415 - as above

        settings = self.settings
        return settings.database_url or ready_url(settings, self.say)

    def say(self, text: str) -> None:
        """A note to the person: never on standard output."""
        typer.echo(text, err=True)

    def emit(self, data: object, draw: Callable[[], RenderableType | str]) -> None:
        """Print the answer: `data` as JSON, or what `draw` makes of it."""
        if self.as_json:
            self.print_json(data)
            return
        drawn = draw()
        if isinstance(drawn, str):
            typer.echo(drawn.translate(HARMLESS))  # plain text: neither wrapped nor read as markup
        else:
            console().print(Harmless(drawn))

    def print_json(self, data: object) -> None:
        """Print `data` as indented JSON."""
        from msgspec import json  # noqa: PLC0415 - only where it is wanted

        encoded = json.format(json.Encoder(decimal_format="number").encode(data), indent=2)
        sys.stdout.buffer.write(encoded + b"\n")
        sys.stdout.buffer.flush()


def console(*, stderr: bool = False) -> Console:
    """Where drawings go; as wide as the terminal, and never wider than is good to read."""
    from rich.console import Console  # noqa: PLC0415 - slow to load, and --json does without

    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    made.width = min(made.width, 120)
    return made


def command(app: typer.Typer, name: str | None = None, *, passes_on: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function that takes an `Edge` first into a command of `app`; it may be `async`.

    `passes_on`: options that are not its own are arguments, for the program that it calls.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function, eval_str=True)
        own = list(signature.parameters.values())[1:]
        shared = [
            inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for option, (annotation, default) in _EVERYWHERE.items()
        ]
        keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]

        def run(context: typer.Context, **given: Any) -> None:  # noqa: ANN401 - the function's own arguments
            said = {option: given.pop(option) for option in _EVERYWHERE}
            _finish(lambda: function(_edge(context, said), **given))

        head = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        run.__signature__ = inspect.Signature([head, *keywords, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {}
        run.__doc__ = function.__doc__
        app.command(
            name or function.__name__.removesuffix("_"),
            short_help=(function.__doc__ or "").partition("\n")[0],
            context_settings={"ignore_unknown_options": passes_on},
        )(run)
        return function

    return register


def group(help_text: str) -> typer.Typer:
    """A group of commands, drawn like all others."""
    return typer.Typer(help=help_text, rich_markup_mode=None, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _edge(context: typer.Context, said: dict[str, Any]) -> Edge:
    """What was said before the command's name, and after it; what comes later wins."""
    edge = context.obj if isinstance(context.obj, Edge) else Edge()
    return replace(
        edge,
        workspace=said["workspace"] or edge.workspace,
        database_url=said["database_url"] or edge.database_url,
        as_json=said["json"] or edge.as_json,
    )


def _finish(work: Callable[[], Any]) -> None:
    """Run the command to its end, and say in one line what went wrong."""
    try:
        made = work()
        if inspect.iscoroutine(made):
            run_async(made)
    except KeyboardInterrupt:
        _complain("Interrupted.")
        raise typer.Exit(130) from None
    except AccountGraphError as error:
        for line in error.lines:
            _complain(line)
        raise typer.Exit(2 if isinstance(error, InvalidInputError) and error.field.startswith("--") else 1) from None
    except BrokenPipeError:
        raise  # whoever read us has enough; Typer ends quietly
    except OSError as error:
        cure = _CURES.get(type(error), "choose another path or free it")
        _complain(f"{error.filename or 'Output'}: {(error.strerror or str(error)).rstrip('.')}; {cure}.")
        raise typer.Exit(1) from None


def run_async(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever it gives
    """Run a coroutine; the driver needs a selector loop on Windows."""
    import asyncio  # noqa: PLC0415 - not every command is async

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop if sys.platform == "win32" else None) as runner:
        return runner.run(work)


def _complain(message: str) -> None:
    typer.echo(f"accountgraph: {' '.join(message.split())}", err=True)
