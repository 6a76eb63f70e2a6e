"""How a sender reaches its SMTP server."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from accountgraph.addresses import is_this_machine
from accountgraph.channels.credentials import STORED, credential
from accountgraph.channels.secrets import EnvironmentName, SecretName, settings_of
from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.channels.credentials import Vault

_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


class Tls(StrEnum):
    """`starttls`: after the greeting, always; `implicit`: from the first byte; `none`: never."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


class SmtpSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a sender with the transport `smtp`.

    `port` None: 587, 465 or 25, by `tls`. The password of `username`: `password` names a stored secret (`secret:NAME`),
    `password_env` an environment variable; or `oauth` names a stored OAuth2 grant (`secret:NAME`), and XOAUTH2 is used.
    `ca_file`: certificates to trust beside the system's. `local_name`: how we greet; None: by the sender's domain.
    `timeout_seconds`: until the message is handed over, and again until the server says what came of it.
    """

    host: Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9_.:\-]+$")]
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    tls: Tls = Tls.STARTTLS
    username: str | None = None
    password: SecretName | None = None
    password_env: EnvironmentName | None = None
    oauth: SecretName | None = None
    ca_file: str | None = None
    local_name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\[\]\-]+$", max_length=255)] | None = None
    timeout_seconds: Annotated[float, Meta(gt=0, le=40)] = 30

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> SmtpSettings:
        """The settings of a sender, checked.

        Raises:
            ConfigError: naming the setting and the cure.
        """
        found = settings_of(cls, settings, "SMTP")
        named = [name for name in (found.password, found.password_env, found.oauth) if name is not None]
        if len(named) != (found.username is not None):
            raise ConfigError(
                "settings: username needs one of password (secret:NAME), password_env (an environment variable's name)"
                " and oauth (secret:NAME of a grant), and they need it."
            )
        if found.username and found.tls is Tls.NONE and not is_this_machine(found.host):
            raise ConfigError("settings.tls: a password is not sent without TLS; choose starttls or implicit.")
        return found

    @property
    def server_port(self) -> int:
        """The port, or else the one that goes with `tls`."""
        return self.port or _PORTS[self.tls]

    async def login_secret(self, vault: Vault) -> str | None:
        """The password, or the access token where `oauth` is given; None: no login is asked for.

        Raises:
            AccountGraphError: it cannot be had.
        """
        if self.oauth is not None:
            return await vault.access_token(self.oauth.removeprefix(STORED))
        return await credential(vault, "password", self.password, self.password_env)
