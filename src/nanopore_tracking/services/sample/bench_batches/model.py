"""What a batch at the bench is: which tube is where, what is done with it, and which lot may be used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.bench_batches import BatchTask, NewBatchPosition, NewBenchBatch, Thing
from nanopore_tracking.contracts.api.sample.measurements import Method, Quantity
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject

ROWS, COLUMNS = 8, 12
#: What can be measured of a library at the bench.
OF_LIBRARIES: frozenset[Quantity] = frozenset(
    {"concentration", "volume", "mass", "molarity", "fragment_mean_bp", "fragment_mode_bp"}
)

#: Row and column, both from 1.
Spot = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A batch as it is stored; samples, libraries: the code of each by its position."""

    id: UUID
    code: str
    name: str
    thing: Thing
    task: BatchTask
    quantity: Quantity | None
    method: Method | None
    kit: str
    kit_lot: str = ""
    lot_expires_on: date | None = None
    closed: bool = False
    version: int = 1
    samples: dict[str, str] = field(default_factory=dict)
    libraries: dict[str, str] = field(default_factory=dict)


def facts(batch: Batch) -> dict[str, Any]:
    """Return what every event about a batch says."""
    said = {name: getattr(batch, name) for name in Batch.__slots__ if name not in ("id", "version")}
    return {"batch_id": batch.id} | said


def subject(batch: Batch) -> Subject:
    """Return how events name a batch."""
    return Subject("batch", str(batch.id), batch.code)


def check(asked: NewBenchBatch) -> None:
    """Raise Invalid unless a batch says what is measured where something is, only there, and what its tubes hold."""
    _of_libraries(asked)
    said = {"quantity": asked.quantity, "method": asked.method}
    if asked.task == "measure":
        wrong = [errors.FieldError(name, "Measuring needs it.") for name, value in said.items() if value is None]
    else:
        wrong = [errors.FieldError(name, "Nothing is measured.") for name, value in said.items() if value is not None]
    if wrong:
        raise errors.Invalid(
            "A batch that measures says what and how; one that receives does not. Nothing was changed.", fields=wrong
        )


def _of_libraries(asked: NewBenchBatch) -> None:
    if any(
        (each.sample is None) == (each.library is None) or said(each, asked.thing) is None for each in asked.positions
    ):
        message = f"Each tube of this batch names one {asked.thing}, and nothing else."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("positions", message)])
    if asked.thing == "sample":
        return
    if asked.task != "measure":
        message = "Libraries are made here, not received."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("task", message)])
    if asked.quantity is not None and asked.quantity not in OF_LIBRARIES:
        message = f"Of libraries one of {', '.join(sorted(OF_LIBRARIES))} is measured."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("quantity", message)])


def said(tube: NewBatchPosition, thing: Thing) -> str | None:
    """Return what a tube is named by, None where it is of something else."""
    return tube.sample if thing == "sample" else tube.library


def spots(wanted: Sequence[NewBatchPosition]) -> list[Spot]:
    """Return where each tube stands, those without a position in the next free one; Invalid for one taken twice."""
    taken: dict[Spot, str] = {}
    for each in wanted:
        if each.position:
            spot = _spot(each.position)
            if spot in taken:
                raise errors.Invalid(
                    f"{name(spot)} is said of {taken[spot]} and of {_code(each)}. Nothing was changed; give one of "
                    "them another position.",
                    fields=[errors.FieldError("positions", "A position holds one tube.")],
                )
            taken[spot] = _code(each)
    free = _free(taken)
    return [_spot(each.position) if each.position else next(free) for each in wanted]


def _code(tube: NewBatchPosition) -> str:
    return tube.sample or tube.library or ""


def _spot(position: str) -> Spot:
    return ord(position[0].upper()) - 64, int(position[1:])


def _free(taken: dict[Spot, str]) -> Iterator[Spot]:
    """Yield the free positions, column by column, as plates are filled."""
    for column in range(1, COLUMNS + 1):
        for row in range(1, ROWS + 1):
            if (row, column) not in taken:
                yield row, column


def name(spot: Spot) -> str:
    """Return a position as it is written on a plate."""
    return f"{chr(64 + spot[0])}{spot[1]}"


def twice(code: str) -> errors.Invalid:
    """Return that a tube is in a batch twice."""
    return errors.Invalid(
        f"{code} is in this batch twice. Nothing was changed; take one of the two out.",
        fields=[errors.FieldError("positions", "A tube is in a batch once.")],
    )


def usable(lot: str, expires_on: date | None, *, today: date) -> None:
    """Raise Invalid for a lot without its last day or the other way round, Conflict `lot-expired` after that day."""
    if bool(lot) != (expires_on is not None):
        message = "A lot is said together with its last day. Nothing was changed."
        raise errors.Invalid(message, fields=[errors.FieldError("lot_expires_on", "Say both, or neither.")])
    if expires_on is not None and expires_on < today:
        raise errors.Conflict(
            f"The lot {lot} expired on {expires_on.isoformat()}. Nothing was changed; scan another lot.",
            type="lot-expired",
            expires_on=expires_on.isoformat(),
        )
