"""What the sample service announces of instruments that sequence."""

from uuid import UUID

from nanopore_tracking.kernel.events import Event


class InstrumentTold(Event, frozen=True, kw_only=True):
    """A computer with MinKNOW is reached again, or is not any more; or one of its positions stands otherwise."""

    type = "instrument.told"

    agent: str
    host: str
    core_version: str
    reached: bool
    sentence: str
    positions: list[tuple[str, str]]


class RunTicked(Event, frozen=True, kw_only=True):
    """The numbers of a run went on; told every two minutes, or each half hour of the run where it goes faster."""

    type = "run.ticked"

    acquisition_id: UUID
    acquisition_run_id: str
    run_id: UUID | None
    state: str
    minute: int | None
    reads: int
    pass_bases: int


class RunStopConfirmed(Event, frozen=True, kw_only=True):
    """A person confirmed when a run shall end."""

    type = "run.stop_confirmed"

    run_id: UUID
    passed_basecalled_bases: int | None
    available_pores: float | None
    runtime: int | None
    sentence: str
    note: str
