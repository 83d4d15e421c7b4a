"""What the sample service announces of batches at the bench."""

from datetime import date
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class BatchEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a batch: its state after the change.

    samples, libraries: by position; one of the two, as its thing says.
    """

    batch_id: UUID
    code: str
    name: str
    task: str
    quantity: str | None
    method: str | None
    kit: str
    kit_lot: str
    lot_expires_on: date | None
    closed: bool
    samples: dict[str, str]
    thing: str = "sample"
    libraries: dict[str, str] = {}


class BatchCreated(BatchEvent, frozen=True, kw_only=True):
    """A batch was put together."""

    type = "batch.created"


class BatchChanged(BatchEvent, frozen=True, kw_only=True):
    """The lot of a batch was said, or the work on it is over."""

    type = "batch.changed"
