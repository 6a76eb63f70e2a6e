"""The one place that talks to a model, through pydantic-ai. It is imported when the first draft is written, and never before."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, create_model
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelTimeoutError,
    UnexpectedModelBehavior,
    UserError,
)
from pydantic_ai.models import Model, infer_model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers import infer_provider_class
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from accountgraph.addresses import is_this_machine, may_get_secrets
from accountgraph.channels.internet import HostError, address_of, is_loopback, is_public
from accountgraph.drafting.errors import BusyModelError, ModelError
from accountgraph.errors import AccountGraphError
from accountgraph.http.trust import trusted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from accountgraph.drafting.prompting import Prompt
    from accountgraph.store.outreach.drafting import DraftingSettings

MOST_TOKENS = 4000  # of an answer
MOST_SAID = 200  # characters of what a provider says is wrong
_BUSY = frozenset({408, 409, 425, 429})
_NO_KEY = "accountgraph-has-none"

A = TypeVar("A", bound=BaseModel)
__all__ = ["ask", "create_model"]


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Asks the address that was looked at, and no other: a host may not lead into our own network, not even the second time."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=trusted())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Look the host up, and ask there."""
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        address = await address_of(host, port, is_loopback if is_this_machine(host) else is_public)
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


async def ask(
    settings: DraftingSettings,
    key: str | None,
    prompt: Prompt,
    kind: type[A],
    review: Callable[[A], Awaitable[str | None]],
) -> A:
    """What the model answers, as `kind`. `review` says what is wrong with an answer, or None; it is told, and may answer once more.

    Raises:
        BusyModelError: it does not answer now, and may later.
        ModelError: it cannot be asked, or its second answer is no better.
    """
    async with _model(settings, key) as model:
        agent: Agent[object, A] = Agent(
            model,
            output_type=kind,
            instructions=prompt.instructions,
            retries=1,
            model_settings={"timeout": settings.timeout_seconds, "max_tokens": MOST_TOKENS, "max_retries": 0},
        )

        async def reviewed(_: RunContext[object], answer: A) -> A:
            wrong = await review(answer)
            if wrong is not None:
                raise ModelRetry(wrong)
            return answer

        agent.output_validator(reviewed)
        return await _run(agent, prompt.text, settings, key)


async def _run(agent: Agent[object, A], prompt: str, settings: DraftingSettings, key: str | None) -> A:
    try:
        # Within its block, so that the connections are closed which a provider opens by itself.
        async with asyncio.timeout(2 * settings.timeout_seconds + 5), agent:
            return (await agent.run(prompt)).output
    except (TimeoutError, ModelTimeoutError):
        raise BusyModelError(f"{settings.model} does not answer within {settings.timeout_seconds} seconds.") from None
    except ModelHTTPError as error:
        raise _refused(error, settings, key) from None
    except ModelConnectionError as error:
        if isinstance(cause := _first_cause(error), HostError):
            raise ModelError(str(cause)) from None
        raise BusyModelError(f"{settings.model} cannot be reached at {settings.base_url or 'its provider'}.") from None
    except ContentFilterError:
        raise ModelError(f"{settings.model} declines to write it.") from None
    except (UnexpectedModelBehavior, ModelAPIError) as error:
        raise ModelError(f"{settings.model} does not answer as it was asked to: {_scrubbed(str(error), key)}.") from None
    except HostError as error:
        raise ModelError(str(error)) from None
    except AccountGraphError:
        raise  # what the reviewer met: it is no matter of the model's
    except Exception as error:  # noqa: BLE001 - a library's failure is this draft's own, and the template's to mend
        raise ModelError(f"{settings.model} cannot be asked: {type(error).__name__}.") from None


def _refused(error: ModelHTTPError, settings: DraftingSettings, key: str | None) -> ModelError:
    """What a provider's status means. What it says besides is told only where it is about the request, never about the key."""
    status, name = error.status_code, settings.model
    if status in _BUSY or status >= 500:
        return BusyModelError(f"{name} is busy or out of order ({status}).", error.retry_after)
    if status in {401, 403}:
        return ModelError(f"{name} refuses the key ({status}); correct key or key_env of the settings.")
    if status == 402:
        return ModelError(f"{name} wants to be paid ({status}).")
    said = error.body.get("message") if isinstance(error.body, dict) else None
    return ModelError(f"{name} refuses the request ({status})" + (f": {_scrubbed(said, key)}." if isinstance(said, str) else "."))


def _first_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]  # one of them is there
    return error


def _scrubbed(said: str, key: str | None) -> str:
    """One short line without the key."""
    line = " ".join(said.split())
    if key:
        line = line.replace(key, "***")
    return re.sub(r"\b(?:sk|pk|key)-[\w*-]{6,}", "***", line)[:MOST_SAID].rstrip(". ")


@asynccontextmanager
async def _model(settings: DraftingSettings, key: str | None) -> AsyncGenerator[Model]:
    """The model: at an OpenAI-compatible server, or by its provider's name."""
    if settings.base_url is None:
        yield _named(settings, key)
        return
    url = settings.base_url.rstrip("/")
    if not may_get_secrets(url):
        raise ModelError("The model's base_url cannot be used: it is https, or http of this machine, without a login or a query.")
    async with httpx2.AsyncClient(transport=PinnedTransport(), follow_redirects=False, trust_env=False) as client:
        host = urlsplit(url).hostname or "local"
        provider = OpenAICompatibleProvider(host, base_url=url, api_key=key or _NO_KEY, http_client=client)
        yield OpenAIChatModel(settings.model, provider=provider)


def _named(settings: DraftingSettings, key: str | None) -> Model:
    def provider_of(name: str) -> Any:  # noqa: ANN401 - each provider is another class
        kind: Any = infer_provider_class(name)
        return kind(api_key=key) if key is not None else kind()

    try:
        return infer_model(settings.model, provider_of)
    except ImportError as error:
        raise ModelError(f"{settings.model} needs a package that is not there: {error}.") from None
    except (UserError, ValueError, TypeError) as error:
        raise ModelError(f"{settings.model} cannot be asked: {_scrubbed(str(error), key)}.") from None
