"""What libraries and pools have in common: transitions with their gates, and values that were measured."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
#: What MinKNOW and Dorado take as a name.
SAFE = r"^[A-Za-z0-9_-]{1,40}$"

Filled = Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE)]
Loose = Annotated[str, Meta(max_length=100, pattern=ONE_LINE)]
Lines = Annotated[str, Meta(max_length=1000, pattern=LINES)]
Named = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Moment = Annotated[datetime, Meta(tz=True)]
VolumeUl = Annotated[float, Meta(gt=0, le=100_000)]

LibraryState = Literal["planned", "prepared", "qc_passed", "qc_failed", "pooled", "exhausted", "discarded"]
PoolState = Literal["draft", "fixed", "qc_passed", "loaded", "exhausted"]


class Step(Asked, frozen=True, kw_only=True):
    """Ask for a transition of a library or a pool.

    reason: required for every way but the usual one on, and for an override. override: go on although requirements are
    missing; only with the permission samples.override. Where the facility wants a second person for it, the answer is
    202: nothing is moved, and the override waits at the address in Location.
    """

    to: Annotated[str, Meta(max_length=20, pattern=r"^[a-z_]+$", description="The state to go to.")]
    reason: Annotated[Lines, Meta(description="Why; it is kept in the history.")] = ""
    override: Annotated[bool, Meta(description="Go on although requirements are missing.")] = False


class Want(Answer, frozen=True, kw_only=True):
    """One thing that must be so before a library or a pool takes a way.

    severity: what is missing with `fail` stops it, with `warn` it is only shown; firm: no override passes over it.
    """

    code: str
    message: str
    how: str
    met: bool
    severity: Literal["fail", "warn"] = "fail"
    firm: bool = False


class StepWay(Answer, frozen=True, kw_only=True):
    """One transition that may be asked for, and what it needs."""

    to: str
    needs_reason: bool
    met: bool
    wants: list[Want]


class StepGate(Answer, frozen=True, kw_only=True):
    """Where a library or a pool may go from its state, and what each way needs; version: of the library or pool."""

    id: UUID
    code: str
    state: str
    ways: list[StepWay]
    version: int


class StepDone(Answer, frozen=True, kw_only=True):
    """A transition that was made; missing: codes of the requirements that an override passed over.

    asked_by: who asked for an override that changed_by confirmed as the second person.
    """

    id: UUID
    before_state: str
    state: str
    reason: str
    missing: list[str]
    changed_by: str
    changed_at: datetime
    asked_by: str = ""
