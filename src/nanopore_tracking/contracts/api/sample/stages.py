"""Stages: what a sample needs to go on, where else it may go, and how it is moved."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.samples import Stage, Status

#: Where a transition may lead: a stage, an exit, on hold, or back from there.
Target = Literal[
    "expected",
    "received",
    "sample_qc",
    "library_prep",
    "library_qc",
    "sequencing_setup",
    "sequencing_run",
    "basecalling",
    "quality_assessment",
    "data_delivery",
    "delivered",
    "archived",
    "on_hold",
    "resumed",
    "never_arrived",
    "damaged",
    "failed",
    "cancelled",
]

Direction = Literal["on", "back", "out", "hold", "resume"]

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Why = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Why; it is kept in the history.")]


class Transition(Asked, frozen=True, kw_only=True):
    """Move a sample on, back, out, or on hold.

    reason: required to go back, out and on hold, and for an override. override: go on although requirements of the
    present stage are missing; only with the permission samples.override. Where the facility wants a second person for
    it, the answer is 202: the sample stays as it is, and the override waits at the address in Location.
    """

    to: Annotated[Target, Meta(description="The stage, or the exit, `on_hold` or `resumed`.")]
    reason: Why = ""
    override: Annotated[bool, Meta(description="Go on although requirements are missing.")] = False


class Requirement(Answer, frozen=True, kw_only=True):
    """One thing that must be so before a sample leaves its stage.

    code: stable, for programs; message: what is required, and what is there; how: what to do about it; fulfilled_by:
    what it is fulfilled by: a custody event, a measurement, a library, a planned run, the kind of a stage record, a
    delivery, a charge code, or a finding that is judged; severity: what is missing with `fail` stops the sample, with
    `warn` it is only shown.
    """

    code: str
    message: str
    how: str
    fulfilled_by: Literal[
        "custody",
        "measurement",
        "library",
        "planned_run",
        "run",
        "basecalling",
        "decision",
        "delivery",
        "charge",
        "finding",
    ]
    met: bool
    severity: Literal["fail", "warn"] = "fail"


class Way(Answer, frozen=True, kw_only=True):
    """One transition that may be asked for; needs_reason: it is refused without one."""

    to: Target
    direction: Direction
    needs_reason: bool


class Gate(Answer, frozen=True, kw_only=True):
    """What a sample needs to go on, what it has, and where else it may go.

    to: the next stage, None at the end or while no stage may follow; met: all requirements are; ways: every transition
    that is allowed now; figures: what was computed for the requirements, by name with the unit, and how;
    catalogue_versions: of the catalogues that were used; version: of the sample.
    """

    sample_id: UUID
    code: str
    stage: Stage
    status: Status
    to: Stage | None
    met: bool
    requirements: list[Requirement]
    ways: list[Way]
    figures: dict[str, float | str]
    catalogue_versions: dict[str, int]
    version: int


class StageChange(Answer, frozen=True, kw_only=True):
    """One transition that was made.

    missing: codes of the requirements that an override passed over; figures and catalogue_versions: what was computed
    at the gate, and by which catalogues it was judged; asked_by: who asked for an override that changed_by confirmed as
    the second person.
    """

    id: UUID
    sample_id: UUID
    before_stage: Stage
    before_status: Status
    stage: Stage
    status: Status
    direction: Direction
    reason: str
    missing: list[str]
    figures: dict[str, float | str]
    catalogue_versions: dict[str, int]
    changed_by: str
    changed_at: datetime
    asked_by: str = ""
