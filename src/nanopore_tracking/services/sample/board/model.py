"""What the board shows, and whose samples; what dashboards are told of the whole laboratory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from nanopore_tracking.contracts.api.sample.samples import Exit, OpenStatus, Priority, Stage, Status
from nanopore_tracking.contracts.api.sample.submissions import Status as SubmissionStatus

#: The stages of the board in their order: all in which work is done or waited for.
BOARD: tuple[Stage, ...] = (
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
)
#: Cards that a stage shows.
CARDS = 7
#: Open samples of one stage that are counted one by one.
COUNTED = 10_000


def labs(scope: list[UUID] | None, lab_id: UUID | None) -> list[UUID] | None:
    """Return the labs whose samples are shown: those in scope, narrowed to one where it is asked for; None for all."""
    if lab_id is None:
        return scope
    return [lab_id] if scope is None or lab_id in scope else []


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Whose samples the board shows, None for all."""

    labs: list[UUID] | None = None
    project_id: UUID | None = None
    assignee: str | None = None
    status: OpenStatus | None = None
    priority: Priority | None = None


OPEN: tuple[OpenStatus, ...] = get_args(OpenStatus)
OPEN_SUBMISSIONS: tuple[SubmissionStatus, ...] = (
    "reading", "draft", "under_review", "questions_to_customer",
)  # fmt: skip
#: How far back figures of what has ended look.
RECENT = timedelta(days=30)

Outcome = Literal["delivered"] | Exit


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The open samples of one stage in one status. oldest: when the one came that has been there longest."""

    samples: int
    oldest: datetime


@dataclass(frozen=True, kw_only=True)
class Ended:
    """Samples that ended in one way. took_s: half and nine tenths of them took no longer, since receipt in seconds.

    None where none of them was received.
    """

    samples: int
    took_s: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Yield:
    """What was read of samples. mean_q: that of each sample weighted by its bases; 0 without any."""

    samples: int = 0
    bases_bp: int = 0
    mean_q: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The whole laboratory in numbers: what is open now, what ended and was read within RECENT."""

    queues: Mapping[tuple[Stage, Status], Queue] = field(default_factory=dict)
    submissions: Mapping[SubmissionStatus, int] = field(default_factory=dict)
    ended: Mapping[Outcome, Ended] = field(default_factory=dict)
    read: Yield = Yield()

    def longest_s(self, stage: Stage, now: datetime) -> float:
        """Return for how long the open sample that came first has been in a stage; 0 where there is none."""
        found = [self.queues[stage, status].oldest for status in OPEN if (stage, status) in self.queues]
        return (now - min(found)).total_seconds() if found else 0.0
