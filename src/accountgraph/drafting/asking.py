"""Asking a model, whatever model that is. The library that talks to models is loaded here, once it is needed."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

from accountgraph.channels.credentials import credential
from accountgraph.drafting.errors import BusyModelError, ModelError
from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.channels.credentials import Vault
    from accountgraph.drafting.prompting import Prompt
    from accountgraph.store.outreach.drafting import DraftingSettings

TRIES = 2  # where it is busy
LONGEST_PAUSE = 20.0  # seconds between them; whoever asks for more is not asked again
_MISSING = "Messages written by a model need a package that is not installed: pip install 'accountgraph[model]'."


async def answered(
    settings: DraftingSettings,
    vault: Vault,
    prompt: Prompt,
    fields: dict[str, Any],
    review: Callable[[dict[str, Any]], Awaitable[str | None]],
) -> dict[str, Any]:
    """What the model says, field by field. `fields`: names with their types, or with type and default, as pydantic takes them.

    `review` says what is wrong with an answer, or None. The model is told, and may answer once more.

    Raises:
        ModelError: it cannot be asked, does not answer, or its second answer is no better.
    """
    library = await asyncio.to_thread(_library)
    try:
        key = await credential(vault, "key", settings.key, settings.key_env)
    except AccountGraphError as error:
        raise ModelError(str(error)) from None
    kind: Any = library.create_model("Answer", **fields)

    async def reviewed(answer: Any) -> str | None:  # noqa: ANN401 - made above
        return await review(answer.model_dump())

    for left in range(TRIES - 1, -1, -1):
        try:
            answer = await library.ask(settings, key, prompt, kind, reviewed)
        except BusyModelError as busy:
            pause = busy.wait_seconds if busy.wait_seconds is not None else 1.0
            if not left or pause > LONGEST_PAUSE:
                raise
            await asyncio.sleep(pause)
        else:
            said: dict[str, Any] = answer.model_dump()
            return said
    raise AssertionError("it answers or raises")


def _library() -> Any:  # noqa: ANN401 - a module
    """What talks to models. Loading it takes seconds, so that it is done beside the event loop, once.

    Raises:
        ModelError: it is not installed.
    """
    try:
        return import_module("accountgraph.drafting.model")
    except ImportError:
        raise ModelError(_MISSING) from None
