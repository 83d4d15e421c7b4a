"""The shape of a page that is drawn because its file has none: texts in lines, frames, and the heads of a sheet.

Places are in points from the top left corner of the page.
"""

from dataclasses import dataclass, field
from typing import Protocol

from nanopore_tracking.services.ai.readings.model import Box

#: Of the sums by which pages are made: a picture by another version does not fit the places of a reading.
VERSION = 1
#: Pages that a sheet or a document is given; what is behind them has no picture, which is told.
MOST_PAGES = 200
#: Letters, lines, and the white around.
SIZE_PT, LINE_PT, PAD_PT, MARGIN_PT = 8.0, 10.4, 3.0, 28.0

Spot = tuple[int, Box]


@dataclass(frozen=True, slots=True)
class Piece:
    """A text in one line, which is as wide as its box."""

    text: str
    box: Box
    bold: bool = False


@dataclass(kw_only=True)
class Leaf:
    """One page. heads: letters and numbers around a sheet, with the places that they are in the middle of."""

    number: int
    width_pt: float
    height_pt: float
    pieces: list[Piece] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)
    heads: list[tuple[str, Box]] = field(default_factory=list)


class Printed(Protocol):
    """The pages of a sheet or of a document."""

    @property
    def cut(self) -> bool:
        """Tell whether there is more than is on them."""

    @property
    def sizes(self) -> list[tuple[int, float, float]]:
        """Return number, width and height of each page."""

    def at(self, box: Box) -> Spot | None:
        """Return where the text of a place of the layout is, None where it is on no page."""

    def drawn(self, number: int) -> Leaf | None:
        """Return a page with all that stands on it, None where there is no such page."""


def rounded(box: Box) -> Box:
    """Return a place as it is told."""
    left, top, right, bottom = box
    return round(left, 2), round(top, 2), round(right, 2), round(bottom, 2)
