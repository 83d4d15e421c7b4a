"""The basecallings of many samples as one sheet: a template to fill in, what is wrong with each cell, and one job."""

from typing import Annotated

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.bulk import BulkPreview, Selection
from nanopore_tracking.contracts.api.sample.edits import CellProblem

#: Lines of one sheet.
MOST = 2_000


class BasecallingTemplate(Asked, frozen=True, kw_only=True):
    """For which samples a sheet is to be filled in."""

    selection: Selection


class BasecallingSheet(Asked, frozen=True, kw_only=True):
    """A sheet as CSV, with the columns of the template; commas, semicolons or tabs between the cells.

    A line is one read set. Several lines of one sample are one record with several read sets, each of another barcode.
    """

    sheet: Annotated[str, Meta(min_length=1, max_length=900_000)]


class BasecallingLine(Answer, frozen=True, kw_only=True):
    """One line as it was read, and what is wrong with it; line: its number in the file, the headings being line 1."""

    line: int
    sample: str
    cells: dict[str, str]
    problems: list[CellProblem]


class BasecallingCheck(Answer, frozen=True, kw_only=True):
    """What is wrong with each cell; nothing was changed.

    preview: what would become of each sample, null while any cell is wrong.
    """

    columns: list[str]
    lines: list[BasecallingLine]
    wrong: int
    preview: BulkPreview | None
