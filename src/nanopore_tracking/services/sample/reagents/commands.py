"""What is done with the lot of a library's kit: take from it when the library is prepared, give it back."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.kit_lots import NewLotUse
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.kit_lots import commands as lots
from nanopore_tracking.services.sample.kit_lots import store as lot_store
from nanopore_tracking.services.sample.kit_lots.model import KitLot


async def take(tx: Transaction, lot: KitLot, *, library_id: UUID, code: str, reactions: int, reason: str) -> None:
    """Take the reactions of a library from a lot, as many as there are; what is missing was decided on before."""
    taken = min(reactions, lot.left)
    if taken > 0:
        use = NewLotUse(kind="library", used_for=code, reactions=taken, reason=reason)
        await lots.take(tx, lot.id, use, may_override=True, library_id=library_id)


async def give_back(tx: Transaction, *, library_id: UUID, code: str, reason: str) -> None:
    """Give back what was taken for a library."""
    for lot_id, reactions in (await lot_store.taken_for_library(tx, library_id)).items():
        use = NewLotUse(kind="library", used_for=code, reactions=reactions, reason=reason)
        await lots.give_back(tx, lot_id, use, library_id=library_id)
