"""Which minutes are new, when pages are told of them, and for how long each is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from nanopore_tracking.contracts.api.sample.live import NewTick, TickOfBarcode
from nanopore_tracking.kernel import errors

#: Pages are told after so long, or after so many minutes of the run where that comes first.
TOLD_AFTER, TOLD_MINUTES = timedelta(minutes=2), 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """An acquisition that is read live, as it is stored."""

    id: UUID
    minute: int | None
    told_at: datetime | None
    told_minute: int | None
    state: str


def checked(ticks: Sequence[NewTick], run_id: str) -> None:
    """Raise Invalid where minutes are not in order, or where a part has more than the whole."""
    minutes = [tick.minute for tick in ticks]
    message = ""
    if minutes != sorted(set(minutes)):
        message = "The minutes are not in order, or one comes twice."
    elif any(_too_much(tick) for tick in ticks):
        message = "More passed than was read."
    if message:
        found = [errors.FieldError("ticks", f"{run_id}: {message}")]
        raise errors.Invalid(f"{message} Nothing was changed.", fields=found)


def _too_much(tick: NewTick) -> bool:
    parts: list[NewTick | TickOfBarcode] = [tick, *tick.barcodes]
    return any(each.pass_reads > each.reads or each.pass_bases > each.bases for each in parts)


def new(ticks: Sequence[NewTick], known: int | None) -> list[NewTick]:
    """Return the minutes that are not known yet; one that comes again is the same one."""
    return [tick for tick in ticks if known is None or tick.minute > known]


def due(before: Live, *, minute: int | None, state: str, at: datetime) -> bool:
    """Tell whether pages should hear of it now."""
    if before.told_at is None or state != before.state:
        return True
    if minute is None or minute == before.told_minute:
        return False
    return at - before.told_at >= TOLD_AFTER or minute - (before.told_minute or 0) >= TOLD_MINUTES
