"""What the editor's buttons do to a campaign's data: steps added, moved and removed; branches, templates and variants likewise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EMPTY: dict[str, Any] = {
    "name": "",
    "steps": [{"key": "first", "channel": "email", "template": "first"}],
    "templates": {"first": {"subject": "", "body": ""}},
}


def moved(data: dict[str, Any], word: str, at: str) -> dict[str, Any]:
    """The data after a button: `word` says what, `at` where (`2`, or `2.0` for the first branch of the third step). Unknown: as it was."""
    move = _MOVES.get(word)
    try:
        places = [int(part) for part in at.split(".")] if at else []
    except ValueError:
        return data
    if move is not None:
        move(data, *places[:2])
    return data


def _add_step(data: dict[str, Any], after: int = -1) -> None:
    steps = data["steps"]
    made: dict[str, Any] = {"key": _free("step", (one.get("key") for one in steps)), "channel": "email"}
    before = steps[after] if 0 <= after < len(steps) else None
    if before is not None and before.get("track"):
        made["track"] = before["track"]
    template = next(iter(data.get("templates", {})), None) if before is None else before.get("template")
    if template:
        made["template"] = template
    steps.insert(after + 1, made)


def _remove_step(data: dict[str, Any], at: int = -1) -> None:
    if 0 <= at < len(data["steps"]):
        del data["steps"][at]


def _up(data: dict[str, Any], at: int = -1) -> None:
    if 0 < at < len(data["steps"]):
        data["steps"][at - 1 : at + 1] = reversed(data["steps"][at - 1 : at + 1])


def _down(data: dict[str, Any], at: int = -1) -> None:
    if at >= 0:
        _up(data, at + 1)


def _add_branch(data: dict[str, Any], at: int = -1) -> None:
    if 0 <= at < len(data["steps"]):
        below = data["steps"][at + 1 :]
        to = below[-1].get("key", "") if below else ""
        data["steps"][at].setdefault("branches", []).append({"condition": {"clicked": True}, "to": to})


def _remove_branch(data: dict[str, Any], at: int = -1, nth: int = -1) -> None:
    if 0 <= at < len(data["steps"]) and 0 <= nth < len(data["steps"][at].get("branches", [])):
        del data["steps"][at]["branches"][nth]


def _add_template(data: dict[str, Any], *_: int) -> None:
    templates = data.setdefault("templates", {})
    templates[_free("words", templates)] = {"subject": "", "body": ""}


def _remove_template(data: dict[str, Any], at: int = -1) -> None:
    if (name := _template(data, at)) is not None:
        del data["templates"][name]


def _add_variant(data: dict[str, Any], at: int = -1) -> None:
    """The first takes the words that there are, and a second begins from them: two of them are compared."""
    if (name := _template(data, at)) is None:
        return
    template = data["templates"][name]
    variants: list[dict[str, Any]] = template.setdefault("variants", [])
    if not variants:
        variants.append({"key": "a", "body": template.pop("body", "")})
    variants.append({"key": _free("", (one.get("key") for one in variants), "bcdefghij"), "body": variants[-1].get("body", "")})


def _remove_variant(data: dict[str, Any], at: int = -1, nth: int = -1) -> None:
    """The last one that is left becomes the template's words again."""
    if (name := _template(data, at)) is None:
        return
    template = data["templates"][name]
    variants = template.get("variants", [])
    if 0 <= nth < len(variants):
        del variants[nth]
    if len(variants) == 1:
        template["body"] = variants[0].get("body", "")
        template["subject"] = variants[0].get("subject") or template.get("subject")
        del template["variants"]


def _template(data: dict[str, Any], at: int) -> str | None:
    templates: dict[str, Any] = data.get("templates", {})
    names = list(templates)
    return names[at] if 0 <= at < len(names) else None


def _free(word: str, taken: Iterable[Any], letters: str = "") -> str:
    """A name that nothing has yet."""
    known = set(taken)
    numbered = [f"{word or 'v'}-{number}" for number in range(1, len(known) + 2)]
    names: list[str] = [*letters, *numbered]
    return next(name for name in names if name not in known)


_MOVES: dict[str, Callable[..., None]] = {
    "add-step": _add_step,
    "remove-step": _remove_step,
    "up": _up,
    "down": _down,
    "add-branch": _add_branch,
    "remove-branch": _remove_branch,
    "add-template": _add_template,
    "remove-template": _remove_template,
    "add-variant": _add_variant,
    "remove-variant": _remove_variant,
}
