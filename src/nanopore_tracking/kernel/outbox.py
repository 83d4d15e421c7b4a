"""The outbox as its relay sees it: batches of announced events, each event with the number that it keeps for ever.

A batch gets its numbers in one transaction and is deleted in a later one, after it was published. Whatever happens in
between, the batch is found again with the same events and the same numbers: duplicates, but never a gap, and never two
events with one number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.postgres import Database, Record, Transaction

Q = sql.load(Path(__file__).with_name("queries.sql"))

#: A batch is not larger than this, unless a single event is.
LARGEST_BATCH_BYTES = 4 << 20


@dataclass(frozen=True)
class Numbering:
    """Where the numbering of a source stands. batch: the positions of the numbered events before next_sequence."""

    epoch: int
    next_sequence: int
    batch: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """The number of the first event that may not be published yet."""
        return self.next_sequence - len(self.batch)


@dataclass(frozen=True)
class Announced:
    """An event of the outbox. payload: its envelope as JSON."""

    id: UUID
    type: str
    payload: str
    traceparent: str | None


@dataclass(frozen=True)
class Batch:
    """Numbered events that are to be published; the first has the number numbering.first."""

    numbering: Numbering
    events: tuple[Announced, ...] = ()


class Horizon:
    """Up to which position nothing can come any more, so that the search need not begin at the start of the table.

    Positions become visible in another order than they were given: what is lower than a visible one may still belong to
    a transaction that has not ended. A position is passed when all transactions that ran when it was seen have ended.
    """

    def __init__(self) -> None:
        self.position = 0
        self._candidate = 0
        self._newest = 0

    def saw(self, rows: Sequence[Record]) -> None:
        """Learn from the rows that a search after `position` found; to be called after its transaction committed."""
        oldest, newest = int(rows[0]["oldest"]), int(rows[0]["newest"])
        found = [int(row["position"]) for row in rows if row["position"] is not None]
        if self._candidate and oldest >= self._newest:
            # There may be more than what was found, unless nothing was.
            complete_to = found[-1] if found else self._candidate
            self.position = max(self.position, min(self._candidate, complete_to))
            self._candidate = 0
        if not self._candidate and found:
            self._candidate, self._newest = found[-1], newest


class Outbox:
    """The outbox of one source, for the one relay that works on it."""

    def __init__(self, db: Database, *, batch: int) -> None:
        """batch: the most events of one batch."""
        self._db = db
        self._limit = batch
        self._horizon = Horizon()

    def forget(self) -> None:
        """Forget what is known of the table: another relay may have worked on it, or it was restored."""
        self._horizon = Horizon()

    async def begin(self) -> None:
        """Make the numbering of the source if there is none yet."""
        await self._db.execute(Q.begin_numbering, source=self._db.name)

    async def waiting(self, *, all_of_it: bool = False) -> bool:
        """Return whether there is something to publish. all_of_it: look from the start of the table."""
        after = 0 if all_of_it else self._horizon.position
        return bool(await self._db.value(Q.waiting_after, after=after, source=self._db.name))

    async def size(self) -> tuple[int, float]:
        """Return how many events wait, and the age of the oldest one in seconds."""
        row = await self._db.row(Q.queue)
        assert row is not None
        return row["size"], row["age_s"]

    async def next(self, published: Batch | None, *, all_of_it: bool = False) -> Batch:
        """Delete what was published, number the next events, and return them; empty when there are none.

        published: what the caller published from the batch before; None when that is not known, and then the begun
        batch is returned again. Unavailable when another relay has moved the numbering on.
        """
        after = 0 if all_of_it else self._horizon.position
        async with self._db.transaction(Call.system(self._db.name)) as tx:
            numbering = await lock(tx, self._db.name)
            if published is not None:
                if numbering != published.numbering:
                    raise errors.Unavailable("Another replica publishes now. Nothing was changed.", type="not-leading")
                await tx.execute(Q.drop_published, positions=list(numbering.batch))
            elif numbering.batch:
                return await self._begun(tx, numbering)
            rows = await tx.rows(Q.next_announced, after=after, limit=self._limit, bytes=LARGEST_BATCH_BYTES)
            found = [row for row in rows if row["position"] is not None]
            batch = tuple(row["position"] for row in found)
            moved = Numbering(numbering.epoch, numbering.next_sequence + len(batch), batch)
            if moved != numbering:
                await move(tx, self._db.name, moved)
        self._horizon.saw(rows)
        return Batch(moved, tuple(_announced(row) for row in found))

    async def _begun(self, tx: Transaction, numbering: Numbering) -> Batch:
        rows = await tx.rows(Q.announced_at, positions=list(numbering.batch))
        if len(rows) != len(numbering.batch):
            raise RuntimeError("events of the begun batch are missing in the outbox; nothing more is published")
        return Batch(numbering, tuple(_announced(row) for row in rows))


async def lock(tx: Transaction, source: str) -> Numbering:
    """Return where the numbering stands; nobody else can move it until the transaction ends."""
    row = await tx.row(Q.lock_numbering, source=source)
    if row is None:
        raise errors.Unavailable("The numbering of the events has not begun. Nothing was changed.")
    return Numbering(row["epoch"], row["next_sequence"], tuple(row["batch"]))


async def move(tx: Transaction, source: str, numbering: Numbering) -> None:
    """Keep where the numbering stands."""
    await tx.execute(
        Q.move_numbering,
        source=source,
        epoch=numbering.epoch,
        next_sequence=numbering.next_sequence,
        batch=list(numbering.batch),
    )


async def renumber(tx: Transaction, source: str, *, epoch: int, told: Sequence[UUID]) -> Numbering:
    """Begin a new epoch; events that were told in an old one are not told again. Returns where the numbering stands."""
    numbering = await lock(tx, source)
    rows = await tx.rows(Q.drop_announced, ids=list(told))
    dropped = {row["position"] for row in rows}
    left = tuple(position for position in numbering.batch if position not in dropped)
    moved = Numbering(epoch, 1 + len(left), left)
    await move(tx, source, moved)
    return moved


def _announced(row: Record) -> Announced:
    return Announced(row["id"], row["type"], row["payload"], row["traceparent"])
