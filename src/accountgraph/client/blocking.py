"""Requests of a program that waits. Made by tools/client.py from connection.py."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

import httpx

from accountgraph.client.asking import ATTEMPTS, LONGEST_WAIT, TIMEOUT, Answer, Page, Question, answer_of, exchange, headers_of, question

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

T = TypeVar("T")
P = ParamSpec("P")


class BlockingConnection:
    """The way to one server, as one key.

    Args:
        base_url: where the server is: `https://accountgraph.example.com`.
        key: an API key; `accountgraph key create` makes one.
        timeout: seconds to wait for a connection, and for each part of an answer.
        attempts: how often a request is sent at most. What is safe to send again is: where the server cannot be reached, where
            it asks for it (429, 503, 409 with `Retry-After`), where something before it fails (502, 504).
        longest_wait: seconds; where the server asks to wait longer the error is raised at once.
        http: a client of yours, with proxies or certificates of its own; it stays open.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout: float = TIMEOUT,
        attempts: int = ATTEMPTS,
        longest_wait: float = LONGEST_WAIT,
        http: httpx.Client | None = None,
    ) -> None:
        self._base_url, self._key = base_url.rstrip("/"), key
        self._timeout, self._attempts, self._longest_wait = timeout, attempts, longest_wait
        self._is_ours = http is None
        self._http = http or httpx.Client()

    def ask(self, kind: type[T], method: str, path: str, *ids: object, **given: Any) -> T:  # noqa: ANN401 - of `question`
        """What an operation answers; `given` is for `question`. With `kind=dict`, also what no call here has: `fields`, `include`.

        Raises:
            AccountGraphError: see `accountgraph.client.errors`.
        """
        return (self.answer(kind, method, path, *ids, **given)).value

    def answer(self, kind: type[T], method: str, path: str, *ids: object, **given: Any) -> Answer[T]:  # noqa: ANN401 - of `question`
        """As `ask`, with the `etag` and the id of the request."""
        return answer_of(self._exchanged(question(method, path, *ids, **given)), kind)

    def do(self, method: str, path: str, *ids: object, **given: Any) -> None:  # noqa: ANN401 - of `question`
        """As `ask`, for what answers nothing."""
        self._exchanged(question(method, path, *ids, **given))

    @contextmanager
    def download(self, method: str, path: str, *ids: object, **given: Any) -> Generator[httpx.Response]:  # noqa: ANN401 - of `question`
        """An answer that is read as it comes: `for part in response.iter_bytes()`."""
        response = self._exchanged(question(method, path, *ids, **given), is_stream=True)
        try:
            yield response
        finally:
            response.close()

    def every(self, listing: Callable[P, Page[T]], *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        """All rows of a list, page by page: `client.every(client.list_contacts, company_id=...)`."""
        while True:
            page = listing(*args, **kwargs)
            yield from page.items
            if page.next is None:
                return
            kwargs["after"] = page.next

    def close(self) -> None:
        """Close the connections."""
        if self._is_ours:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchanged(self, asked: Question, *, is_stream: bool = False) -> httpx.Response:
        course = exchange(self._attempts, self._longest_wait)
        wait = next(course)
        while True:
            time.sleep(wait)
            try:
                wait = course.send(self._sent(asked, is_stream=is_stream))
            except StopIteration as done:
                answer: httpx.Response = done.value
                return answer

    def _sent(self, asked: Question, *, is_stream: bool) -> httpx.Response | httpx.TransportError:
        request = self._http.build_request(
            asked.method,
            self._base_url + asked.path,
            params=asked.query,
            content=asked.content,
            headers={**asked.headers, **headers_of(self._key)},
            timeout=self._timeout,
        )
        try:
            response = self._http.send(request, stream=True, follow_redirects=False)
            if not (is_stream and response.is_success):
                response.read()
                response.close()
        except httpx.TransportError as error:
            return error
        return response
