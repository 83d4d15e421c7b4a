"""Which barcode each row of a batch gets."""

from collections.abc import Iterator

from nanopore_tracking.services.sample.barcodes.model import Shelf


def numbers(shelf: Shelf, kit: str, first: int) -> Iterator[int | None]:
    """Yield the numbers of a kit's barcodes from the first one on, in order; None for ever where it has none."""
    found = shelf.set_of(kit)
    if found is None:
        while True:
            yield None
    yield from sorted(barcode.index for barcode in found.barcodes if barcode.index >= first)


def none_left(shelf: Shelf, kit: str, code: str) -> str:
    """Return the sentence for a row that no barcode is left for."""
    found = shelf.set_of(kit)
    many = len(found.barcodes) if found else 0
    name = found.code if found else kit
    return f"{name} has {many} barcodes, and none is left for {code}. Use a kit with more, or make a second batch."
