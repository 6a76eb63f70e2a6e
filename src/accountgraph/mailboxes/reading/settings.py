"""How a mailbox is reached over IMAP."""

from __future__ import annotations

import ssl
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from accountgraph.addresses import is_this_machine
from accountgraph.channels.credentials import STORED, credential
from accountgraph.channels.secrets import SecretName
from accountgraph.channels.smtp_settings import Tls
from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.channels.credentials import Vault

_PORTS = {"starttls": 143, "implicit": 993, "none": 143}
Name = Annotated[str, Meta(min_length=1, max_length=500)]


class SentCopy(StrEnum):
    """Who files a copy of what we send over SMTP: nobody, we (by APPEND), or the service itself."""

    NONE = "none"
    APPEND = "append"
    SERVICE = "service"


class FolderNames(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Folders by the server's own names, where they cannot be found; `more` are read beside the inbox."""

    inbox: Name = "INBOX"
    sent: Name | None = None
    junk: Name | None = None
    more: tuple[Name, ...] = ()


class ImapSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a mailbox with the protocol `imap`.

    `port` None: 993 or 143, by `tls`; without TLS only this machine is talked to. `username` None: the sender's address. The login is
    one of `password` (a stored secret, `secret:NAME`), `password_env` (an environment variable), `oauth` (a stored grant,
    `secret:NAME`; XOAUTH2). `ca_file`: certificates to trust beside the system's. `reads_junk`: bounces, automatic replies and answers
    to our messages are looked for in the junk folder too. `sent_copy`: who files what we send. `most_bytes`: longer mails are read
    up to there. `timeout_seconds`: for each answer of the server.
    """

    host: Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9_.:\-]+$")]
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    tls: Tls = Tls.IMPLICIT
    username: str | None = None
    password: SecretName | None = None
    password_env: Annotated[str, Meta(pattern="^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    oauth: SecretName | None = None
    ca_file: str | None = None
    folders: FolderNames = FolderNames()
    reads_junk: bool = False
    sent_copy: SentCopy = SentCopy.NONE
    most_bytes: Annotated[int, Meta(ge=65_536, le=104_857_600)] = 10_485_760
    timeout_seconds: Annotated[float, Meta(gt=0, le=300)] = 30

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> ImapSettings:
        """The settings of a mailbox, checked.

        Raises:
            ConfigError: naming the setting and the cure.
        """
        try:
            found = msgspec.convert(settings, cls)
        except msgspec.ValidationError as error:
            raise ConfigError(f"The mailbox's IMAP settings cannot be used: {error}.") from None
        if sum(name is not None for name in (found.password, found.password_env, found.oauth)) != 1:
            raise ConfigError(
                "settings: the login is one of password (secret:NAME), password_env and oauth (secret:NAME); give one of them."
            )
        if found.tls is Tls.NONE and not is_this_machine(found.host):
            raise ConfigError("settings.tls: mail is not read without TLS, unless from this machine; choose implicit or starttls.")
        return found

    @property
    def server_port(self) -> int:
        """The port, or else the one that goes with `tls`."""
        return self.port or _PORTS[self.tls]

    async def login_secret(self, vault: Vault) -> str:
        """The password, or the access token where `oauth` is given.

        Raises:
            AccountGraphError: it cannot be had.
        """
        if self.oauth is not None:
            return await vault.access_token(self.oauth.removeprefix(STORED))
        return await credential(vault, "password", self.password, self.password_env) or ""

    def context(self) -> ssl.SSLContext:
        """TLS as Python means it: certificates and names are checked.

        Raises:
            OSError: `ca_file` cannot be read.
        """
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        return context
