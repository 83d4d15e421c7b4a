"""Tries parked events again, in the order of each subject, with growing pauses, until a person has to decide."""

import asyncio
import contextlib

import structlog

from nanopore_tracking.kernel import deadletters
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.deadletters import Q
from nanopore_tracking.kernel.handling import TRANSIENT, Handling, read
from nanopore_tracking.kernel.leader import Seat
from nanopore_tracking.kernel.loops import Loop
from nanopore_tracking.kernel.postgres import Database, Record, Transaction
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.streams import Stored

_POLL_S = 0.5
_FORGET_S = 3600.0

_log = structlog.get_logger("inbox")


class Retries:
    """The parked events of one source, for the replica that follows it."""

    def __init__(self, db: Database, handling: Handling, seat: Seat, *, settings: KernelSettings) -> None:
        self._db = db
        self._handling = handling
        self._seat = seat
        self._attempts = settings.event_attempts
        self._first_delay_s = settings.event_first_delay_s
        self._longest_delay_s = settings.event_longest_delay_s
        self._forget_at_s = 0.0
        self._loop = Loop(f"parked {handling.source} events in {db.name}", self._round)

    async def start(self) -> None:
        """Begin."""
        self._loop.start()

    async def stop(self, patience_s: float = 5.0) -> None:
        """Finish the event at hand, within the time, and end."""
        await self._loop.stop(patience_s)

    async def run_due(self) -> int:
        """Try what is due; returns how many events were tried."""
        due = await self._db.rows(Q.due_letters, source=self._handling.source)
        tried = 0
        for row in due:
            if self._loop.stopping.is_set() or not self._seat.held:
                break
            tried += await self._try(row["id"])
        return tried

    def delay_s(self, attempts: int) -> float | None:
        """Return the pause after so many failed attempts; None when a person has to decide."""
        if attempts >= self._attempts:
            return None
        return float(min(self._longest_delay_s, self._first_delay_s * 2.0 ** min(attempts - 1, 60)))

    async def _round(self) -> None:
        tried = 0
        if self._seat.held:
            tried = await self.run_due()
            await self._forget()
            self._loop.well()
        if not tried:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._loop.stopping.wait(), _POLL_S)

    async def _try(self, letter_id: int) -> bool:
        """Try one event, in a transaction that nobody else decides in; False when it was not due any more."""
        async with self._db.transaction(Call.system(self._db.name)) as tx:
            await tx.row(Q.lock_watermark, source=self._handling.source)
            letter = await tx.row(Q.lock_due_letter, id=letter_id)
            if letter is None:
                return False
            try:
                async with tx.savepoint():
                    await self._handling.one(tx, read(_message(self._handling.source, letter)))
            except TRANSIENT:
                raise
            except Exception as failure:  # noqa: BLE001 (this is the edge of a handler: whatever it is, the event waits)
                await self._failed(tx, letter, failure)
                return True
            await tx.execute(Q.letter_done, id=letter_id)
            await tx.execute(Q.release_next, source=self._handling.source, subject_id=letter["subject_id"])
        _log.info("a parked event has had its effect", service=self._db.name, letter=letter_id, type=letter["type"])
        return True

    async def _failed(self, tx: Transaction, letter: Record, failure: Exception) -> None:
        delay_s = self.delay_s(letter["attempts"] + 1)
        await tx.execute(Q.letter_failed, id=letter["id"], error=deadletters.described(failure), delay_s=delay_s)
        if delay_s is None:
            _log.error(
                "an event waits for a person",
                service=self._db.name,
                letter=letter["id"],
                type=letter["type"],
                error=deadletters.described(failure),
            )

    async def _forget(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._forget_at_s:
            self._forget_at_s = now_s + _FORGET_S
            await self._db.execute(Q.forget_letters)


def _message(source: str, letter: Record) -> Stored:
    """Return a parked event as the message that it came as."""
    headers = {
        "Nanopore-Epoch": str(letter["epoch"]),
        "Nanopore-Sequence": str(letter["sequence"]),
        "Nanopore-Event-Id": str(letter["event_id"]),
    }
    return Stored(f"nanopore.{source}.{letter['type']}", 0, headers, letter["envelope"].encode())
