"""Requests of strangers who want to keep the server busy: they are refused soon, and cost little memory."""

from __future__ import annotations

import tracemalloc
from time import process_time
from typing import TYPE_CHECKING

import pytest

from accountgraph.channels.providers.known import webhook_for
from accountgraph.channels.providers.webhooks import WebhookRefusedError, WebhookRequest
from tests.channels.providers.signing import CERTIFICATE_URL, FORM, JSON, NOW, TOPIC, URL, certificates, secret

if TYPE_CHECKING:
    from collections.abc import Callable

MULTIPART = "multipart/form-data; boundary=x"
MEGABYTES_3 = 3_000_000
PART = b'--x\r\nContent-Disposition: form-data; name="a"%s\r\n\r\n1\r\n'
SNS = b'{"TopicArn": "%s", "SignatureVersion": "2", "Signature": "AAAA", "SigningCertURL": "%s", '
NAMED = SNS % (TOPIC.encode(), CERTIFICATE_URL.encode())
BOMBS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "parameters that never end": ("mailgun", MULTIPART, lambda: PART % (b'; b="' + b";" * 400_000) + b"--x--\r\n"),
    "parameters in many parts": ("mailgun", MULTIPART, lambda: PART % (b'; b="' + b";" * 5_000) * 1_990 + b"--x--\r\n"),
    "a part that is all headers": ("mailgun", MULTIPART, lambda: b"--x\r\n" + b"a: b\r\n" * 1_000_000 + b"--x--\r\n"),
    "a content type of parameters": ("mailgun", "multipart/form-data" + ";" * 60_000, lambda: b"--x--"),
    "an encoded form at Mailgun": ("mailgun", FORM, lambda: b"timestamp=1&a=" + b"%41" * (MEGABYTES_3 // 3)),
    "an encoded form at Twilio": ("twilio", FORM, lambda: b"Body=" + b"%41" * (MEGABYTES_3 // 3)),
    "lists within a list at Mailgun": ("mailgun", JSON, lambda: b'{"event-data": [' + b"[]," * (MEGABYTES_3 // 3) + b"[]]}"),
    "lists within a list at Amazon": ("ses", JSON, lambda: NAMED + b'"x": [' + b"[]," * (MEGABYTES_3 // 3) + b"[]]}"),
    "lists within a list at MailerSend": ("mailersend", JSON, lambda: b'{"type": [' + b"[]," * (MEGABYTES_3 // 3) + b"[]]}"),
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_what_a_stranger_sends_is_refused_soon_and_in_little_memory(bomb: str) -> None:
    provider, content_type, made = BOMBS[bomb]
    body = made()
    proof = {"x-twilio-signature": "AAAA", "signature": "AAAA"}
    request = WebhookRequest(url=URL, headers={"content-type": content_type, **proof}, body=body, now=NOW)
    tracemalloc.start()
    begun = process_time()
    try:
        with pytest.raises(WebhookRefusedError):
            await webhook_for(provider, certificates).verify(request, secret(provider))
        took, peak = process_time() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert took < 2
    assert peak < 4 * len(body) + 2_000_000


@pytest.mark.parametrize("wrong", [b'"Type": []', b'"Type": {"a": 1}', b'"Type": 5', b'"Message": [1]'])
async def test_a_message_of_amazon_whose_fields_are_no_texts_is_refused(wrong: bytes) -> None:
    request = WebhookRequest(url=URL, headers={"content-type": JSON}, body=NAMED + wrong + b"}", now=NOW)
    with pytest.raises(WebhookRefusedError):
        await webhook_for("ses", certificates).verify(request, secret("ses"))
