"""By which of its ids a run folder is which planned run; where they do not all agree, a person says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.acquisitions import Candidate, Key, NewAcquisition, Standing
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.runfolders import splitting
from nanopore_tracking.runfolders.readings import Reading, RunIds

#: What weighs how much when candidates are ordered; the order is that of what is shown.
WEIGHTS: dict[Key, int] = {
    "protocol_run_id": 16,
    "flow_cell_id": 5,
    "experiment_id": 4,
    "sample_id": 3,
    "position": 1,
}
_SHOWN = 5
#: What has to agree where MinKNOW's own id of the run is not known to the plan.
_TOGETHER: frozenset[Key] = frozenset({"experiment_id", "sample_id", "flow_cell_id"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A planned run by what it can be known; texts are empty where the plan does not say them.

    cancelled: it is no more, so that only a person says that a folder is of it.
    """

    id: UUID
    code: str
    protocol_run_id: str
    experiment_id: str
    sample_id: str
    flow_cell_id: str
    position: str
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Acquisition:
    """An acquisition as it is stored, but for its figures."""

    id: UUID
    standing: Standing
    run_id: UUID | None
    matched_by: str
    match_reason: str
    content_hash: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Which run it is, if that is certain, and which ones it may be, the best first."""

    run: Planned | None
    candidates: Sequence[Candidate]


def match(ids: RunIds, planned: Sequence[Planned]) -> Match:
    """Return which planned run has these ids.

    Certain is one run alone that contradicts in nothing and has the protocol run id, or experiment, sample and flow
    cell together. A run that is started again in MinKNOW gets another protocol run id, and is the same one where all
    else is as before. A sample that was renamed after a crash, or another flow cell, is for a person to judge.
    """
    compared = [(run, compare(ids, run)) for run in planned]
    found = [(run, each) for run, each in compared if each.agrees]
    found.sort(key=lambda pair: (-_weight(pair[1].agrees), _weight(pair[1].differs), pair[0].code))
    open_ones = [(run, each) for run, each in found if not run.cancelled]
    certain = [run for run, each in open_ones if not each.differs and _enough(each.agrees)]
    certain = certain or [run for run, each in open_ones if _started_again(each)]
    return Match(
        run=certain[0] if len(certain) == 1 else None,
        candidates=[each for _, each in found[:_SHOWN]],
    )


def compare(ids: RunIds, run: Planned) -> Candidate:
    """Return what a folder and a plan both say, alike and otherwise; what one does not say is neither."""
    agrees: list[Key] = []
    differs: list[Key] = []
    for key in WEIGHTS:
        here, there = getattr(ids, key).strip().lower(), getattr(run, key).strip().lower()
        if here and there:
            (agrees if here == there else differs).append(key)
    return Candidate(run=run.code, agrees=agrees, differs=differs)


def _started_again(candidate: Candidate) -> bool:
    """Whether all but MinKNOW's id of the start is the same, the place of the run too."""
    return candidate.differs == ["protocol_run_id"] and set(candidate.agrees) >= {*_TOGETHER, "position"}


def _enough(agrees: Sequence[Key]) -> bool:
    return "protocol_run_id" in agrees or set(agrees) >= _TOGETHER


def _weight(keys: Sequence[Key]) -> int:
    return sum(WEIGHTS[key] for key in keys)


def require_reason(candidate: Candidate, reason: str) -> None:
    """Raise Invalid where a folder and a run contradict each other and nobody says why they are one all the same."""
    if candidate.differs and not reason:
        differing = ", ".join(key.replace("_", " ") for key in candidate.differs)
        message = f"The folder and {candidate.run} differ in {differing}. Say how you know that they are one."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("reason", message)])


def storable(asked: NewAcquisition) -> None:
    """Raise Invalid for texts with NUL, for several acquisitions at once, where a part has more than the whole."""
    if b"\\u0000" in msgspec.json.encode(asked):
        message = "A text in the reading has the character NUL, which cannot be kept."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("reading", message)])
    many = len(splitting.split(asked.reading))
    if many > 1:
        message = f"The reading is of {many} acquisitions; send each of them alone, as `nanopore-tracking ingest` does."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("reading", message)])
    summary = asked.reading.summary
    parts = [summary.whole] if summary else []
    runs = [*(summary.runs if summary else []), *(run for other in asked.reading.others for run in other.runs)]
    for run in runs:
        parts += [run.whole, *(each.part for each in run.barcodes)]
        names = [(each.barcode, each.alias) for each in run.barcodes]
        if len(names) != len(set(names)):
            message = "A barcode comes more than once in the figures of one run."
            raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("reading", message)])
    if any(part.pass_reads > part.reads or part.pass_bases > part.bases for part in parts):
        message = "The figures say that more passed than was read."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("reading", message)])


def values(reading: Reading) -> dict[str, Any]:
    """Return the columns that a reading fills. A folder that is gone says how it stands and nothing else."""
    told: dict[str, Any] = {"state": reading.state, "sentence": reading.sentence}
    if reading.state == "vanished":
        return told
    whole = reading.summary.whole if reading.summary else None
    final, report = reading.final, reading.report
    judged = whole is not None and whole.pass_reads + whole.fail_reads > 0
    return {
        **told,
        "problems": reading.problems[:200],
        "files": reading.files,
        "protocol_run_id": reading.ids.protocol_run_id,
        "acquisition_run_id": reading.acquisition_run_id,
        "acquisition_run_ids": reading.ids.acquisition_run_ids,
        "experiment_id": reading.ids.experiment_id,
        "sample_id": reading.ids.sample_id,
        "flow_cell_id": reading.ids.flow_cell_id,
        "position": reading.ids.position,
        "instrument": reading.ids.instrument,
        "started_at": final.started_at if final else None,
        "ended_at": _ended_at(reading),
        "reads": whole.reads if whole else report.reads if report else None,
        "bases": whole.bases if whole else None,
        "pass_bases": whole.pass_bases if whole and judged else report.pass_bases if report else None,
        "n50_bases": whole.n50_bases if whole else None,
        "mean_q": whole.mean_q if whole else None,
    }


def _ended_at(reading: Reading) -> datetime | None:
    return reading.final.stopped_at if reading.final else None


def ids(row: Mapping[str, Any]) -> RunIds:
    """Return all ids that are known of an acquisition, of its row: of the last reading, else of an earlier one."""
    return RunIds(**{key: row[key] for key in WEIGHTS})


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every event about an acquisition says, of its row."""
    left_out = (
        "id",
        "files",
        "acquisition_run_id",
        "acquisition_run_ids",
        "instrument",
        "n50_bases",
        "mean_q",
        "content_hash",
        "version",
    )
    more = ("matched_by", "candidates", "created_at", "updated_at")
    said = {name: value for name, value in row.items() if name not in (*left_out, *more)}
    return {"acquisition_id": row["id"], **said}


def subject(acquisition_id: UUID, folder: str) -> Subject:
    """Return how events name an acquisition."""
    return Subject("acquisition", str(acquisition_id), folder.rstrip("/").rpartition("/")[2][:100] or folder[:100])
