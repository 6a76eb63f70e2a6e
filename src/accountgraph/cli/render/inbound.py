"""What was understood of a mail, as data and as lines to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from accountgraph.inbound.findings import Understood

_HEAD = ("from", "to", "subject", "date", "message_id", "in_reply_to")


def conclusions(understood: Understood) -> dict[str, Any]:
    """All that was concluded, with confidence and evidence; of the mail its head and its problems, not its bytes."""
    mail = understood.mail
    head = {
        "from": f"{mail.sender.name or ''} <{mail.sender.email}>".strip() if mail.sender else None,
        "to": [one.email for one in mail.to],
        "subject": mail.subject,
        "date": mail.at,
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "problems": list(mail.problems),
    }
    found = {name: getattr(understood, name) for name in understood.__struct_fields__ if name != "mail"}
    kept: dict[str, Any] = msgspec.to_builtins({**head, **found})
    return kept


def listing(found: dict[str, Any]) -> str:
    """The conclusions as lines: what, how sure, why."""
    lines = [f"{name.replace('_', ' ')}: {_short(found[name])}" for name in _HEAD if found[name]]
    lines += ["", f"It is: {_what(found['kind'], found)}"]
    if found["unsubscribe"]:
        lines.append(f"unsubscribe of: {found['unsubscribe']}")
    for name in ("meaning", "automatic", "complaint"):
        if found[name]:
            lines += ["", f"{name}: {_what(found[name].get('kind') or found[name].get('type'), found[name])}", *_details(found[name])]
    for name in ("bounces", "meetings"):
        for one in found[name]:
            lines += ["", f"{name.rstrip('s')}: {_what(one.get('kind') or one.get('method'), one)}", *_details(one)]
    reply = found["reply"]
    if reply and reply["text"]:
        lines += ["", "words written now:", *(f"  | {line}" for line in reply["text"].splitlines())]
        lines += [f"  ({len(reply['quoted'])} characters quoted, {len(reply['signature'])} of signature)"]
    lines += [f"problem: {problem}" for problem in found["problems"]]
    return "\n".join(lines)


def _what(kind: str, found: dict[str, Any]) -> str:
    why = "; ".join(found["evidence"])
    return f"{kind.replace('_', ' ')} ({found['confidence']:.0%} sure: {why})"


def _details(found: dict[str, Any]) -> list[str]:
    told = {name: value for name, value in found.items() if value and name not in {"kind", "type", "method", "confidence", "evidence"}}
    return [f"  {name.replace('_', ' ')}: {_short(value)}" for name, value in told.items()]


def _short(value: Any) -> str:  # noqa: ANN401 - whatever was concluded
    if isinstance(value, dict):
        return ", ".join(str(one) for one in value.values() if one)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
