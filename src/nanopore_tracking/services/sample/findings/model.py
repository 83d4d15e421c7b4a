"""Which findings may be resolved how, and what a resolution counts for."""

from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from nanopore_tracking.kernel import errors

#: What stands in the way of an acceptance.
UNRESOLVED = ("open", "asked")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A finding as it is stored; digest: of all that it says, which a resolution counts for."""

    id: UUID
    submission_id: UUID
    code: str
    message: str
    state: str
    digest: str
    version: int


def acceptable(finding: Finding) -> None:
    """Raise Conflict unless the finding can be accepted with a reason: it is open, or its question was answered."""
    if finding.state == "asked":
        _refuse(finding, "waits for the customer's answer")
    if finding.state == "accepted":
        _refuse(finding, "is accepted already")


def askable(finding: Finding) -> None:
    """Raise Conflict unless the customer can be asked about the finding."""
    if finding.state == "asked":
        _refuse(finding, "is asked about already")
    if finding.state == "accepted":
        _refuse(finding, "is accepted already")


def _refuse(finding: Finding, state: str) -> NoReturn:
    raise errors.Conflict(
        f"The finding {finding.code} {state}. Nothing was changed.", type="finding-not-open", state_now=finding.state
    )
