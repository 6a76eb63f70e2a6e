"""A mail of the corpus with what has to be understood of it, and the pieces that such mails are made of."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

US = "bo.larsen@ours.example"


@dataclass(frozen=True)
class Case:
    """`folder/name.eml`, and `name.json` beside it. `late`: written when the code it tests was done."""

    folder: str
    name: str
    content: bytes
    expected: dict[str, Any]
    late: bool = False


def intent(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


def message_id(name: str) -> str:
    return f"{intent(name)}@ours.example"


def original(name: str, to: str, *, ours: bool = True) -> str:
    """The headers of a message of ours."""
    mark = f"X-AccountGraph-Intent: {intent(name)}\n" if ours else ""
    return (
        "Received: from worker.ours.example ([192.0.2.10]) by mx.ours.example with ESMTPSA;\n\tMon, 2 Mar 2026 09:00:01 +0000\n"
        f"From: Bo Larsen <{US}>\nTo: {to}\nSubject: Packing lines at your second plant\nDate: Mon, 02 Mar 2026 09:00:00 +0000\n"
        f'Message-ID: <{message_id(name)}>\n{mark}MIME-Version: 1.0\nContent-Type: text/plain; charset="utf-8"\n'
    )


def base64_part(type_: str, text: str, charset: str = "utf-8") -> str:
    encoded = b64encode(text.encode(charset)).decode()
    lines = "\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76))
    return f"Content-Type: {type_}; charset={charset}\nContent-Transfer-Encoding: base64\n\n{lines}\n"


def text_part(text: str, type_: str = "text/plain") -> str:
    return f"Content-Type: {type_}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"


def report(headers: str, parts: list[str], *, type_: str = "delivery-status", boundary: str = "=_report") -> bytes:
    """A multipart/report (RFC 6522)."""
    top = f'{headers.strip()}\nTo: {US}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type={type_};\n\tboundary="{boundary}"\n'
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"{top}\n{body}--{boundary}--\n".encode().replace(b"\n", b"\r\n")


def plain(headers: str, text: str, *, charset: str = "utf-8", type_: str = "text/plain") -> bytes:
    head = f"{headers.strip()}\nTo: {US}\nMIME-Version: 1.0\nContent-Type: {type_}; charset={charset}\nContent-Transfer-Encoding: 8bit\n"
    return f"{head}\n".encode().replace(b"\n", b"\r\n") + text.encode(charset).replace(b"\n", b"\r\n")


def bounce(
    kind: str, email: str | None, name: str | None = None, *, status: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    """One bounce that is expected; `name`: of the message it is for, None where the report does not bring it back."""
    found: dict[str, Any] = {"kind": kind, "email": email}
    if status:
        found["status"] = status
    if reason:
        found["reason"] = reason
    if name:
        found |= {"message_id": message_id(name), "intent_id": intent(name)}
    return found


def bounced(*found: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "bounce", "bounces": list(found)}
