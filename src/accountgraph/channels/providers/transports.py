"""The transports of the providers, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.channels.providers.brevo.sending import BrevoTransport
from accountgraph.channels.providers.mailersend.sending import MailerSendTransport
from accountgraph.channels.providers.mailgun.sending import MailgunTransport
from accountgraph.channels.providers.mailjet.sending import MailjetTransport
from accountgraph.channels.providers.postmark.sending import PostmarkTransport
from accountgraph.channels.providers.resend.sending import ResendTransport
from accountgraph.channels.providers.sendgrid.sending import SendGridTransport
from accountgraph.channels.providers.ses.sending import SesTransport
from accountgraph.channels.providers.sparkpost.sending import SparkPostTransport
from accountgraph.channels.providers.twilio.sending import TwilioTransport
from accountgraph.channels.providers.vonage.sending import VonageTransport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from accountgraph.channels.providers.http import HttpTransport

TRANSPORTS: Mapping[str, type[HttpTransport[Any]]] = {
    transport.name: transport
    for transport in (
        SendGridTransport,
        MailgunTransport,
        PostmarkTransport,
        SesTransport,
        BrevoTransport,
        ResendTransport,
        MailjetTransport,
        SparkPostTransport,
        MailerSendTransport,
        TwilioTransport,
        VonageTransport,
    )
}
