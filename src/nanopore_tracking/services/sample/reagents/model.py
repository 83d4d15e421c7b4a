"""Whether the lot of a kit has what a library takes of it."""

from collections.abc import Iterator
from datetime import date

from nanopore_tracking.contracts.api.sample.chain import Want
from nanopore_tracking.services.sample.chain.model import want
from nanopore_tracking.services.sample.kit_lots.model import KitLot


def needed(barcodes: int) -> int:
    """Return how many reactions a library takes: one for each of its barcodes, one without any."""
    return max(1, barcodes)


def usable(lot: KitLot | None, reactions: int, day: date) -> Iterator[Want]:
    """Yield what must be so of a lot that is in the inventory; of one that is only written nothing is known."""
    if lot is None:
        return
    yield want(
        "lot-here",
        met=lot.state != "discarded",
        message=f"{lot.name} {'was discarded' if lot.state == 'discarded' else 'is in the inventory'}.",
        how="Take another lot.",
        firm=True,
    )
    left = "reaction is left" if lot.left == 1 else "reactions are left"
    yield want(
        "lot-reactions",
        met=lot.left >= reactions,
        message=f"{lot.left} {left} of {lot.name}; the library takes {reactions}.",
        how="Take another lot, or let a facility manager say why this one is used.",
    )
    yield want(
        "lot-not-expired",
        met=day <= lot.expires_on,
        message=f"The last day of {lot.name} {'is' if day <= lot.expires_on else 'was'} {lot.expires_on.isoformat()}.",
        how="Take another lot, or let a facility manager say why this one is used.",
    )
