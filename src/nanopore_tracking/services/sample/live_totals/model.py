"""Whose the barcodes of a live run are, and what they add to what a sample has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.contracts.api.sample.acquisitions import ReadSetKind
from nanopore_tracking.contracts.api.sample.live import TickOfBarcode
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.read_sets.model import Whose


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """What a run gives a sample while it is read live, as no folder of it was read yet."""

    sample_id: UUID
    run_id: UUID
    run: str
    flow_cell: str
    reads: int
    pass_bases: int


def assigned(
    barcodes: Sequence[tuple[str, str]], tags: Sequence[Tag]
) -> Iterator[tuple[str, str, ReadSetKind, UUID | None]]:
    """Yield name, alias, kind and sample of each barcode. tags: of what is loaded; none where no run is known.

    Reads of a run without barcodes are of the only sample, where one was loaded.
    """
    samples = {tag.sample_id for tag in tags}
    whole = len(barcodes) == 1 and barcodes[0][0] == ""
    only = samples.pop() if whole and len(samples) == 1 else None
    known = Whose(tags)
    for barcode, alias in barcodes:
        kind, sample_id = ("expected", only) if only else known.of(barcode, alias)
        yield barcode, alias, kind, sample_id


def latest(barcodes: Sequence[TickOfBarcode]) -> dict[tuple[str, str], TickOfBarcode]:
    """Return barcodes by name and alias; of two with the same, the larger."""
    found: dict[tuple[str, str], TickOfBarcode] = {}
    for each in sorted(barcodes, key=lambda barcode: barcode.bases):
        found[each.barcode, each.alias] = each
    return found
