"""The webhooks of the providers and of the calendar services, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.definition.problems import nearest
from accountgraph.channels.calendars.calcom import CalComWebhook
from accountgraph.channels.calendars.calendly import CalendlyWebhook
from accountgraph.channels.providers.brevo.webhooks import BrevoWebhook
from accountgraph.channels.providers.mailersend.webhooks import MailerSendWebhook
from accountgraph.channels.providers.mailgun.webhooks import MailgunWebhook
from accountgraph.channels.providers.mailjet.webhooks import MailjetWebhook
from accountgraph.channels.providers.postmark.webhooks import PostmarkWebhook
from accountgraph.channels.providers.resend.webhooks import ResendWebhook
from accountgraph.channels.providers.sendgrid.webhooks import SendGridWebhook
from accountgraph.channels.providers.ses.webhooks import SesWebhook
from accountgraph.channels.providers.sparkpost.webhooks import SparkPostWebhook
from accountgraph.channels.providers.twilio.webhooks import TwilioWebhook
from accountgraph.channels.providers.vonage.webhooks import VonageWebhook
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accountgraph.channels.providers.webhooks import Certificates, Webhook


class UnknownProviderError(NotFoundError):
    """There is no provider of this name."""


WEBHOOKS: Mapping[str, Callable[[Certificates], Webhook]] = {
    "sendgrid": lambda _: SendGridWebhook(),
    "mailgun": lambda _: MailgunWebhook(),
    "postmark": lambda _: PostmarkWebhook(),
    "ses": SesWebhook,
    "brevo": lambda _: BrevoWebhook(),
    "resend": lambda _: ResendWebhook(),
    "mailjet": lambda _: MailjetWebhook(),
    "sparkpost": lambda _: SparkPostWebhook(),
    "mailersend": lambda _: MailerSendWebhook(),
    "twilio": lambda _: TwilioWebhook(),
    "vonage": lambda _: VonageWebhook(),
}
CALENDAR_WEBHOOKS: Mapping[str, Callable[[], Webhook]] = {"calendly": CalendlyWebhook, "calcom": CalComWebhook}
EVERY_WEBHOOK = (*WEBHOOKS, *CALENDAR_WEBHOOKS)


def webhook_for(provider: str, certificates: Certificates) -> Webhook:
    """The webhook of a provider. `certificates`: gives those that its signatures name (`SnsCertificates` does).

    Raises:
        UnknownProviderError: there is none.
    """
    if provider in CALENDAR_WEBHOOKS:
        return CALENDAR_WEBHOOKS[provider]()
    if provider not in WEBHOOKS:
        raise UnknownProviderError(f"There is no provider {provider!r}. {nearest(provider, EVERY_WEBHOOK)}")
    return WEBHOOKS[provider](certificates)
