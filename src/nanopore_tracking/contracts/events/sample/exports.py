"""What the sample service announces of files that were made of its samples."""

from typing import Any
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class ExportMade(Event, frozen=True, kw_only=True):
    """Somebody took samples out as a file. selection: as it was asked for; samples: how many are in the file."""

    type = "export.made"

    export_id: UUID
    format: str
    selection: dict[str, Any]
    samples: int
    columns: list[str]
