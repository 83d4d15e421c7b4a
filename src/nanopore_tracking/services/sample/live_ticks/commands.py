"""What is done so that pages hear of a run: its numbers, and that none come any more."""

from nanopore_tracking.contracts.events.sample.live import RunTicked
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.live_ticks import store

_LONGEST = 100


async def tell(tx: Transaction, run_id: str) -> None:
    """Announce how an acquisition stands now. run_id: MinKNOW's."""
    row = await store.state_of(tx, run_id)
    if row["run_id"]:
        subject = Subject("run", str(row["run_id"]), row["run_code"])
    else:
        name = row["folder"].rstrip("/").rpartition("/")[2] or row["folder"]
        subject = Subject("acquisition", str(row["acquisition_id"]), name[:_LONGEST])
    event = RunTicked(
        acquisition_id=row["acquisition_id"],
        acquisition_run_id=row["acquisition_run_id"],
        run_id=row["run_id"],
        state=row["state"],
        minute=row["minute"],
        reads=row["reads"],
        pass_bases=row["pass_bases"],
    )
    tx.announce(event, subject=subject)
    await store.set_told(tx, row["id"], row["minute"])
