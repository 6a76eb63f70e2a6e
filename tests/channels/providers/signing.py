"""Requests as each provider signs them, made by its documentation and not by our code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from accountgraph.channels.providers.webhooks import WebhookRequest

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://ours.com/hooks/abm/x"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:ses-events"
CERTIFICATE_URL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SECRETS = {
    "mailgun": "key-mailgun",
    "postmark": "hook:s3cret",
    "ses": TOPIC,
    "brevo": "brevo-token",
    "resend": "whsec_" + base64.b64encode(b"resend-secret-of-24-bytes").decode(),
    "mailjet": "hook:s3cret",
    "sparkpost": "hook:s3cret",
    "mailersend": "mailersend-secret",
    "twilio": "twilio-token",
    "vonage": "vonage-secret",
}


@lru_cache(maxsize=1)
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@lru_cache(maxsize=1)
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@lru_cache(maxsize=1)
def certificate() -> bytes:
    """A certificate of the key, for a year around now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    builder = x509.CertificateBuilder(name, name, rsa_key().public_key(), 1, NOW - timedelta(days=100), NOW + timedelta(days=100))
    return builder.sign(rsa_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


async def certificates(url: str) -> bytes:
    if url != CERTIFICATE_URL:
        raise OSError(f"there is nothing at {url}")
    return certificate()


def secret(provider: str) -> str:
    return _public(ec_key()) if provider == "sendgrid" else SECRETS[provider]


def another_key() -> str:
    """A verification key of somebody else."""
    return _public(ec.generate_private_key(ec.SECP256R1()))


def _public(key: ec.EllipticCurvePrivateKey) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def signed(provider: str, body: bytes, at: datetime = NOW, content_type: str = JSON, **headers: str) -> WebhookRequest:
    """What the provider sends at a time."""
    body, more = _SIGNERS[provider](body, at, content_type)
    return WebhookRequest(url=URL, headers={"content-type": content_type, **more, **headers}, body=body, now=NOW)


def _sendgrid(body: bytes, at: datetime, _: str) -> tuple[bytes, dict[str, str]]:
    stamp = f"{at.timestamp():.0f}"
    signature = ec_key().sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    header = "x-twilio-email-event-webhook-"
    return body, {f"{header}signature": base64.b64encode(signature).decode(), f"{header}timestamp": stamp}


def _mailgun(body: bytes, at: datetime, content_type: str) -> tuple[bytes, dict[str, str]]:
    stamp, token = f"{at.timestamp():.0f}", "e0b5477167110d68991efc6b9f89f0a11066af27834600e123"
    signature = hmac.new(b"key-mailgun", f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    parts = {"timestamp": stamp, "token": token, "signature": signature}
    if content_type == JSON:
        return json.dumps({"signature": parts, **json.loads(body)}).encode(), {}
    if content_type == FORM:
        return body + b"&" + urlencode(parts).encode(), {}
    mark = content_type.partition("boundary=")[2]
    fields = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items())
    return fields.encode() + body, {}


def _basic() -> Callable[..., tuple[bytes, dict[str, str]]]:
    return lambda body, *_: (body, {"authorization": "Basic " + base64.b64encode(b"hook:s3cret").decode()})


def _ses(body: bytes, at: datetime, _: str) -> tuple[bytes, dict[str, str]]:
    """`body`: the event, or a message of SNS that has a Type already."""
    message = json.loads(body)
    if message.get("Type") is None:
        message = {"Type": "Notification", "Message": body.decode(), "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"}
    message |= {"TopicArn": message.get("TopicArn", TOPIC), "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S.000Z}"}
    names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    to_sign = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    signature = rsa_key().sign(to_sign.encode(), padding.PKCS1v15(), hashes.SHA256())
    message |= {"SignatureVersion": "2", "SigningCertURL": CERTIFICATE_URL, "Signature": base64.b64encode(signature).decode()}
    return json.dumps(message).encode(), {"x-amz-sns-message-type": message["Type"]}


def _resend(body: bytes, at: datetime, _: str) -> tuple[bytes, dict[str, str]]:
    stamp = f"{at.timestamp():.0f}"
    signature = hmac.new(b"resend-secret-of-24-bytes", f"msg_1.{stamp}.".encode() + body, hashlib.sha256).digest()
    given = f"v1,{base64.b64encode(b'another').decode()} v1,{base64.b64encode(signature).decode()}"
    return body, {"svix-id": "msg_1", "svix-timestamp": stamp, "svix-signature": given}


def _mailersend(body: bytes, _: datetime, __: str) -> tuple[bytes, dict[str, str]]:
    return body, {"signature": hmac.new(b"mailersend-secret", body, hashlib.sha256).hexdigest()}


def _twilio(body: bytes, _: datetime, __: str) -> tuple[bytes, dict[str, str]]:
    fields = "".join(f"{name}{value}" for name, value in sorted(parse_qsl(body.decode(), keep_blank_values=True)))
    return body, {
        "x-twilio-signature": base64.b64encode(hmac.new(b"twilio-token", (URL + fields).encode(), hashlib.sha1).digest()).decode()
    }


def token(claims: dict[str, Any], key: bytes = b"vonage-secret", algorithm: str = "HS256") -> str:
    head, payload = (_url64(json.dumps(one).encode()) for one in ({"alg": algorithm, "typ": "JWT"}, claims))
    return f"{head}.{payload}.{_url64(hmac.new(key, f'{head}.{payload}'.encode(), hashlib.sha256).digest())}"


def _url64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _vonage(body: bytes, at: datetime, _: str) -> tuple[bytes, dict[str, str]]:
    claims = {"iat": int(at.timestamp()), "iss": "Vonage", "jti": "1", "payload_hash": hashlib.sha256(body).hexdigest()}
    return body, {"authorization": f"Bearer {token(claims)}"}


_SIGNERS: dict[str, Callable[..., tuple[bytes, dict[str, str]]]] = {
    "sendgrid": _sendgrid,
    "mailgun": _mailgun,
    "postmark": _basic(),
    "ses": _ses,
    "brevo": lambda body, *_: (body, {"authorization": "Bearer brevo-token"}),
    "resend": _resend,
    "mailjet": _basic(),
    "sparkpost": _basic(),
    "mailersend": _mailersend,
    "twilio": _twilio,
    "vonage": _vonage,
}
