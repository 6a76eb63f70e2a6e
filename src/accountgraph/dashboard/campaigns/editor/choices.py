"""What the editor's lists offer, each value with its words."""

from __future__ import annotations

from accountgraph.campaigns.definition.policy import Reentry
from accountgraph.campaigns.definition.steps import Track
from accountgraph.enums import AccountStatus, AccountTier, Channel, CompanySize, QualificationTier, Seniority

_TIERS = {"strategic": "strategic", "tier1": "1", "tier2": "2", "tier3": "3"}
CHANNELS = {
    Channel.EMAIL: "e-mail",
    Channel.SMS: "SMS",
    Channel.CALL: "a call, as a task",
    Channel.LINKEDIN: "LinkedIn, as a task",
    Channel.MAIL: "a letter, as a task",
    Channel.WHATSAPP: "WhatsApp",
    Channel.MEETING: "a meeting, as a task",
}
REENTRY = {Reentry.ONCE: "never", Reentry.NOT_WHILE_ACTIVE: "once they are through", Reentry.ANY: "at any time"}
DAYS = ((1, "Mon"), (2, "Tue"), (3, "Wed"), (4, "Thu"), (5, "Fri"), (6, "Sat"), (7, "Sun"))

CHOICES = {
    "account_tier": [(one.value, _TIERS[one.value]) for one in AccountTier],
    "account_status": [(one.value, one.value) for one in AccountStatus],
    "size": [(one.value, one.value) for one in CompanySize],
    "seniority_level": [(one.value, one.value.replace("_", " ")) for one in Seniority],
    "qualification_tier": [(one.value, one.value) for one in QualificationTier],
    "track": [(one.value, one.value) for one in Track],
    "channel": [(one.value, words) for one, words in CHANNELS.items()],
    "reentry": [(one.value, words) for one, words in REENTRY.items()],
    "days": DAYS,
}
