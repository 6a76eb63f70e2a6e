"""Providers as their documentation has them: what they take, what they keep, what they answer."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, ClassVar

from accountgraph.channels.providers.forms import form_of
from tests.channels.providers.fake import KEY, Fake, basic, mail, mime, person, plain
from tests.channels.providers.fake_texts import Twilio, Vonage
from tests.channels.providers.service import Said

if TYPE_CHECKING:
    from tests.channels.providers.service import Asked


class SendGrid(Fake):
    name = "sendgrid"
    refusal = Said(
        400, {"errors": [{"message": "Does not contain a valid address.", "field": "personalizations.0.to.0.email", "help": None}]}
    )
    sender_refusal = Said(403, {"errors": [{"message": "The from address does not match a verified Sender Identity.", "field": "from"}]})

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/v3/mail/send"
        data = asked.json
        to = data["personalizations"][0]["to"][0]
        assert [one["type"] for one in data["content"]] == ["text/plain", "text/html"]
        reserved = {"to", "from", "subject", "reply-to", "cc", "bcc", "content-type", "received"}
        assert not reserved & {name.lower() for name in data["headers"]}
        reply_to = data.get("reply_to", {}).get("email")
        headers = {"Subject": data["subject"], **data["headers"]}
        shown = mail(person(data["from"]), person(to), headers, data["content"][0]["value"], reply_to=reply_to)
        id_ = self.take(shown, data["personalizations"][0]["custom_args"]["accountgraph_intent"], data)
        return Said(202, headers={"X-Message-Id": id_})

    def search(self, asked: Asked) -> Said:
        assert asked.path == "/v3/messages"
        found = [one for one in self.went if f"(unique_args['accountgraph_intent']=\"{one.intent}\")" == asked.query["query"]]
        return Said(json={"messages": [{"msg_id": f"{one.id}.filter0001.1.0", "status": "delivered"} for one in found]})


class Mailgun(Fake):
    name = "mailgun"
    settings: ClassVar[dict[str, Any]] = {"api_key_env": "PROVIDER_KEY", "domain": "mg.ours.com"}
    refusal = Said(400, {"message": "'to' parameter is not a valid address. please check documentation"})
    sender_refusal = Said(400, {"message": "'from' parameter is not a valid address. please check documentation"})

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == basic("api", KEY)

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/v3/mg.ours.com/messages.mime"
        form = form_of(asked.body, asked.headers)
        part = form.part("message")
        assert part is not None
        assert "@" in form.fields["to"]
        wire = str(email.message_from_bytes(part.content)["Message-ID"])
        self.take(mime(part.content), form.fields["v:accountgraph_intent"], form.fields, wire)
        return Said(json={"id": wire, "message": "Queued. Thank you."})

    def search(self, asked: Asked) -> Said:
        assert asked.path == "/v3/mg.ours.com/events"
        assert float(asked.query["begin"]) > 0
        found = [one for one in self.went if one.id.strip("<>") == asked.query["message-id"]]
        return Said(json={"items": [{"event": "accepted", "message": {"headers": {"message-id": one.id}}} for one in found], "paging": {}})


class Postmark(Fake):
    name = "postmark"
    refusal = Said(422, {"ErrorCode": 406, "Message": "You tried to send to recipient(s) that have been marked as inactive."})
    sender_refusal = Said(422, {"ErrorCode": 400, "Message": "The 'From' address you supplied is not a Sender Signature on your account."})

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("x-postmark-server-token") == KEY

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/email"
        data = asked.json
        assert all(len(name) <= 20 and len(value) <= 80 for name, value in data["Metadata"].items())
        id_ = f"uuid-{len(self.went) + 1}"
        headers = {"Subject": data["Subject"], **{one["Name"]: one["Value"] for one in data["Headers"]}}
        wire = f"<{id_}@mtasv.net>"
        shown = mail(plain(data["From"]), plain(data["To"]), headers, data["TextBody"], reply_to=data.get("ReplyTo"), wire=wire)
        self.take(shown, data["Metadata"]["accountgraph_intent"], data, id_)
        return Said(json={"To": data["To"], "SubmittedAt": "2026-03-02T09:00:00Z", "MessageID": id_, "ErrorCode": 0, "Message": "OK"})

    def search(self, asked: Asked) -> Said:
        assert asked.path == "/messages/outbound"
        assert asked.query["offset"] == "0"
        found = [one for one in self.went if one.intent == asked.query["metadata_accountgraph_intent"]]
        return Said(json={"TotalCount": len(found), "Messages": [{"MessageID": one.id, "Status": "Sent"} for one in found]})


class Ses(Fake):
    name = "ses"
    settings: ClassVar[dict[str, Any]] = {"region": "eu-central-1", "key_env": "PROVIDER_ID", "secret_env": "PROVIDER_KEY"}
    refusal = Said(400, {"message": "Missing final '@domain'"}, {"x-amzn-ErrorType": "BadRequestException"})
    sender_refusal = Said(
        400,
        {"message": "Email address is not verified. The following identities failed the check"},
        {"x-amzn-ErrorType": "MessageRejected"},
    )

    def knows(self, asked: Asked) -> bool:
        """The signature as the documentation builds it, from the request as it came."""
        _, given = asked.headers["authorization"].split(" ", 1)
        parts = dict(one.strip().split("=", 1) for one in given.split(","))
        key_id, date, region, service, end = parts["Credential"].split("/")
        names = parts["SignedHeaders"].split(";")
        lines = "".join(f"{name}:{asked.headers[name]}\n" for name in names)
        request = f"POST\n{asked.path}\n\n{lines}\n{parts['SignedHeaders']}\n{hashlib.sha256(asked.body).hexdigest()}"
        scope = f"{date}/{region}/{service}/{end}"
        to_sign = f"AWS4-HMAC-SHA256\n{asked.headers['x-amz-date']}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = b"AWS4" + KEY.encode()
        for part in (date, region, service, end):
            key = hmac.digest(key, part.encode(), "sha256")
        return (key_id, region, service) == ("AKID", "eu-central-1", "ses") and hmac.digest(key, to_sign.encode(), "sha256").hex() == parts[
            "Signature"
        ]

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/v2/email/outbound-emails"
        data = asked.json
        id_ = f"0102-{len(self.went) + 1}"
        wire = f"<{id_}@eu-central-1.amazonses.com>"
        shown = mime(base64.b64decode(data["Content"]["Raw"]["Data"]), wire)
        self.take(shown, data["EmailTags"][0]["Value"], data, id_)
        return Said(json={"MessageId": id_})


class Brevo(Fake):
    name = "brevo"
    refusal = Said(400, {"code": "invalid_parameter", "message": "email is not valid in to"})
    sender_refusal = Said(400, {"code": "invalid_parameter", "message": "valid sender email address required"})

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("api-key") == KEY

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/v3/smtp/email"
        data = asked.json
        headers = dict(data["headers"])
        intent = json.loads(headers.pop("X-Mailin-custom"))["accountgraph_intent"]
        again = next((one for one in self.went if one.intent == headers["idempotencyKey"]), None)
        if again:
            return Said(201, {"messageId": again.id})
        del headers["idempotencyKey"]
        id_ = f"<2026.{len(self.went) + 1}@smtp-relay.mailin.fr>"
        headers = {"Subject": data["subject"], **headers}
        reply_to = data.get("replyTo", {}).get("email")
        self.take(
            mail(person(data["sender"]), person(data["to"][0]), headers, data["textContent"], reply_to=reply_to, wire=id_),
            intent,
            data,
            id_,
        )
        return Said(201, {"messageId": id_})

    def search(self, asked: Asked) -> Said:
        assert asked.path == "/v3/smtp/statistics/events"
        found = [one for one in self.went if one.raw["tags"] == json.loads(asked.query["tags"])]
        return Said(json={"events": [{"event": "requests", "messageId": one.id} for one in found]})


class Resend(Fake):
    name = "resend"
    refusal = Said(422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."})
    sender_refusal = Said(403, {"statusCode": 403, "name": "validation_error", "message": "The ours.com domain is not verified."})

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/emails"
        data = asked.json
        key = asked.headers["idempotency-key"]
        again = next((one for one in self.went if one.intent == key), None)
        if again and again.raw != data:
            return Said(409, {"statusCode": 409, "name": "invalid_idempotent_request", "message": "Same key, another payload."})
        if again:
            return Said(json={"id": again.id})
        assert data["tags"] == [{"name": "accountgraph_intent", "value": key}]
        headers = {"Subject": data["subject"], **data["headers"]}
        id_ = self.take(mail(plain(data["from"]), plain(data["to"][0]), headers, data["text"], reply_to=data.get("reply_to")), key, data)
        return Said(json={"id": id_})


def _mailjet_error(status: int, code: str, words: str, about: str) -> Any:
    error = {"ErrorCode": code, "StatusCode": status, "ErrorMessage": words, "ErrorRelatedTo": [about]}
    return {"Messages": [{"Status": "error", "Errors": [error]}]}


class Mailjet(Fake):
    name = "mailjet"
    settings: ClassVar[dict[str, Any]] = {"key_id": "public", "api_key_env": "PROVIDER_KEY"}
    refusal = Said(400, _mailjet_error(400, "mj-0013", '"x" is an invalid email address.', "To[0].Email"))
    sender_refusal = Said(400, _mailjet_error(403, "send-0008", '"me@ours.com" is not an authorized sender.', "From"))

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == basic("public", KEY)

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/v3.1/send"
        (data,) = asked.json["Messages"]
        headers = {"Subject": data["Subject"], **data["Headers"]}
        reply_to = data.get("ReplyTo", {}).get("Email")
        shown = mail(
            person(data["From"], "Email", "Name"), person(data["To"][0], "Email", "Name"), headers, data["TextPart"], reply_to=reply_to
        )
        id_ = self.take(shown, data["CustomID"], data, str(1000 + len(self.went)))
        return Said(
            json={"Messages": [{"Status": "success", "CustomID": data["CustomID"], "To": [{"MessageID": int(id_), "MessageUUID": "u"}]}]}
        )

    def search(self, asked: Asked) -> Said:
        assert asked.path == "/v3/REST/message"
        found = [one for one in self.went if one.intent == asked.query["CustomID"]]
        return Said(json={"Count": len(found), "Data": [{"ID": int(one.id), "Status": "sent"} for one in found]})


class SparkPost(Fake):
    name = "sparkpost"
    refusal = Said(400, {"errors": [{"message": "Invalid recipient address", "code": "5002"}]})
    sender_refusal = Said(
        400, {"errors": [{"message": "Invalid domain", "description": "Unconfigured Sending Domain <ours.com>", "code": "7001"}]}
    )

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == KEY

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/api/v1/transmissions"
        data = asked.json
        content, (recipient,) = data["content"], data["recipients"]
        headers = {"Subject": content["subject"], **content["headers"]}
        shown = mail(person(content["from"]), person(recipient["address"]), headers, content["text"], reply_to=content.get("reply_to"))
        shown = shown.replace("{{opening_double_curly()}}", "{{").replace("{{closing_double_curly()}}", "}}")
        id_ = self.take(shown, recipient["metadata"]["accountgraph_intent"], data)
        return Said(json={"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": id_}})

    def search(self, asked: Asked) -> Said:
        assert asked.path == "/api/v1/events/message"
        assert asked.query["events"] == "injection"
        found = [{"transmission_id": one.id, "rcpt_meta": {"accountgraph_intent": one.intent}} for one in self.went]
        return Said(json={"results": found, "total_count": len(found), "links": {}})


class MailerSend(Fake):
    name = "mailersend"
    settings: ClassVar[dict[str, Any]] = {"api_key_env": "PROVIDER_KEY", "custom_headers": True}
    refusal = Said(
        422, {"message": "The given data was invalid.", "errors": {"to.0.email": ["The to.0.email must be a valid email address."]}}
    )
    sender_refusal = Said(
        422, {"message": "The given data was invalid.", "errors": {"from.email": ["The from.email domain must be verified."]}}
    )

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/v1/email"
        data = asked.json
        given = {one["name"]: one["value"] for one in data["headers"]}
        headers = {"Subject": data["subject"], **given, "In-Reply-To": data.get("in_reply_to")}
        headers |= {"References": " ".join(data.get("references", [])), "List-Unsubscribe": data.get("list_unsubscribe")}
        reply_to = data.get("reply_to", {}).get("email")
        id_ = self.take(mail(person(data["from"]), person(data["to"][0]), headers, data["text"], reply_to=reply_to), data["tags"][0], data)
        return Said(202, headers={"X-Message-Id": id_})


FAKES = {fake.name: fake for fake in (SendGrid, Mailgun, Postmark, Ses, Brevo, Resend, Mailjet, SparkPost, MailerSend, Twilio, Vonage)}
