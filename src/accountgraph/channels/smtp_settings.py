"""How a sender reaches its SMTP server."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from accountgraph.channels.secrets import EnvironmentName, is_this_machine, secret_of, settings_of
from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


class Tls(StrEnum):
    """`starttls`: after the greeting, always; `implicit`: from the first byte; `none`: never."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


class SmtpSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a sender with the transport `smtp`.

    `port` None: 587, 465 or 25, by `tls`. `password_env` names the environment variable that holds the password of `username`.
    `ca_file`: certificates to trust beside the system's. `local_name`: how we greet; None: by the sender's domain.
    `timeout_seconds`: until the message is handed over, and again until the server says what came of it.
    """

    host: Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9_.:\-]+$")]
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    tls: Tls = Tls.STARTTLS
    username: str | None = None
    password_env: EnvironmentName | None = None
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
        if (found.username is None) != (found.password_env is None):
            raise ConfigError(
                "settings: username and password_env (the environment variable with the password) belong together; give both."
            )
        if found.username and found.tls is Tls.NONE and not is_this_machine(found.host):
            raise ConfigError("settings.tls: a password is not sent without TLS; choose starttls or implicit.")
        return found

    @property
    def server_port(self) -> int:
        """The port, or else the one that goes with `tls`."""
        return self.port or _PORTS[self.tls]

    def password(self) -> str | None:
        """The password, from the environment; None: no login is asked for.

        Raises:
            ConfigError: the variable is not set.
        """
        return secret_of("password_env", self.password_env) if self.password_env else None
