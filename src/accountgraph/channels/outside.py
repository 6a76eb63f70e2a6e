"""Settings of a sender that come over the network: checked before they are kept, and of the serving machine they reach nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.definition.problems import nearest
from accountgraph.channels.mail_apis import NAMES as MAIL_APIS
from accountgraph.channels.providers import NAMES
from accountgraph.channels.registry import KNOWN
from accountgraph.channels.smtp_settings import SmtpSettings
from accountgraph.errors import ConfigError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.channels.providers.settings import ProviderSettings
    from accountgraph.store.outreach.drafting import DraftingSettings

HIDDEN = "***"
_OF_THE_MACHINE = ("_env", "_file")
_SECRET_WORDS = ("password", "secret", "token", "key")


def check_from_outside(transport: str, settings: Mapping[str, object]) -> None:
    """Refuse what does not fit the transport, and what names environment variables or files of the machine that serves.

    Who may ask over the network has a workspace, and not the machine: a variable that they name would be sent to a server that they
    name too. Their secrets are stored ones (`secret:NAME`), also where the transport would look into the environment by itself.

    Raises:
        InvalidValueError: naming the setting and the cure.
    """
    if transport not in KNOWN:
        raise InvalidValueError("transport", f"there is no transport {transport!r}. {nearest(transport, KNOWN)}")
    check_is_ours(settings)
    try:
        if transport == "smtp":
            SmtpSettings.of(settings)
        elif transport in {*NAMES, *MAIL_APIS}:
            _check_named(_of_provider(transport).of(settings))
    except ConfigError as error:
        raise InvalidValueError("settings", str(error).removeprefix("settings: ").removeprefix("settings.")) from None


def check_is_ours(settings: Mapping[str, object], field: str = "settings") -> None:
    """Refuse names of environment variables and of files.

    Raises:
        InvalidValueError: naming the setting and the cure.
    """
    for name, value in settings.items():
        if name.lower().endswith(_OF_THE_MACHINE) and value is not None:
            cure = "set it at the command line of that machine; of a secret store it, and write secret:NAME."
            raise InvalidValueError(f"{field}.{name}", f"names something of the machine that serves; {cure}")


def model_from_outside(known: DraftingSettings | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What changes of the model that writes: an address that is told over the network gets no key of the machine that serves.

    Raises:
        InvalidValueError: naming the field and the cure.
    """
    check_is_ours(fields, "model")
    if fields.get("key") is not None:
        return {**fields, "key_env": None}
    if fields.get("base_url") is not None and known is not None and known.key_env is not None:
        raise InvalidValueError("base_url", "the key of this model is the serving machine's; give one with it, as key: secret:NAME.")
    return dict(fields)


def shown_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as anybody may see them: what names a stored secret or a variable stays, a secret itself does not."""
    return {name: HIDDEN if _is_secret(name, value) else value for name, value in settings.items()}


def _is_secret(name: str, value: object) -> bool:
    if not isinstance(value, str) or value.startswith("secret:") or name.lower().endswith("_env"):
        return False
    return any(word in name.lower() for word in _SECRET_WORDS)


def _of_provider(transport: str) -> type[ProviderSettings]:
    from accountgraph.channels.mail_apis.transports import TRANSPORTS as APIS  # noqa: PLC0415 - slow to load, and few senders have one
    from accountgraph.channels.providers.transports import TRANSPORTS  # noqa: PLC0415 - as above

    found = TRANSPORTS[transport] if transport in TRANSPORTS else APIS[transport]
    return found.settings_type


def _check_named(settings: ProviderSettings) -> None:
    for name in settings.secrets:
        if getattr(settings, name) is None:
            raise InvalidValueError(f"settings.{name}", "is needed: the stored secret that holds it, as secret:NAME.")
