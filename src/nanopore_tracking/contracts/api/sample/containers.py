"""Containers: the tubes and wells that things are in, where each is, and who says so."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

ContainerKind = Literal["tube", "tube_0_2_ml", "tube_1_5_ml", "tube_2_ml", "plate_well", "cryovial", "library_tube"]
ContainerStatus = Literal["expected", "present", "out", "consumed", "returned", "destroyed", "lost"]
SubjectKind = Literal["sample", "aliquot", "library", "pool"]


class NewContainer(Asked, frozen=True, kw_only=True):
    """Register a container; of a sample there is one, its tube, which takes the sample's barcode."""

    kind: Annotated[ContainerKind, Meta(description="What it is.")] = "tube"
    subject_kind: Annotated[SubjectKind, Meta(description="What is in it.")]
    subject_code: Annotated[
        str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$", description="The code of what is in it.")
    ]
    barcode: Annotated[
        str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$", description="Blank: the code of what is in it.")
    ] = ""
    lab_id: Annotated[UUID | None, Meta(description="Whose it is, of a pool; of all else its own lab.")] = None
    volume_ul: Annotated[float, Meta(ge=0, le=1_000_000, description="How much is in it.")] | None = None


class Container(Answer, frozen=True, kw_only=True):
    """One container. location: where it is, in words; position: in a box; event_count: of its custody."""

    id: UUID
    barcode: str
    kind: ContainerKind
    subject_kind: SubjectKind
    subject_code: str
    sample_id: UUID | None
    lab_id: UUID | None
    volume_ul: float | None
    status: ContainerStatus
    location: str
    location_id: UUID | None
    position: str
    event_count: int
    updated_at: datetime
    version: int


class Whereabouts(Answer, frozen=True, kw_only=True):
    """Where a container is and who says so, computed from its custody events alone.

    verified: the hashes of all events were computed anew and fit together and the table; trouble: what does not fit.
    said_by, said_at, kind: of the event that put it where it is; last_by, last_at, last_kind: of the last event of all.
    """

    container_id: UUID
    barcode: str
    subject_code: str
    location: str
    location_id: UUID | None
    position: str
    status: ContainerStatus
    kind: str
    said_by: str
    said_at: datetime | None
    last_kind: str
    last_by: str
    last_at: datetime | None
    events: int
    last_hash: str
    verified: bool
    trouble: str


class NewExcursion(Asked, frozen=True, kw_only=True):
    """Record that a place was not at its temperature; every container that was in it meanwhile learns of it."""

    from_at: Annotated[datetime, Meta(tz=True, description="From when on.")]
    until_at: Annotated[datetime, Meta(tz=True, description="Until when.")]
    max_temperature_c: Annotated[float, Meta(ge=-273.15, le=100, description="The highest that was measured.")]
    note: Annotated[
        str,
        Meta(
            min_length=3,
            max_length=1000,
            pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
            description="What happened, and how it is known.",
        ),
    ]


class Excursion(Answer, frozen=True, kw_only=True):
    """One excursion; open_findings: samples of which nobody has judged yet what it means for them."""

    id: UUID
    location_id: UUID
    path: str
    from_at: datetime
    until_at: datetime
    max_temperature_c: float
    note: str
    container_count: int
    open_findings: int
    recorded_by: str
    recorded_at: datetime


Verdict = Literal["use", "use_with_care", "do_not_use"]


class ExcursionFinding(Answer, frozen=True, kw_only=True):
    """That a tube of a sample was too warm; verdict: what a person decided, null before."""

    id: UUID
    excursion_id: UUID
    sample_id: UUID
    sample_code: str
    sample_name: str
    path: str
    from_at: datetime
    until_at: datetime
    max_temperature_c: float
    note: str
    verdict: Verdict | None
    reason: str
    resolved_by: str
    resolved_at: datetime | None
    created_at: datetime
    version: int


class Judgement(Asked, frozen=True, kw_only=True):
    """Judge what an excursion means for a sample."""

    verdict: Annotated[Verdict, Meta(description="What may be done with the sample.")]
    reason: Annotated[
        str, Meta(min_length=3, max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$", description="Why.")
    ]


class NewRetention(Asked, frozen=True, kw_only=True):
    """Set until when something is kept; the last that was set counts."""

    keep_until: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="The last day, as 2027-03-31.")]
    reason: Annotated[
        str, Meta(min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", description="By which rule.")
    ]


class Retention(Answer, frozen=True, kw_only=True):
    """Until when a sample is kept; of: whether that was set for the sample itself or for its project; null: not set."""

    keep_until: str | None
    of: Literal["sample", "project"] | None
    reason: str
    set_by: str
    set_at: datetime | None


class RetentionCount(Answer, frozen=True, kw_only=True):
    """How many samples are kept until a day for a reason; of, keep_until: as of `Retention`."""

    keep_until: str | None
    of: Literal["sample", "project"] | None
    reason: str
    samples: int


class SubmissionRetention(Answer, frozen=True, kw_only=True):
    """Until when the samples of a submission are kept, the earliest day first; samples: how many it has."""

    submission_id: UUID
    samples: int
    kept: list[RetentionCount]


class Due(Answer, frozen=True, kw_only=True):
    """A tube that is still here although its sample need not be kept any longer."""

    sample_id: UUID
    sample_code: str
    sample_name: str
    lab_name: str
    project_code: str
    container_id: UUID
    barcode: str
    location: str
    status: ContainerStatus
    keep_until: str
    of: Literal["sample", "project"]
    reason: str
