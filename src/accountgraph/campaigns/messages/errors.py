"""Why a message cannot be written."""

from __future__ import annotations

from accountgraph.errors import AccountGraphError


class MessageError(AccountGraphError):
    """A message cannot be written for this person."""


class MissingVariableError(MessageError):
    """A template speaks of something that is not known. `variable`: its path, `template`: where it is used."""

    def __init__(self, variable: str, template: str, cure: str = "") -> None:
        self.variable = variable
        self.template = template
        cure = cure or f"Fill it in, or write {{{{ {variable} | default('...') }}}} or {{% if {variable} %}}."
        super().__init__(f"{variable} is not known, and {template} speaks of it. {cure}")


class TemplateRefusedError(MessageError):
    """A template cannot be used; `check_template` says so before a campaign is applied."""
