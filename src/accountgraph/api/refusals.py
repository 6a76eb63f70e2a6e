"""This package's errors as problem details: the one place where they become a status."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from accountgraph.access import AccessDeniedError, Denied, ForbiddenError
from accountgraph.access.oidc import OidcError
from accountgraph.api.parameters import invalid, said
from accountgraph.campaigns.definition.problems import DefinitionError
from accountgraph.errors import (
    AccountGraphError,
    ConcurrencyError,
    DatabaseError,
    DuplicateError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from accountgraph.http.problems import FieldProblem, ProblemError, urn
from accountgraph.merging import MergeError
from accountgraph.transfer.uploads import TooManyImportsError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


def problem_of(error: Exception) -> ProblemError:
    """What the caller is told; what nobody expected is logged, and told to nobody."""
    if isinstance(error, ProblemError):
        return error
    for kind, say in _SAID:
        if isinstance(error, kind):
            return say(error)
    logger.error("A request failed.", exc_info=error)
    return ProblemError(500, "Something went wrong here.", kind=urn("internal"), detail="It was logged under this request's id.")


def _field(error: Exception) -> list[FieldProblem]:
    assert isinstance(error, InvalidInputError)  # noqa: S101 - the table below says so
    return [FieldProblem(error.field, str(error).removeprefix(f"{error.field}: "))]


def _definition(error: Exception) -> ProblemError:
    """Every problem of a campaign by its key; what is only worth knowing (a note) refuses nothing."""
    assert isinstance(error, DefinitionError)  # noqa: S101 - the table below says so
    wrong = [problem for problem in error.problems if not problem.is_note]
    return invalid([FieldProblem(one.key or "definition", f"{one.message} {one.cure}".strip()) for one in wrong])


def _denied(error: Exception) -> ProblemError:
    assert isinstance(error, AccessDeniedError)  # noqa: S101 - the table below says so
    if error.kind in {Denied.THROTTLED, Denied.BUSY}:
        headers = {"Retry-After": str(error.retry_after or 1)}
        return ProblemError(429, "Too many tries.", kind=urn("too-many-requests"), detail=str(error), headers=headers)
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return ProblemError(401, "Nobody is known by this.", kind=urn("unauthenticated"), detail=str(error), headers=headers)


def _unfit(error: Exception) -> ProblemError:
    """A nested value of another type than what it is for."""
    assert isinstance(error, msgspec.ValidationError)  # noqa: S101 - the table below says so
    return invalid(said(error))


def _duplicate(error: Exception) -> ProblemError:
    return ProblemError(409, "It is there already.", kind=urn("duplicate"), detail=str(error), errors=_field(error))


def _away(error: Exception) -> ProblemError:
    logger.warning("The database could not be used: %s", error)
    return ProblemError(503, "The database cannot be used at this moment.", kind=urn("database"), detail="Ask again a little later.")


def _provider_fails(error: Exception) -> ProblemError:
    """How it fails is for whoever runs the server; it may tell of the network that the server is in."""
    logger.warning("The identity provider could not be used: %s", error)
    detail = "It did not answer as it should; the server's log says more. Begin again, or log in with your password."
    return ProblemError(502, "The identity provider cannot be used.", kind=urn("identity-provider"), detail=detail)


def _not_allowed(error: Exception) -> ProblemError:
    """Beyond their own rights, or beyond those that the database gives an agent."""
    return ProblemError(403, "You may not do that.", kind=urn("forbidden"), detail=str(error))


def _not_mergeable(error: Exception) -> ProblemError:
    assert isinstance(error, MergeError)  # noqa: S101 - the table below says so
    errors = [FieldProblem("drop", obstacle) for obstacle in error.obstacles]
    return ProblemError(409, "These cannot become one.", kind=urn("obstacles"), detail=str(error), errors=errors)


def _refused(error: Exception) -> ProblemError:
    return ProblemError(409, "That cannot be done now.", kind=urn("refused"), detail=str(error))


# The first that fits is said.
_SAID: tuple[tuple[type[Exception], Callable[[Exception], ProblemError]], ...] = (
    (AccessDeniedError, _denied),
    (OidcError, _provider_fails),
    (ForbiddenError, _not_allowed),
    (NotFoundError, lambda error: ProblemError(404, "There is no such thing.", kind=urn("not-found"), detail=str(error))),
    (DuplicateError, _duplicate),
    (InvalidInputError, lambda error: invalid(_field(error))),
    (DefinitionError, _definition),
    (msgspec.ValidationError, _unfit),
    (
        ConcurrencyError,
        lambda _: ProblemError(
            409,
            "Others were in the way.",
            kind=urn("concurrency"),
            detail="Nothing was changed; send it again.",
            headers={"Retry-After": "1"},
        ),
    ),
    (NotAllowedError, _not_allowed),
    (MergeError, _not_mergeable),
    (DatabaseError, _away),
    (
        TooManyImportsError,
        lambda error: ProblemError(
            429, "Too many imports.", kind=urn("too-many-requests"), detail=str(error), headers={"Retry-After": "30"}
        ),
    ),
    (AccountGraphError, _refused),
)
