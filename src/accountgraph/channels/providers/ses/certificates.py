"""The certificates of Amazon SNS, fetched once each."""

from __future__ import annotations

import httpx

MOST_KEPT = 20  # one a region, and a new one every few years
LARGEST = 20_000  # bytes


class SnsCertificates:
    """Gives the certificate at an address; the caller has checked its host."""

    def __init__(self, timeout_seconds: float = 10) -> None:
        self._timeout = timeout_seconds
        self._kept: dict[str, bytes] = {}

    async def __call__(self, url: str) -> bytes:
        """The PEM at `url`.

        Raises:
            OSError: it cannot be had.
        """
        if url not in self._kept:
            pem = await self._fetched(url)
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[url] = pem
        return self._kept[url]

    async def _fetched(self, url: str) -> bytes:
        try:
            async with httpx.AsyncClient(timeout=self._timeout, follow_redirects=False) as client:
                response = await client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OSError(f"{url}: {error or type(error).__name__}") from None
        if response.status_code != httpx.codes.OK or len(response.content) > LARGEST:
            raise OSError(f"{url} answered {response.status_code} with {len(response.content)} bytes")
        return response.content
