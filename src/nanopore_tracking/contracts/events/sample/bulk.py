"""What the sample service announces of jobs over many samples; each sample's own change is announced as always."""

from typing import Any
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class BulkStarted(Event, frozen=True, kw_only=True):
    """Somebody asked for a change of many samples. The request id of each change is `bulk-` and bulk_id."""

    type = "bulk.started"

    bulk_id: UUID
    kind: str
    operation: dict[str, Any]
    undoes: UUID | None
    total: int


class BulkFinished(Event, frozen=True, kw_only=True):
    """Every sample of the job has its result."""

    type = "bulk.finished"

    bulk_id: UUID
    kind: str
    total: int
    changed: int
    unchanged: int
    refused: int
