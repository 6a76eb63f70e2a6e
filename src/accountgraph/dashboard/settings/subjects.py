"""The subjects of the settings, as they stand at the left of every page of them."""

from __future__ import annotations

from dataclasses import dataclass

from accountgraph.access import Permission


@dataclass(frozen=True, slots=True)
class Subject:
    """A page. `group`: subjects of one group stand together, under its name."""

    name: str
    path: str
    needs: Permission
    group: str


SUBJECTS = (
    Subject("Overview", "", Permission.SETTINGS_READ, "Workspace"),
    Subject("Workspace", "workspace", Permission.SETTINGS_READ, "Workspace"),
    Subject("Your account", "account", Permission.SETTINGS_READ, "People"),
    Subject("Users and roles", "members", Permission.MEMBERS_READ, "People"),
    Subject("API keys", "keys", Permission.KEYS_WRITE, "People"),
    Subject("Agents", "agents", Permission.SETTINGS_READ, "People"),
    Subject("Mailboxes and senders", "senders", Permission.MAILBOXES_READ, "Sending"),
    Subject("Sender identities", "identities", Permission.SETTINGS_READ, "Sending"),
    Subject("Policy", "policy", Permission.CAMPAIGNS_READ, "Sending"),
    Subject("Templates", "templates", Permission.CAMPAIGNS_READ, "Sending"),
    Subject("Free days", "holidays", Permission.SETTINGS_READ, "Whom not to write to"),
    Subject("Law by country", "law", Permission.SETTINGS_READ, "Whom not to write to"),
    Subject("Suppressions", "suppressions", Permission.SUPPRESSIONS_READ, "Whom not to write to"),
    Subject("Consents", "consents", Permission.SUPPRESSIONS_READ, "Whom not to write to"),
    Subject("Webhooks", "webhooks", Permission.WEBHOOKS_READ, "Telling others"),
    Subject("Notices", "notices", Permission.SETTINGS_READ, "Telling others"),
    Subject("Retention", "retention", Permission.SETTINGS_READ, "Records"),
    Subject("Audit log", "audit", Permission.AUDIT_READ, "Records"),
)
