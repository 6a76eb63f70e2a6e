"""Mails and texts that come in at a provider."""

from __future__ import annotations

import base64
import email
import email.policy
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.channels.providers.built import Attachment, built_mail
from accountgraph.channels.providers.event import ConfirmSubscription, ProviderEvent, ReceivedMail, ReceivedText
from accountgraph.channels.providers.known import webhook_for
from accountgraph.channels.providers.webhooks import WebhookRefusedError
from accountgraph.channels.sms import OptOut
from accountgraph.enums import Channel
from tests.channels.providers.signing import FORM, JSON, TOPIC, certificates, secret, signed

if TYPE_CHECKING:
    from email.message import EmailMessage

MIME = (
    b"From: Sarah <sarah@acme.com>\r\nTo: me@ours.com\r\nSubject: Re: Hello\r\nMessage-ID: <r@acme.com>\r\nIn-Reply-To: <m@ours.com>\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe, and yes.\r\n"
)
MULTIPART = "multipart/form-data; boundary=xYzZY"
HEADERS = {"From": "Sarah Müller <sarah@acme.com>", "To": "me@ours.com", "Subject": "Re: Grüße", "In-Reply-To": "<m@ours.com>"}


def form(**fields: bytes | str) -> bytes:
    parts = b"".join(
        f'--xYzZY\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value if isinstance(value, bytes) else value.encode())
        + b"\r\n"
        for name, value in fields.items()
    )
    file = b'--xYzZY\r\nContent-Disposition: form-data; name="attachment-1"; filename="offer.pdf"\r\n'
    file += b"Content-Type: application/pdf\r\n\r\n%PDF\r\n\xff\r\n"
    return parts + file + b"--xYzZY--\r\n"


def mailgun_parsed() -> bytes:
    pairs = [[name, value] for name, value in HEADERS.items()]
    return form(
        sender="sarah@acme.com",
        recipient="me@ours.com",
        **{"message-headers": json.dumps(pairs), "body-plain": "Ja, gern.", "body-html": "<p>Ja</p>"},
    )


def json_of(payload: Any) -> bytes:
    return json.dumps(payload).encode()


LISTED = [{"Name": "In-Reply-To", "Value": "<m@ours.com>"}]
PDF = base64.b64encode(b"%PDF\r\n\xff").decode()
BUILT: dict[str, tuple[bytes, str]] = {
    "sendgrid": (
        form(
            headers="\n".join(f"{name}: {value}" for name, value in HEADERS.items()),
            text="Ja, gern.",
            html=b"<p>Gr\xfc\xdfe</p>",
            charsets='{"text": "UTF-8", "html": "iso-8859-1"}',
            envelope='{"to": ["me@ours.com"], "from": "sarah@acme.com"}',
        ),
        MULTIPART,
    ),
    "mailgun": (mailgun_parsed(), MULTIPART),
    "postmark": (
        json_of({
            "FromFull": {"Email": "sarah@acme.com", "Name": "Sarah Müller"}, "ToFull": [{"Email": "me@ours.com", "Name": ""}],
            "OriginalRecipient": "me@ours.com", "Subject": "Re: Grüße", "MessageID": "uuid-9", "Headers": LISTED,
            "TextBody": "Ja, gern.", "HtmlBody": "<p>Ja</p>",
            "Attachments": [{"Name": "offer.pdf", "Content": PDF, "ContentType": "application/pdf"}],
        }),
        JSON,
    ),
    "brevo": (
        json_of({"items": [{"Uuid": ["u-1"], "Headers": HEADERS, "RawTextBody": "Ja, gern.",
                           "RawHtmlBody": "<p>Ja</p>", "To": [{"Address": "me@ours.com"}]}]}),
        JSON,
    ),
    "mailjet": (
        json_of({
            "Sender": "sarah@acme.com", "Recipient": "me@ours.com", "Headers": HEADERS, "Text-part": "Ja, gern.", "Html-part": "<p>Ja</p>",
            "Parts": [{"Headers": {"Content-Type": 'application/pdf; name="offer.pdf"'}, "ContentRef": "Attachment1"}], "Attachment1": PDF,
        }),
        JSON,
    ),
}  # fmt: skip
WHOLE: dict[str, tuple[bytes, str]] = {
    "sendgrid": (form(email=MIME, envelope='{"to": ["me@ours.com"], "from": "sarah@acme.com"}'), MULTIPART),
    "mailgun": (form(**{"body-mime": MIME}, sender="sarah@acme.com", recipient="me@ours.com"), MULTIPART),
    "ses": (
        json_of({
            "notificationType": "Received", "mail": {"source": "sarah@acme.com", "timestamp": "2026-03-02T09:00:00.000Z"},
            "receipt": {"recipients": ["me@ours.com"], "action": {"type": "SNS", "encoding": "BASE64"}},
            "content": base64.b64encode(MIME).decode(),
        }),
        JSON,
    ),
    "sparkpost": (
        json_of([{"msys": {"relay_message": {
            "msg_from": "sarah@acme.com", "rcpt_to": "me@ours.com", "protocol": "smtp",
            "content": {"email_rfc822": base64.b64encode(MIME).decode(), "email_rfc822_is_base64": True},
        }}}]),
        JSON,
    ),
}  # fmt: skip


async def received(provider: str, body: bytes, content_type: str) -> ReceivedMail:
    request = signed(provider, body, content_type=content_type)
    webhook = webhook_for(provider, certificates)
    await webhook.verify(request, secret(provider))
    (mail,) = webhook.events(request.body, request.headers)
    assert isinstance(mail, ReceivedMail)
    assert mail == webhook.events(request.body, request.headers)[0]  # the same mail again, boundaries and all
    return mail


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


@pytest.mark.parametrize("provider", list(WHOLE))
async def test_a_mail_is_given_byte_for_byte_where_the_provider_gives_it(provider: str) -> None:
    mail = await received(provider, *WHOLE[provider])
    assert (mail.content, mail.is_built) == (MIME, False)
    assert (mail.sender, mail.recipients) == ("sarah@acme.com", ("me@ours.com",))
    assert mail.event_id


@pytest.mark.parametrize("provider", list(BUILT))
async def test_a_mail_is_built_from_its_fields_where_the_provider_takes_it_apart(provider: str) -> None:
    mail = await received(provider, *BUILT[provider])
    message = parsed(mail.content)
    assert mail.is_built
    assert (message["From"], message["Subject"], message["In-Reply-To"]) == ("Sarah Müller <sarah@acme.com>", "Re: Grüße", "<m@ours.com>")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Ja, gern."
    assert html.get_content().startswith("<p>")
    assert mail.recipients == ("me@ours.com",)
    if provider != "brevo":  # it gives where to fetch them
        (file,) = message.iter_attachments()
        assert (file.get_filename(), file.get_content_type(), file.get_content()) == ("offer.pdf", "application/pdf", b"%PDF\r\n\xff")


async def test_sendgrids_fields_are_read_in_their_own_charsets() -> None:
    html = parsed((await received("sendgrid", *BUILT["sendgrid"])).content).get_body(("html",))
    assert html is not None
    assert "Grüße" in html.get_content()


async def test_mailersend_gives_the_mail_as_text() -> None:
    data = {
        "id": "in-1",
        "raw": MIME.decode("latin-1"),
        "sender": {"email": "sarah@acme.com"},
        "recipients": {"rcptTo": [{"email": "me@ours.com"}]},
    }
    mail = await received("mailersend", json_of({"type": "inbound.message", "data": data}), JSON)
    assert (mail.event_id, mail.sender, mail.recipients) == ("in-1", "sarah@acme.com", ("me@ours.com",))
    assert parsed(mail.content)["Subject"] == "Re: Hello"


async def test_resend_tells_of_a_mail_that_is_fetched_by_its_id() -> None:
    data = {"email_id": "in-1", "from": "Sarah <sarah@acme.com>", "to": ["me@ours.com"]}
    mail = await received("resend", json_of({"type": "email.received", "created_at": "2026-03-02T09:00:00Z", "data": data}), JSON)
    assert (mail.content, mail.provider_id, mail.sender, mail.recipients) == (b"", "in-1", "sarah@acme.com", ("me@ours.com",))


async def test_a_mail_of_ses_that_lies_in_s3_says_where() -> None:
    action = {"type": "S3", "bucketName": "ours-mail", "objectKey": "inbound/1"}
    mail = await received("ses", json_of({"notificationType": "Received", "mail": {}, "receipt": {"action": action}}), JSON)
    assert (mail.content, mail.provider_id) == (b"", "ours-mail/inbound/1")


async def test_a_subscription_is_confirmed_at_amazon_and_nowhere_else() -> None:
    url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    message = {"Type": "SubscriptionConfirmation", "MessageId": "1", "Message": "m", "Token": "t", "SubscribeURL": url}
    request = signed("ses", json_of(message))
    webhook = webhook_for("ses", certificates)
    await webhook.verify(request, TOPIC)
    (told,) = webhook.events(request.body, request.headers)
    assert isinstance(told, ConfirmSubscription)
    assert (told.url, told.topic) == (url, TOPIC)
    with pytest.raises(WebhookRefusedError):
        webhook.events(json_of({**message, "SubscribeURL": "https://evil.com/"}), {})


def texts(**fields: str) -> ReceivedText:
    given = {"MessageSid": "SM1", "SmsStatus": "received", "From": "+15005550006", "To": "+4930901820", "Body": "Yes", **fields}
    (told,) = webhook_for("twilio", certificates).events(urlencode(given).encode(), {"content-type": FORM})
    assert isinstance(told, ReceivedText)
    return told


def test_a_text_comes_in_with_what_was_attached() -> None:
    text = texts(NumMedia="1", MediaUrl0="https://api.twilio.com/m/1")
    assert (text.sender, text.recipient, text.text, text.media) == ("+15005550006", "+4930901820", "Yes", ("https://api.twilio.com/m/1",))
    assert (text.opt_out, text.event_id, text.channel) == (None, "SM1", Channel.SMS)


@pytest.mark.parametrize(
    ("fields", "opt_out", "is_answered"),
    [
        ({"Body": "Nein danke", "OptOutType": "STOP"}, OptOut.STOP, True),
        ({"Body": "Stopp!"}, OptOut.STOP, False),
        ({"Body": "START"}, OptOut.START, False),
    ],
)
def test_a_text_that_asks_to_be_left_alone_says_so(fields: dict[str, str], opt_out: OptOut, is_answered: bool) -> None:
    text = texts(**fields)
    assert (text.opt_out, text.is_answered) == (opt_out, is_answered)


def test_a_text_over_whatsapp_is_one() -> None:
    text = texts(From="whatsapp:+15005550006", To="whatsapp:+4930901820")
    assert (text.channel, text.sender, text.recipient) == (Channel.WHATSAPP, "+15005550006", "+4930901820")


def test_a_status_of_twilio_finds_its_intent_in_the_address() -> None:
    body = b"MessageSid=SM1&MessageStatus=delivered&To=%2B15005550006"
    query = {"accountgraph_intent": "11111111-2222-4333-8444-555555555555"}
    (event,) = webhook_for("twilio", certificates).events(body, {"content-type": FORM}, query)
    assert isinstance(event, ProviderEvent)
    assert str(event.intent_id) == query["accountgraph_intent"]


def test_a_text_comes_in_at_vonage() -> None:
    body = json_of(
        {"message_uuid": "u-1", "channel": "sms", "message_type": "text", "from": "15005550006", "to": "4930901820", "text": "STOP"}
    )
    (text,) = webhook_for("vonage", certificates).events(body, {})
    assert isinstance(text, ReceivedText)
    assert (text.sender, text.recipient, text.opt_out, text.event_id) == ("+15005550006", "+4930901820", OptOut.STOP, "u-1")


@given(
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=80)), max_size=5),
    st.text(max_size=80),
    st.text(max_size=80),
    st.binary(max_size=40),
    st.text(max_size=30),
)
def test_whatever_the_fields_a_mail_is_built_that_can_be_read(
    headers: list[tuple[str, str]], text: str, html: str, file: bytes, name: str
) -> None:
    content = built_mail([*headers, ("Subject", text)], text, html, [Attachment(file, name, name, name)])
    message = parsed(content)
    assert message.get_body() is not None
    assert [one.get_payload(decode=True) for one in message.iter_attachments()] == [file]
    assert not message.defects
