"""Exports: the selected samples as a file."""

from typing import Annotated, Literal

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Asked
from nanopore_tracking.contracts.api.sample.bulk import Selection

#: Samples that one file has at the most.
MOST = 100_000

Format = Literal["csv", "xlsx"]


class NewExport(Asked, frozen=True, kw_only=True):
    """Ask for the selected samples as a file, ordered by their codes."""

    selection: Selection
    format: Annotated[Format, Meta(description="Comma-separated text, or a workbook.")] = "csv"
