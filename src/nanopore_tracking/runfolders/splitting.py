"""One reading for each acquisition of a folder: reads of several run ids are never added up as if they were one run."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from nanopore_tracking.counting import counted
from nanopore_tracking.runfolders import reports
from nanopore_tracking.runfolders.figures import RunFigures, SummaryFigures, Told, gigabases
from nanopore_tracking.runfolders.inventory import folder_name
from nanopore_tracking.runfolders.readings import OtherBasecalling, Reading, RunIds, State

_UUID = 36
_FOREIGN = "These reads are of another run than the folder is of; the final summary of that run is not here."
_UNSAID = "Nothing in the folder says which of its {} it is of, so a person says which run each of them is."
_SEVERAL = "The folder has reads of {}; each of them is an acquisition of its own here. This one: {}."
_NONE_OF_IT = "The run {}; the summary in its folder is of another run, so its reads are not known."
_ENDS: dict[State, str] = {"writing": "is still being written", "unfinished": "did not end well"}


def split(reading: Reading) -> list[Reading]:
    """Return a reading for each run id of the summaries, the folder's own first; as it is where there is only one.

    Which run ids are the folder's own is said by the final summary, the report and the name of the folder. Where they
    say it, the others are of other runs, and nothing that the folder says is said of them. Where nothing says it, what
    the folder says of flow cell and position may be true of each, but no run is known by it.
    """
    if reading.summary is None or not reading.summary.runs:
        return [reading]
    if len(reading.summary.runs) == 1 and reading.acquisition_run_id:
        return [reading]
    own = own_ids(reading)
    parts = _parts(reading, own)
    many = len(parts)
    mine = [part for part in parts if _said(_run(part).run_id, own) == "own"]
    unsaid = [part for part in parts if _said(_run(part).run_id, own) == "unsaid"]
    if not mine and len(unsaid) == 1:
        mine, unsaid = unsaid, []
    others = [part for part in parts if part not in mine and part not in unsaid]
    # The tables of a folder are of one course; the largest acquisition has it, so that it is not told twice.
    mine = [part if place == 0 else _without_course(part) for place, part in enumerate(mine)]
    first = [_own(part, many=many, alone=len(mine) == 1) for part in mine]
    if others and not first and not unsaid:
        first = [_without(reading)]
    return [
        *first,
        *(_unsaid(part, many=many) for part in unsaid),
        *(_foreign(part, many=many) for part in others),
    ]


def _parts(reading: Reading, own: set[str]) -> list[Reading]:
    """Return the reading as one for each run id, by the summary that counts, else by the first other one that has it.

    A run id of another summary that is the folder's own, as one that was seen is, is another basecalling of that
    where one names the acquisition and the other the protocol run; else it is another acquisition.
    """
    assert reading.summary is not None
    parts = [_of(reading, run, told=reading.summary.told, name=reading.summary_name) for run in reading.summary.runs]
    for other in reading.others:
        seen = {_run(part).run_id for part in parts}
        known = {len(run_id) == _UUID for run_id in seen if _said(run_id, own) == "own"}
        parts += [
            _of(reading, run, told=other.told, name=other.summary_name)
            for run in other.runs
            if run.run_id not in seen and not (known - {len(run.run_id) == _UUID} and _said(run.run_id, own) == "own")
        ]
    return sorted(parts, key=lambda part: (-_run(part).whole.bases, _run(part).run_id))


def _of(reading: Reading, run: RunFigures, *, told: Told, name: str) -> Reading:
    summary = SummaryFigures(told=told, whole=run.whole, runs=[run])
    return msgspec.structs.replace(reading, summary=summary, summary_name=name)


def _run(part: Reading) -> RunFigures:
    """Return the only run of a part."""
    assert part.summary is not None
    (run,) = part.summary.runs
    return run


def own_ids(reading: Reading) -> set[str]:
    """Return the run ids that the folder says are its own; the begin of an id ends with a star. Empty: it says none."""
    final, report = reading.final, reading.report
    said = {final.protocol_run_id, final.acquisition_run_id} if final else set()
    said |= {each.acquisition_run_id for each in reading.finals}
    if report is not None:
        said |= {report.protocol_run_id, report.acquisition_run_id, *report.acquisition_run_ids}
    named = folder_name(Path(reading.folder))
    return (said - {""}) | ({f"{named.protocol_run}*"} if named else set())


def _said(run_id: str, own: set[str]) -> str:
    """Return whether a run id is `own`, `foreign`, or `unsaid`: an acquisition is not compared with a protocol run."""
    is_protocol_run = len(run_id) == _UUID
    if not run_id:
        return "unsaid"
    if run_id in own or (is_protocol_run and any(run_id.startswith(each[:-1]) for each in own if each.endswith("*"))):
        return "own"
    like = any((len(each) == _UUID or each.endswith("*")) == is_protocol_run for each in own)
    return "foreign" if like else "unsaid"


def _own(part: Reading, *, many: int, alone: bool) -> Reading:
    """Return the reading of one of the folder's own acquisitions. alone: it is the only one of them."""
    run = _run(part)
    named = "" if len(run.run_id) == _UUID else run.run_id or (part.final.acquisition_run_id if part.final else "")
    beside = _beside(part, own_ids(part) if alone else {run.run_id})
    part = _its_own(part, named)
    if many == 1:
        return msgspec.structs.replace(part, acquisition_run_id=named, others=beside)
    state: State = "empty" if part.state == "complete" and not run.whole.reads else part.state
    ended = {"complete": "is complete", "empty": "has no reads", **_ENDS}.get(state, "is as before")
    return msgspec.structs.replace(
        part,
        state=state,
        sentence=f"The run {ended}: {_reads(run)} in this acquisition.",
        ids=msgspec.structs.replace(part.ids, acquisition_run_ids=[named] if named else []),
        acquisition_run_id=named,
        others=beside,
        problems=[*part.problems, _several(many, run)],
    )


def _its_own(part: Reading, acquisition_run_id: str) -> Reading:
    """Return a part with the final summary of its acquisition, and what the report says of that one."""
    final, report = part.final, part.report
    of_it = next((each for each in part.finals if each.acquisition_run_id == acquisition_run_id != ""), final)
    told = reports.of(report, acquisition_run_id) if report is not None else None
    return msgspec.structs.replace(part, final=of_it, finals=[], report=told)


def _without_course(part: Reading) -> Reading:
    return msgspec.structs.replace(part, pores=None, minutes=[], counted=[], temperatures=[])


def _without(reading: Reading) -> Reading:
    """Return what a folder says of its own run where the summary in it is of other runs alone."""
    own = own_ids(reading)
    ids = msgspec.structs.replace(
        reading.ids, acquisition_run_ids=[run for run in reading.ids.acquisition_run_ids if run in own]
    )
    state: State = "complete" if reading.state == "empty" else reading.state
    return msgspec.structs.replace(
        reading,
        ids=ids,
        state=state,
        sentence=_NONE_OF_IT.format(_ENDS.get(state, "is complete")),
        acquisition_run_id=reading.final.acquisition_run_id if reading.final else "",
        summary=None,
        summary_name="",
        others=[],
    )


def _foreign(part: Reading, *, many: int) -> Reading:
    said = [_several(many, _run(part))] if many > 1 else []
    return _bare(part, ids=RunIds(), said=[*said, _FOREIGN])


def _unsaid(part: Reading, *, many: int) -> Reading:
    told = part.ids
    ids = RunIds(flow_cell_id=told.flow_cell_id, position=told.position, instrument=told.instrument)
    unsaid = _UNSAID.format(counted(many, "run id"))
    return _bare(part, ids=ids, said=[*part.problems, _several(many, _run(part)), unsaid])


def _bare(part: Reading, *, ids: RunIds, said: Sequence[str]) -> Reading:
    """Return a reading that has the reads of one run id, and nothing of the files that are of the folder's run."""
    run = _run(part)
    state: State = "writing" if part.state == "writing" else "unfinished" if run.whole.reads else "empty"
    return Reading(
        folder=part.folder,
        state=state,
        sentence=f"{_reads(run)} of {_id(run)}; no final summary in the folder is of it.",
        ids=msgspec.structs.replace(ids, acquisition_run_ids=[run.run_id] if run.run_id else []),
        acquisition_run_id=run.run_id or "-",
        problems=list(said),
        files=part.files,
        summary=part.summary,
        others=_beside(part, {run.run_id}),
        summary_name=part.summary_name,
    )


def _beside(part: Reading, own: set[str]) -> list[OtherBasecalling]:
    """Return the other basecallings of a part's acquisition, without their course; own: the run ids that it has."""
    found = []
    for other in part.others:
        mine = [each for each in other.runs if each.run_id == _run(part).run_id or _said(each.run_id, own) == "own"]
        if len(mine) == 1 and other.summary_name != part.summary_name:
            bare = msgspec.structs.replace(mine[0], times=[], channels=[], lengths=[], qualities=[], ends=[])
            found.append(msgspec.structs.replace(other, runs=[bare]))
    return found


def _several(many: int, run: RunFigures) -> str:
    return _SEVERAL.format(counted(many, "run id"), _id(run))


def _id(run: RunFigures) -> str:
    return f"the run id {run.run_id[:40]}" if run.run_id else "the reads that name no run"


def _reads(run: RunFigures) -> str:
    return f"{counted(run.whole.reads, 'read')}, {gigabases(run.whole.bases)}"
