"""Signatures that the providers or their authors publish."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import msgspec
import pytest

from accountgraph.channels.providers.known import webhook_for
from accountgraph.channels.providers.ses.certificates import SnsCertificates
from accountgraph.channels.providers.ses.sigv4 import Credentials, signed_headers
from accountgraph.channels.providers.ses.sns import SnsMessage, amazon_url, string_to_sign
from accountgraph.channels.providers.webhooks import Refusal, WebhookRefusedError, WebhookRequest
from tests.channels.providers.service import Said, Service
from tests.channels.providers.signing import CERTIFICATE_URL, NOW, TOPIC, certificates, signed, token


async def verify(provider: str, secret: str, *, url: str = "https://ours.com/", body: bytes, at: datetime, **headers: str) -> None:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    await webhook_for(provider, certificates).verify(WebhookRequest(url=url, headers=given, body=body, now=at), secret)


async def test_twilios_own_example_is_believed() -> None:
    await verify(
        "twilio",
        "12345",
        url="https://mycompany.com/myapp.php?foo=1&bar=2",
        body=b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
        at=NOW,
        content_type="application/x-www-form-urlencoded",
        x_twilio_signature="RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    )


async def test_twilio_may_write_the_usual_port_or_leave_it_out() -> None:
    request = signed("twilio", b"MessageSid=SM1&MessageStatus=sent", content_type="application/x-www-form-urlencoded")
    with_port = request.url.replace("ours.com", "ours.com:443")
    given = {name.replace("-", "_"): value for name, value in request.headers.items()}
    await verify("twilio", "twilio-token", url=with_port, body=request.body, at=NOW, **given)


async def test_a_body_that_nothing_of_twilio_signs_is_refused() -> None:
    with pytest.raises(WebhookRefusedError, match="bodySHA256"):
        await verify("twilio", "12345", body=b"{}", at=NOW, content_type="application/json", x_twilio_signature="x")


def test_aws_signs_its_own_example_as_it_says() -> None:
    """The case post-x-www-form-urlencoded of the test suite of Signature Version 4."""
    headers = signed_headers(
        Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        host="example.amazonaws.com",
        path="/",
        body=b"Param1=value1",
        region="us-east-1",
        service="service",
        now=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
        content_type="application/x-www-form-urlencoded",
    )
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
        "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.com/x.pem",
        "https://evil.com/sns.eu-central-1.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/x.pem",
        "https://evil.com\\@sns.eu-central-1.amazonaws.com/x.pem",
        "https://sns-evil.amazonaws.com/x.pem",
        "https://bucket.s3.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com/x.txt",
        "https://sns.eu-central-1.amazonaws.com/x.pem?Action=Echo",
        "https://[sns.eu-central-1.amazonaws.com/x.pem",
        "",
    ],
)
def test_only_amazon_sns_itself_is_asked_for_a_certificate(url: str) -> None:
    with pytest.raises(WebhookRefusedError):
        amazon_url(url, suffix=".pem")
    assert amazon_url(CERTIFICATE_URL, suffix=".pem")
    assert amazon_url("https://sns.cn-north-1.amazonaws.com.cn/x.pem", suffix=".pem")


async def test_a_topic_of_somebody_else_is_refused_however_well_it_is_signed() -> None:
    body = b'{"Type": "Notification", "Message": "{}", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-central-1:666:mine"}'
    request = signed("ses", body)
    with pytest.raises(WebhookRefusedError) as caught:
        await webhook_for("ses", certificates).verify(request, TOPIC)
    assert caught.value.reason is Refusal.SIGNATURE


async def test_a_certificate_that_cannot_be_had_now_asks_the_provider_to_come_again() -> None:
    async def unreachable(_: str) -> bytes:
        raise OSError("no route")

    with pytest.raises(WebhookRefusedError) as caught:
        await webhook_for("ses", unreachable).verify(signed("ses", b'{"eventType": "Send"}'), TOPIC)
    assert (caught.value.reason, caught.value.status) == (Refusal.UNAVAILABLE, 503)


async def test_a_certificate_that_is_none_is_refused() -> None:
    async def nonsense(_: str) -> bytes:
        return b"<html>"

    with pytest.raises(WebhookRefusedError, match="no certificate"):
        await webhook_for("ses", nonsense).verify(signed("ses", b'{"eventType": "Send"}'), TOPIC)


def test_the_signed_parts_of_a_confirmation_are_not_those_of_a_notification() -> None:
    parts = SnsMessage(message="m", message_id="1", subject="s", subscribe_url="u", timestamp="t", token="k", topic_arn="a")  # noqa: S106
    assert "Subject" not in string_to_sign(msgspec.structs.replace(parts, type="SubscriptionConfirmation"))
    assert "Token" not in string_to_sign(msgspec.structs.replace(parts, type="Notification"))


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256"])
async def test_vonage_takes_no_token_of_another_algorithm(algorithm: str) -> None:
    claims = {"iat": int(NOW.timestamp()), "payload_hash": hashlib.sha256(b"{}").hexdigest()}
    with pytest.raises(WebhookRefusedError, match="HS256"):
        await verify("vonage", "vonage-secret", body=b"{}", at=NOW, authorization=f"Bearer {token(claims, algorithm=algorithm)}")


async def test_a_secret_of_resend_that_holds_no_key_believes_nothing() -> None:
    body, stamp = b'{"type": "email.sent"}', f"{NOW.timestamp():.0f}"
    signature = base64.b64encode(hmac.new(b"", f"msg_1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    headers = {"svix_id": "msg_1", "svix_timestamp": stamp, "svix_signature": f"v1,{signature}"}
    with pytest.raises(WebhookRefusedError) as caught:
        await verify("resend", "whsec_", body=body, at=NOW, **headers)
    assert caught.value.reason is Refusal.SETUP


async def test_mailersends_public_test_secret_is_answered_for_its_test_and_opens_nothing() -> None:
    def sign(body: bytes) -> str:
        return hmac.new(b"test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G", body, hashlib.sha256).hexdigest()

    ping = b'{"type": "webhook.test"}'
    with pytest.raises(WebhookRefusedError) as caught:
        await verify("mailersend", "ours", body=ping, at=NOW, signature=sign(ping))
    assert (caught.value.reason, caught.value.status) == (Refusal.TEST, 200)
    event = b'{"type": "activity.unsubscribed"}'
    with pytest.raises(WebhookRefusedError):
        await verify("mailersend", "ours", body=event, at=NOW, signature=sign(event))


async def test_a_certificate_is_fetched_once_and_only_as_a_whole() -> None:
    async with Service(lambda _: Said(text="-----BEGIN CERTIFICATE-----")).open() as service:
        get = SnsCertificates()
        assert [await get(f"{service.url}/a.pem") for _ in range(2)] == [b"-----BEGIN CERTIFICATE-----"] * 2
        assert len(service.asked) == 1
        for instead in (Said(404), Said(302, headers={"Location": f"{service.url}/a.pem"}), Said(text="x" * 30_000)):
            service.instead = instead
            with pytest.raises(OSError, match="answered"):
                await get(f"{service.url}/b.pem")
    with pytest.raises(OSError, match="127"):
        await get(f"{service.url}/c.pem")
