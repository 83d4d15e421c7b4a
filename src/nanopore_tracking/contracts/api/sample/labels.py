"""Labels: what they look like, the printers, and the queue of what is to be printed."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked, Line

LabelLine = Literal["code", "name", "date", "lab", "project", "material", "barcode"]
JobState = Literal["queued", "sending", "printed", "failed"]

Width = Annotated[float, Meta(ge=8, le=210, description="Of the label.")]
Height = Annotated[float, Meta(ge=5, le=297, description="Of the label.")]
CodeSize = Annotated[float, Meta(ge=4, le=100, description="The side of the square of the code.")]
FontSize = Annotated[float, Meta(ge=1, le=20, description="How high the letters are.")]
Lines = Annotated[list[LabelLine], Meta(min_length=1, max_length=8, description="From the top; code is one of them.")]
CodeLeft = Annotated[float, Meta(ge=0, le=210, description="The code, from the left edge.")]
CodeTop = Annotated[float, Meta(ge=0, le=297, description="The code, from the upper edge.")]
TextLeft = Annotated[float, Meta(ge=0, le=210, description="The text, from the left edge.")]
TextTop = Annotated[float, Meta(ge=0, le=297, description="The first line, from the upper edge.")]
Host = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9.:-]+$", description="Its name or address.")
]
Port = Annotated[int, Meta(ge=1, le=65_535, description="Where it takes ZPL, mostly 9100.")]
Dots = Annotated[Literal[6, 8, 12, 24], Meta(description="8 for 203 dpi, 12 for 300 dpi, 24 for 600 dpi.")]


class NewLayout(Asked, frozen=True, kw_only=True):
    """Create a layout. Without positions the code stands at the left and the text beside it."""

    name: Line
    width_mm: Width
    height_mm: Height
    code_mm: CodeSize
    font_mm: FontSize
    lines: Lines
    code_left_mm: CodeLeft | None = None
    code_top_mm: CodeTop | None = None
    text_left_mm: TextLeft | None = None
    text_top_mm: TextTop | None = None


class LayoutPatch(Asked, frozen=True, kw_only=True):
    """Change a layout; what is left out stays, and so do labels that are queued."""

    name: Line | UnsetType = UNSET
    width_mm: Width | UnsetType = UNSET
    height_mm: Height | UnsetType = UNSET
    code_mm: CodeSize | UnsetType = UNSET
    font_mm: FontSize | UnsetType = UNSET
    lines: Lines | UnsetType = UNSET
    code_left_mm: CodeLeft | UnsetType = UNSET
    code_top_mm: CodeTop | UnsetType = UNSET
    text_left_mm: TextLeft | UnsetType = UNSET
    text_top_mm: TextTop | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class LayoutContent(Answer, frozen=True, kw_only=True):
    """What a layout says of a label."""

    name: str
    width_mm: float
    height_mm: float
    code_mm: float
    font_mm: float
    lines: list[LabelLine]
    code_left_mm: float
    code_top_mm: float
    text_left_mm: float
    text_top_mm: float
    active: bool


class Layout(LayoutContent, frozen=True, kw_only=True):
    """One layout."""

    id: UUID
    updated_at: datetime
    version: int


class LayoutVersion(Answer, frozen=True, kw_only=True):
    """A layout as it was from a moment on. changed_by: blank for what the product came with."""

    version: int
    content: LayoutContent
    changed_by: str
    changed_at: datetime


class LabelPreview(Asked, frozen=True, kw_only=True):
    """Draw a label as a layout would make it; nothing is kept or printed."""

    layout: NewLayout
    sample: (
        Annotated[str, Meta(max_length=40, description="The id or the code of a sample; left out: an example.")] | None
    ) = None


class DrawnText(Answer, frozen=True, kw_only=True):
    """One line of text. top_mm: its upper edge; fits: it is not expected to be cut off at width_mm."""

    line: LabelLine
    text: str
    left_mm: float
    top_mm: float
    width_mm: float
    font_mm: float
    fits: bool


class Drawing(Answer, frozen=True, kw_only=True):
    """A label as it comes out of a PDF; a printer draws a Data Matrix of the same size in place of the code.

    modules: the rows of the code from the top, `1` is dark.
    """

    width_mm: float
    height_mm: float
    code: str
    code_left_mm: float
    code_top_mm: float
    code_mm: float
    modules: list[str]
    texts: list[DrawnText]


class NewPrinter(Asked, frozen=True, kw_only=True):
    """Register a printer that takes ZPL over the network."""

    name: Line
    host: Host
    port: Port = 9100
    dots_per_mm: Dots = 8


class PrinterPatch(Asked, frozen=True, kw_only=True):
    """Change a printer; what is left out stays."""

    name: Line | UnsetType = UNSET
    host: Host | UnsetType = UNSET
    port: Port | UnsetType = UNSET
    dots_per_mm: Dots | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Printer(Answer, frozen=True, kw_only=True):
    """One printer. waiting and failed: jobs."""

    id: UUID
    name: str
    host: str
    port: int
    dots_per_mm: int
    active: bool
    waiting: int
    failed: int
    updated_at: datetime
    version: int


class NewPrint(Asked, frozen=True, kw_only=True):
    """Print labels of samples, of all samples in a box, or of a place; one of the three is said.

    reason: needed where one of them has a label already.
    """

    printer_id: Annotated[UUID, Meta(description="Where.")]
    layout_id: Annotated[UUID, Meta(description="How they look.")]
    samples: Annotated[list[str], Meta(max_length=200, description="Codes or ids of samples.")] = []
    box_id: Annotated[UUID | None, Meta(description="All samples that stand in this box.")] = None
    location_id: Annotated[UUID | None, Meta(description="The label of this place itself.")] = None
    copies: Annotated[int, Meta(ge=1, le=20, description="Of each.")] = 1
    reason: Annotated[
        str, Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", description="Why it is printed once more.")
    ] = ""


class Printed(Answer, frozen=True, kw_only=True):
    """How many labels were queued."""

    jobs: int
    codes: list[str]


class PrintJob(Answer, frozen=True, kw_only=True):
    """One label on its way. printed: the printer took all of it; failure: why it did not, until it does."""

    id: UUID
    printer_id: UUID
    printer: str
    sample_id: UUID | None
    location_id: UUID | None
    code: str
    copies: int
    again: bool
    reason: str
    state: JobState
    attempts: int
    failure: str
    requested_by: str
    created_at: datetime
    updated_at: datetime
    version: int
