"""What the sample service announces of run folders that were read, and of the reads in them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from nanopore_tracking.kernel.events import Event


class AcquisitionEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of an acquisition: what was read last, and which run it is."""

    acquisition_id: UUID
    reader: str
    folder: str
    state: str
    sentence: str
    problems: list[str]
    protocol_run_id: str
    experiment_id: str
    sample_id: str
    flow_cell_id: str
    position: str
    started_at: datetime | None
    ended_at: datetime | None
    reads: int | None
    bases: int | None
    pass_bases: int | None
    standing: str
    run_id: UUID | None
    match_reason: str


class AcquisitionRead(AcquisitionEvent, frozen=True, kw_only=True):
    """A run folder was read, and something in it was new."""

    type = "acquisition.read"


class AcquisitionMatched(AcquisitionEvent, frozen=True, kw_only=True):
    """It is known which planned run an acquisition is; by_rule: nobody had to say so."""

    type = "acquisition.matched"

    by_rule: bool


class AcquisitionSetAside(AcquisitionEvent, frozen=True, kw_only=True):
    """A person said that an acquisition is no planned run."""

    type = "acquisition.set_aside"


class StoredReadSet(Struct, frozen=True, kw_only=True):
    """The reads of one barcode. sample_id: None for reads of no sample; bases: all, pass_bases: None if not judged."""

    barcode: str
    alias: str
    kind: str
    sample_id: UUID | None
    reads: int
    bases: int
    pass_bases: int | None


class BasecallStored(Event, frozen=True, kw_only=True):
    """The reads of a basecalling of a run are known, or are known better than before."""

    type = "basecall.stored"

    basecall_id: UUID
    acquisition_id: UUID
    run_id: UUID
    model: str
    min_q: float | None
    read_sets: list[StoredReadSet]


class BasecallNamed(Event, frozen=True, kw_only=True):
    """A person said which model a summary was called with, as nothing in its folder does."""

    type = "basecall.named"

    basecall_id: UUID
    acquisition_id: UUID
    run_id: UUID
    summary: str
    model: str
    min_q: float | None
    reason: str
