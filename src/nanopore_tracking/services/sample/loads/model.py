"""What a load must say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from nanopore_tracking.contracts.api.sample.loads import NewLoad
from nanopore_tracking.kernel import errors

_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfRun:
    """What a load needs of the run that it is for."""

    id: UUID
    code: str
    state: str
    flow_cell_id: UUID
    override_reason: str


def check(asked: NewLoad, *, now: datetime) -> None:
    """Raise Invalid where a load does not say what its kind requires."""
    wrong = []
    if asked.kind in ("load", "reload"):
        if (asked.pool is None) == (asked.library is None):
            wrong.append(errors.FieldError("pool", "Name the pool or the library that is loaded, one of the two."))
        if asked.volume_ul is None:
            wrong.append(errors.FieldError("volume_ul", "Say how much is loaded."))
    elif asked.pool is not None or asked.library is not None or asked.run is not None:
        wrong.append(errors.FieldError("pool", f"Nothing is loaded by a {asked.kind}."))
    if asked.loaded_at is not None and asked.loaded_at > now + _AHEAD:
        wrong.append(errors.FieldError("loaded_at", "This is in the future."))
    if wrong:
        said = " ".join(each.message for each in wrong)
        raise errors.Invalid(f"The {asked.kind} is not complete. {said} Nothing was recorded.", fields=wrong)


def of_run(run: OfRun | None, *, cell_id: UUID, held_by: str | None, name: str) -> None:
    """Raise Conflict where the flow cell is not the run's, or another run has reserved it."""
    if run is not None and run.flow_cell_id != cell_id:
        raise errors.Conflict(
            f"The run {run.code} is planned on another flow cell than {name}. Nothing was recorded.", type="not-allowed"
        )
    if run is not None and run.state not in ("starting", "running", "paused"):
        raise errors.Conflict(
            f"The run {run.code} is {run.state.replace('_', ' ')}; start it before {name} is loaded for it. Nothing "
            "was recorded.",
            type="not-allowed",
        )
    if held_by is not None and (run is None or run.code != held_by):
        raise errors.Conflict(
            f"The run {held_by} has reserved {name}. Nothing was recorded; name that run, or free it there.",
            type="not-allowed",
        )
