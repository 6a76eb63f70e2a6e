"""The pages that recipients see: plain HTML and forms, no script, nothing from anywhere else."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from accountgraph.http.problems import COME_AGAIN
from accountgraph.web.words import ENGLISH, Words

if TYPE_CHECKING:
    from accountgraph.preferences import Choices


class Pages:
    """Draws pages. `words`: what they say."""

    def __init__(self, words: Words = ENGLISH) -> None:
        self._words = words
        self._environment = Environment(
            loader=PackageLoader("accountgraph.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._style = (files("accountgraph.web") / "templates" / "page.css").read_text(encoding="utf-8")
        digest = b64encode(sha256(self._style.encode()).digest()).decode()
        # Only this very style, only forms to ourselves; nothing else is loaded, run or framed.
        self._policy = f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    def choices(self, choices: Choices, token: str, *, is_saved: bool) -> HTMLResponse:
        """What a person chose, to be chosen anew. The address is shown in part: links are passed on."""
        words = self._words
        sender, address = choices.sender or words.nobody, masked(choices.address)
        who = words.who.format(address=address, sender=sender) if address else words.who_unknown.format(sender=sender)
        return self._page("choices", words.title, choices=choices, here=token, who=who, is_saved=is_saved)

    def unsubscribed(self, choices: Choices | None) -> HTMLResponse:
        """They hear nothing any more."""
        words = self._words
        url = choices.privacy_url if choices else None
        return self._page("notice", words.off_title, lines=[words.off_text, words.off_mistake], privacy_url=url)

    def nothing_here(self) -> HTMLResponse:
        """A link that was not made here."""
        return self._page("notice", self._words.gone_title, status=404, lines=[self._words.gone_text], privacy_url=None)

    def busy(self) -> HTMLResponse:
        """The database is away, or something broke."""
        return self._page("notice", self._words.busy_title, status=503, lines=[self._words.busy_text], privacy_url=None)

    def _page(self, template: str, title: str, *, status: int = 200, **known: Any) -> HTMLResponse:  # noqa: ANN401 - what the template takes
        text = self._environment.get_template(f"{template}.html.j2").render(words=self._words, title=title, style=self._style, **known)
        headers = {"Content-Security-Policy": self._policy}
        if status == 503:
            headers["Retry-After"] = str(COME_AGAIN)
        return HTMLResponse(text, status_code=status, headers=headers)


def masked(address: str | None) -> str:
    """An address as its owner knows it again, and others cannot use it."""
    local, at, domain = (address or "").rpartition("@")
    return f"{local[:1]}…{at}{domain}" if at else ""
