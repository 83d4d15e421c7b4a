"""What the board shows, and whose samples."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.samples import Stage

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
