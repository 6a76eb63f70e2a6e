"""What these commands ask a person for, or read from standard input."""

from __future__ import annotations

import getpass
import os
import sys

import typer


def secret_from(prompt: str) -> str:
    """A secret: hidden while it is typed, else the first line of standard input. It never stands among the arguments.

    Raises:
        typer.BadParameter: there is none.
    """
    said = getpass.getpass(prompt, stream=sys.stderr) if sys.stdin.isatty() else sys.stdin.readline()
    said = said.strip("\r\n")
    if not said:
        raise typer.BadParameter("nothing came; type the secret, or give it on standard input.")
    return said


def answer_to(prompt: str, flag: str) -> str:
    """What a person says, where there is one.

    Raises:
        typer.BadParameter: nobody is there, or says anything; the option says the same.
    """
    if not sys.stdin.isatty():
        raise typer.BadParameter("is needed here, for the address's service is not known.", param_hint=flag)
    said: str = typer.prompt(prompt, err=True)
    return said.strip()


def variable(name: str | None, flag: str) -> str | None:
    """What an environment variable holds; None: none is named.

    Raises:
        typer.BadParameter: it is not set.
    """
    if name is None:
        return None
    found = os.environ.get(name)
    if not found:
        raise typer.BadParameter(f"the environment variable {name} is not set.", param_hint=flag)
    return found
