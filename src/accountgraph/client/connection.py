"""Requests of a program that awaits."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

import httpx

from accountgraph.client.asking import ATTEMPTS, LONGEST_WAIT, TIMEOUT, Answer, Page, Question, answer_of, exchange, headers_of, question

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

T = TypeVar("T")
P = ParamSpec("P")


class Connection:
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
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._base_url, self._key = base_url.rstrip("/"), key
        self._timeout, self._attempts, self._longest_wait = timeout, attempts, longest_wait
        self._is_ours = http is None
        self._http = http or httpx.AsyncClient()

    async def ask(self, kind: type[T], method: str, path: str, *ids: object, **given: Any) -> T:  # noqa: ANN401 - of `question`
        """What an operation answers; `given` is for `question`. With `kind=dict`, also what no call here has: `fields`, `include`.

        Raises:
            AccountGraphError: see `accountgraph.client.errors`.
        """
        return (await self.answer(kind, method, path, *ids, **given)).value

    async def answer(self, kind: type[T], method: str, path: str, *ids: object, **given: Any) -> Answer[T]:  # noqa: ANN401 - of `question`
        """As `ask`, with the `etag` and the id of the request."""
        return answer_of(await self._exchanged(question(method, path, *ids, **given)), kind)

    async def do(self, method: str, path: str, *ids: object, **given: Any) -> None:  # noqa: ANN401 - of `question`
        """As `ask`, for what answers nothing."""
        await self._exchanged(question(method, path, *ids, **given))

    @asynccontextmanager
    async def download(self, method: str, path: str, *ids: object, **given: Any) -> AsyncGenerator[httpx.Response]:  # noqa: ANN401 - of `question`
        """An answer that is read as it comes: `async for part in response.aiter_bytes()`."""
        response = await self._exchanged(question(method, path, *ids, **given), is_stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def every(self, listing: Callable[P, Awaitable[Page[T]]], *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        """All rows of a list, page by page: `client.every(client.list_contacts, company_id=...)`."""
        while True:
            page = await listing(*args, **kwargs)
            for item in page.items:
                yield item
            if page.next is None:
                return
            kwargs["after"] = page.next

    async def close(self) -> None:
        """Close the connections."""
        if self._is_ours:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _exchanged(self, asked: Question, *, is_stream: bool = False) -> httpx.Response:
        course = exchange(self._attempts, self._longest_wait)
        wait = next(course)
        while True:
            await asyncio.sleep(wait)
            try:
                wait = course.send(await self._sent(asked, is_stream=is_stream))
            except StopIteration as done:
                answer: httpx.Response = done.value
                return answer

    async def _sent(self, asked: Question, *, is_stream: bool) -> httpx.Response | httpx.TransportError:
        request = self._http.build_request(
            asked.method,
            self._base_url + asked.path,
            params=asked.query,
            content=asked.content,
            headers={**asked.headers, **headers_of(self._key)},
            timeout=self._timeout,
        )
        try:
            response = await self._http.send(request, stream=True, follow_redirects=False)
            if not (is_stream and response.is_success):
                await response.aread()
                await response.aclose()
        except httpx.TransportError as error:
            return error
        return response
