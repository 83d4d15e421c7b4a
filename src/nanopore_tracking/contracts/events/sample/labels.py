"""What the sample service announces of labels and their printers."""

from uuid import UUID

from nanopore_tracking.kernel.events import Event


class LabelLayoutChanged(Event, frozen=True, kw_only=True):
    """A layout of labels was created or changed; the whole layout is in here."""

    type = "label.layout_changed"

    layout_id: UUID
    name: str
    width_mm: float
    height_mm: float
    code_mm: float
    font_mm: float
    lines: list[str]
    active: bool
    code_left_mm: float = 1.5
    code_top_mm: float = 1.5
    text_left_mm: float | None = None
    text_top_mm: float = 1.5


class LabelPrinterChanged(Event, frozen=True, kw_only=True):
    """A printer was registered or changed; the whole printer is in here."""

    type = "label.printer_changed"

    printer_id: UUID
    name: str
    host: str
    port: int
    dots_per_mm: int
    active: bool


class LabelQueued(Event, frozen=True, kw_only=True):
    """A label is to be printed; again: it was before, reason says why once more. Retried ones are queued anew."""

    type = "label.queued"

    job_id: UUID
    printer_id: UUID
    sample_id: UUID | None
    location_id: UUID | None
    code: str
    copies: int
    again: bool
    reason: str


class LabelPrinted(Event, frozen=True, kw_only=True):
    """The printer took all of a label, or, where failure is not blank, did not and is not asked again by itself."""

    type = "label.printed"

    job_id: UUID
    printer_id: UUID
    sample_id: UUID | None
    location_id: UUID | None
    code: str
    copies: int
    attempts: int
    failure: str
