"""Providers of text messages as their documentation has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.providers.fake import KEY, SID, Fake, basic
from tests.channels.providers.service import Said

if TYPE_CHECKING:
    from tests.channels.providers.service import Asked


class Twilio(Fake):
    name = "twilio"
    settings: ClassVar[dict[str, Any]] = {
        "account_sid": SID,
        "secret_env": "PROVIDER_KEY",
        "status_url": "https://ours.com/hooks/abm/twilio",
    }
    refusal = Said(400, {"code": 21211, "message": "The 'To' number is not a valid phone number.", "status": 400})
    sender_refusal = Said(400, {"code": 21606, "message": "The From phone number is not a valid, SMS-capable number.", "status": 400})

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == basic(SID, KEY)

    def send(self, asked: Asked) -> Said:
        assert asked.path == f"/2010-04-01/Accounts/{SID}/Messages.json"
        data = asked.form
        intent = data["StatusCallback"].partition("accountgraph_intent=")[2]
        id_ = self.take(f"From: {data['From']}\nTo: {data['To']}\n\n{data['Body']}", intent, data, f"SM{len(self.went):032x}")
        return Said(201, {"sid": id_, "status": "queued", "error_code": None, "error_message": None, "num_segments": "1"})


class Vonage(Fake):
    name = "vonage"
    settings: ClassVar[dict[str, Any]] = {"key_id": "abcd", "secret_env": "PROVIDER_KEY"}
    refusal = Said(422, {"title": "Invalid params", "detail": "x", "invalid_parameters": [{"name": "to", "reason": "invalid number"}]})
    sender_refusal = Said(
        422, {"title": "Invalid params", "detail": "x", "invalid_parameters": [{"name": "from", "reason": "invalid sender"}]}
    )

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == basic("abcd", KEY)

    def send(self, asked: Asked) -> Said:
        assert asked.path == "/v1/messages"
        data = asked.json
        assert (data["message_type"], data["channel"]) == ("text", "sms")
        assert data["to"].isdecimal()
        id_ = self.take(f"From: +{data['from']}\nTo: +{data['to']}\n\n{data['text']}", data["client_ref"], data)
        return Said(202, {"message_uuid": id_})
