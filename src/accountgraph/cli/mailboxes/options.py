"""The options of `mailbox add`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph.cli.choices import one_of_words
from accountgraph.mailboxes.setup.connecting import VIAS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _word(flag: str, known: Sequence[str]) -> Callable[[str | None], str | None]:
    return lambda given: one_of_words(known, flag, given)


_TLS = ["implicit", "starttls", "none"]
_COPIES = ["none", "append", "service"]

Via = Annotated[
    str, typer.Option("--via", metavar="WAY", help="Reach it by imap (and SMTP), gmail-api, graph.", callback=_word("--via", list(VIAS)))
]
Name = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Who writes, as recipients see it.")]
Username = Annotated[str | None, typer.Option("--username", metavar="TEXT", help="The login [the address].")]
PasswordEnv = Annotated[
    str | None, typer.Option("--password-env", metavar="NAME", help="Store the password that this environment variable holds [ask].")
]
OAuth = Annotated[
    str | None,
    typer.Option(
        "--oauth",
        metavar="SERVICE",
        help="Connect by OAuth2 instead: google, microsoft.",
        callback=_word("--oauth", ["google", "microsoft"]),
    ),
]
ClientId = Annotated[str | None, typer.Option("--client-id", metavar="ID", help="Of your own OAuth2 client.")]
ClientSecretEnv = Annotated[
    str | None, typer.Option("--client-secret-env", metavar="NAME", help="The environment variable with its secret, if it has one.")
]
Tenant = Annotated[str, typer.Option("--tenant", metavar="NAME", help="Of Microsoft 365, where the client is for one only.")]
OAuthUrl = Annotated[str | None, typer.Option("--oauth-url", metavar="URL", help="A service of your own for the tokens.")]
ApiUrl = Annotated[str | None, typer.Option("--api-url", metavar="URL", help="Where the API is, in a national cloud [the usual address].")]
ImapHost = Annotated[str | None, typer.Option("--imap-host", metavar="HOST", help="[by the address's service]")]
ImapPort = Annotated[int | None, typer.Option("--imap-port", min=1, max=65535, help="[993 or 143, by its TLS]")]
ImapTls = Annotated[
    str | None,
    typer.Option("--imap-tls", metavar="KIND", help="implicit, starttls, none [implicit].", callback=_word("--imap-tls", _TLS)),
]
SmtpHost = Annotated[str | None, typer.Option("--smtp-host", metavar="HOST", help="[by the address's service]")]
SmtpPort = Annotated[int | None, typer.Option("--smtp-port", min=1, max=65535, help="[by the service, else by its TLS]")]
SmtpTls = Annotated[
    str | None,
    typer.Option("--smtp-tls", metavar="KIND", help="implicit, starttls, none [starttls].", callback=_word("--smtp-tls", _TLS)),
]
CaFile = Annotated[str | None, typer.Option("--ca-file", metavar="FILE", help="Certificates to trust beside the system's.")]
SentFolder = Annotated[str | None, typer.Option("--sent-folder", metavar="NAME", help="Where it cannot be found by itself.")]
SentCopy = Annotated[
    str | None,
    typer.Option(
        "--sent-copy",
        metavar="WHO",
        help="Who files what we send: none, append (we), service [by the service].",
        callback=_word("--sent-copy", _COPIES),
    ),
]
Signature = Annotated[str | None, typer.Option("--signature", metavar="TEXT", help="Below the words of its mails.")]
Alias = Annotated[bool, typer.Option("--alias", help="Answers go to an address of each message's own, me+DIGITS@; it has to take them.")]
Junk = Annotated[bool, typer.Option("--junk", help="Look for bounces and answers in the junk folder too.")]
PerDay = Annotated[int | None, typer.Option("--per-day", min=1, help="Send at most so many a day.")]
Warmup = Annotated[bool, typer.Option("--warmup", help="It is new: begin with few messages a day.")]


def server(host: str | None, port: int | None, tls: str | None, ca_file: str | None) -> dict[str, Any]:
    """A server as far as it was said."""
    return {"host": host, "port": port, "tls": tls, "ca_file": ca_file}
