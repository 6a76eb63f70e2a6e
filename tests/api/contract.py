"""Asks an API everything that its document allows, and much that it does not, and tells where the answers differ from the document."""

from __future__ import annotations

import os
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import schemathesis
from schemathesis.config._checks import NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from accountgraph.api.document import encoded_document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from schemathesis.engine.events import EngineEvent

IS_LARGE = bool(os.environ.get("ACCOUNTGRAPH_SOAK"))
EXAMPLES = int(os.environ.get("ACCOUNTGRAPH_EXAMPLES", "400" if IS_LARGE else "4"))  # requests of each kind, an operation
SEED = int(os.environ.get("ACCOUNTGRAPH_SEED", "1"))
PHASES = ("examples", "coverage", "fuzzing", "stateful")
BEFORE_THE_BODY = ("412", "413")  # a request is refused so, whatever its body says
# These take a campaign, which has so many corners that to go to each takes many minutes: on a large run only.
MANY_SHAPES = r"^/api/v1/campaigns(/check|/plan|/\{campaign\}(/replay)?)?$"
MUCH_REFUSED = "/(holds$|keys)"  # few operations, and most of what is drawn has a cursor that nobody gave, or an expiry long past
IN_ROWS = "/(bulk|campaigns/check)$"  # these tell, in what they answer, what is wrong with each row or key

LINKED = ("companies", "contacts", "relationships", "conversations", "touchpoints", "answers")
STREAM = "text/event-stream"  # an answer that does not end

_CHECKS = {
    "negative_data_rejection": {"expected-statuses": [*NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES, *BEFORE_THE_BODY]},
    "positive_data_acceptance": {"enabled": False},  # what is right by the schema may be wrong by a rule that no schema says
}


@dataclass
class Asked:
    """What was asked, and how often; `wrong`: each way in which an answer differs, with the request that shows it."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def take(self, event: EngineEvent) -> None:
        """Note what one event tells."""
        if isinstance(event, NonFatalError):
            self.wrong["run", str(event.label), str(event.info.title)] = event.info.format()
        if isinstance(event, ScenarioFinished):
            self.requests[str(event.phase)] += len(event.recorder.interactions)
            for interaction in event.recorder.interactions.values():
                self.statuses[interaction.response.status_code if interaction.response else 0] += 1
            self.wrong |= dict(_failures(event))


def ask_everything(base_url: str, key: str, ids: Mapping[str, str], *, tag: str) -> Asked:
    """Ask the operations of `tag`, one by one, about the things with these `ids`."""
    config = _config(base_url, key, phases=("examples", "coverage", "fuzzing"), ids=ids)
    return _asked(_alone(_document(), tag), config)


def follow_links(base_url: str, key: str) -> Asked:
    """Make things, and do with them what the document says can be done with them."""
    return _asked(_alone(_document(), *LINKED, with_links=True), _config(base_url, key, phases=("stateful",), ids={}))


def _document() -> dict[str, Any]:
    """As callers get it: JSON, in which a list is a list."""
    described: dict[str, Any] = msgspec.json.decode(encoded_document())
    return described


def _asked(described: dict[str, Any], config: schemathesis.Config) -> Asked:
    """Always the same for the same `SEED` and `EXAMPLES`."""
    asked = Asked()
    for event in from_schema(schemathesis.openapi.from_dict(described, config=config)).execute():
        asked.take(event)
    return asked


def _alone(described: dict[str, Any], *tags: str, with_links: bool = False) -> dict[str, Any]:
    """The document with the operations of these tags, without links, and without `If-Match`, which answers before a body is looked at."""
    described = deepcopy(described)
    for path, operations in list(described["paths"].items()):
        kept = {method: operation for method, operation in operations.items() if set(tags) & set(operation["tags"])}
        kept = {method: operation for method, operation in kept.items() if STREAM not in str(operation["responses"])}
        for operation in kept.values():
            operation["parameters"] = [one for one in operation["parameters"] if one["name"] != "If-Match"]
            for response in operation["responses"].values() if not with_links else ():
                response.pop("links", None)
        described["paths"][path] = kept
    described["paths"] = {path: operations for path, operations in described["paths"].items() if operations}
    _without_ends(described)
    return described


def _without_ends(described: dict[str, Any]) -> None:
    """Links lead to operations that are in the document."""
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    there = {operation["operationId"] for operation in operations}
    for response in (response for operation in operations for response in operation["responses"].values() if "links" in response):
        response["links"] = {name: link for name, link in response["links"].items() if link["operationId"] in there}


def _config(base_url: str, key: str, *, phases: Collection[str], ids: Mapping[str, str]) -> schemathesis.Config:
    return schemathesis.Config.from_dict(
        {
            "base-url": base_url,
            "cache": {"enabled": False},  # what an earlier run has seen changes nothing
            "seed": SEED,
            "headers": {"Authorization": f"Bearer {key}"},
            "continue-on-failure": True,
            "request-timeout": 30,
            "workers": 1,
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none", "no-shrink": True},
            "checks": _CHECKS,
            "parameters": {f"path.{name}": value for name, value in ids.items()},
            "operations": [
                {"include-path-regex": IN_ROWS, "checks": {**_CHECKS, "negative_data_rejection": {"enabled": False}}},
                {
                    "include-path-regex": MANY_SHAPES,
                    "include-method": ["POST", "PUT"],
                    "phases": {"coverage": {"enabled": IS_LARGE and "coverage" in phases}},
                    "generation": {"max-examples": 3 * EXAMPLES},
                },
                {"include-path-regex": MUCH_REFUSED, "generation": {"max-examples": 3 * EXAMPLES}},
            ],
            "phases": {name: {"enabled": name in phases} for name in PHASES}
            | {"coverage": {"enabled": "coverage" in phases, "unexpected-methods": []}},
        }
    )


def _failures(event: ScenarioFinished) -> Iterator[tuple[tuple[str, str, str], str]]:
    recorder: Any = event.recorder
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            failure, request = check.failure_info.failure, check.failure_info.code_sample
            answer = recorder.interactions[case_id].response if case_id in recorder.interactions else None
            said = f"{answer.status_code} {answer.text[:1000]}" if answer is not None else "no answer"
            yield (str(event.label), check.name, failure.title), f"{failure.message}\n{request[:3000]}\n{said}"
