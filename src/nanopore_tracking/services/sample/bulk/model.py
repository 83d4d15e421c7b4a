"""What a bulk change means for one sample, what its undo means, and how results are told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.bulk import (
    BulkPreview,
    BulkReason,
    BulkResult,
    BulkUndo,
    Change,
    Decide,
    Kind,
    Move,
    Outcome,
    Receive,
    SampleFilters,
    ScannedSample,
    ScannedSamples,
    ScanProblem,
    Selection,
)
from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.api.sample.records import NewBasecalling, NewDecision, NewRecord
from nanopore_tracking.contracts.events.sample.samples import RecordState
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples.model import Sample
from nanopore_tracking.services.sample.stages.model import Asked

#: The name of the job that works on groups.
JOB = "bulk"
#: Samples that are changed in one transaction.
GROUP = 100
#: Refused samples that a preview names.
NAMED = 200
#: What a transition changes of a sample.
PLACE = ("stage", "status", "exit", "status_reason", "stage_entered_at")

#: Of each changed field what it was and what it became, as JSON has it.
Changes = Mapping[str, Sequence[Any]]
Operation = Move | Change | Receive | Decide
#: A transition, an arrival, a record, new values of CHANGEABLE, or why there is none of these.
Intent = Asked | NewCustodyEvent | NewRecord | dict[str, Any] | errors.Problem
#: Jobs that add to what is only ever added to, and what is done instead of undoing them.
ADDED: Mapping[Kind, str] = {
    "receive": "What happened to a tube is only added to. Nothing was undone; record on the sample's page what "
    "happened since, such as that the tube was returned or lost.",
    "basecall": "Records are only added to. Nothing was undone; record the right basecalling, which counts instead.",
    "decide": "Decisions are only added to. Nothing was undone; record the right decision, which counts instead.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job as it is stored. labs: those that its actor could see, None for all."""

    id: UUID
    kind: Kind
    operation: Mapping[str, Any]
    undoes: UUID | None
    may_override: bool
    actor: Actor
    labs: Sequence[UUID] | None
    total: int
    groups_left: int
    finished_at: datetime | None
    version: int

    @property
    def request_id(self) -> str:
        """Under which request id the audit log has each change of this job."""
        return f"bulk-{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One sample of a job. said: what is asked of it alone.

    changes, measurements: what the job that is undone did with it, and what it recorded.
    """

    sample_id: UUID
    said: Any = None
    changes: Changes = field(default_factory=dict)
    measurements: Sequence[UUID] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one sample. measurements: those that were recorded, or by an undo declared not to count."""

    sample_id: UUID
    outcome: Outcome
    reason: str = ""
    message: str = ""
    changes: Changes = field(default_factory=dict)
    measurements: Sequence[UUID] = ()


def chosen(selection: Selection) -> dict[str, Any]:
    """Return a selection as the filters of the list of samples; Invalid unless it says one thing."""
    said = [name for name in ("ids", "codes", "filters") if getattr(selection, name) is not None]
    if len(said) != 1:
        message = "Say which samples: by their ids, by their codes, or by filters; one of these."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("selection", message)])
    if selection.ids is not None:
        return {"ids": list(dict.fromkeys(selection.ids))}
    if selection.filters is None:
        return {"codes": list(dict.fromkeys(code.strip().upper() for code in selection.codes or ()))}
    return {name: getattr(selection.filters, name) for name in SampleFilters.__struct_fields__}


def counted(selection: Selection, found: int, most: int) -> None:
    """Raise unless so many samples can be worked on: Invalid for too many, Conflict for others than were seen."""
    if not found:
        raise errors.NotFound("No sample that you may see is selected. Nothing was changed.")
    if found > most:
        message = f"More than {most:,} samples match. Narrow the filters down; nothing was changed."
        raise errors.TooLarge(message, fields=[errors.FieldError("selection", message)])
    named = chosen(selection)
    wanted = selection.count if selection.filters is not None else len(named.get("ids") or named["codes"])
    if wanted is not None and wanted != found:
        there = f"{found:,} {'sample is' if found == 1 else 'samples are'} found"
        message = f"{there} and {wanted:,} were selected. Nothing was changed; look at them again."
        raise errors.Conflict(message, type="selection-changed")


def intent(operation: Operation, sample: Sample, *, may_override: bool, person: bool) -> Intent:
    """Return what a sample is to do. person: a person asks for it, no program."""
    if isinstance(operation, Move):
        reason = operation.reason.strip()
        return Asked(to=operation.to, reason=reason, override=operation.override, may_override=may_override)
    if isinstance(operation, Receive):
        return arrival(operation)
    if isinstance(operation, Decide):
        return decision(operation)
    try:
        return samples.changed(sample, labs.asked(operation), person=person)
    except errors.Problem as problem:
        return problem


def arrival(operation: Receive) -> NewCustodyEvent:
    """Return the custody event that each tube of an arrival is told by."""
    return NewCustodyEvent(kind="received", **msgspec.structs.asdict(operation))


def decision(operation: Decide) -> NewDecision:
    """Return the record that is made of each sample that is decided about."""
    return NewDecision(**msgspec.structs.asdict(operation))


def basecalling(item: Item) -> NewBasecalling:
    """Return the record that is asked of one sample alone."""
    return msgspec.convert(item.said, NewBasecalling)


def undoing(sample: Sample, changes: Changes, reason: str) -> Intent:
    """Return what takes a change back; Conflict where the sample was changed since, or the rules know no way."""
    now = _as_json({name: getattr(sample, name) for name in changes})
    since = [name for name, (_, after) in changes.items() if now[name] != after]
    if since:
        said = ", ".join(name.replace("_", " ") for name in since)
        message = f"The sample {sample.code} was changed since: {said}. It stays as it is."
        return errors.Conflict(message, type="changed-since")
    if "stage" not in changes:
        before = {name: was for name, (was, _) in changes.items()}
        return {name: getattr(sample, name) for name in samples.CHANGEABLE} | before
    return Asked(to=_way_back(changes), reason=reason, override=False, may_override=False)  # type: ignore[arg-type]


def _way_back(changes: Changes) -> str:
    before, after = ({name: pair[place] for name, pair in changes.items()} for place in (0, 1))
    if before["stage"] != after["stage"]:
        return str(before["stage"])
    if before["exit"] is not None:
        return str(before["exit"])
    return "on_hold" if before["status"] == "on_hold" else "resumed"


def compared(before: Sample, after: Sample, *, moved: bool) -> Changes:
    """Return what a change is undone by: all of its place for a transition, else the fields that differ."""
    names = PLACE if moved else samples.CHANGEABLE
    was, now = (_as_json({name: getattr(each, name) for name in names}) for each in (before, after))
    return {name: (was[name], now[name]) for name in names if moved or was[name] != now[name]}


def recorded(said: RecordState) -> Changes:
    """Return what a new record says, as the result of its sample tells it."""
    told = {name: value for name, value in said.details.items() if name != "read_sets" and value not in (None, "")}
    sets = said.details.get("read_sets") or []
    told |= {name: sum(each[name] for each in sets) for name in ("reads", "bases_pass_bp") if sets}
    return {name: (None, value) for name, value in told.items()}


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(dict(values))
    return found


def refused(sample_id: UUID, problem: errors.Problem) -> Result:
    """Return the result of a sample that may not be changed, with what it lacks."""
    return Result(sample_id=sample_id, outcome="refused", reason=problem.type, message=problem.message)


def unknown(sample_id: UUID) -> Result:
    """Return the result of a sample that whoever asked may not see any more."""
    message = "There is no such sample any more, or none that you may see."
    return Result(sample_id=sample_id, outcome="refused", reason="not-found", message=message)


def preview(samples_: Iterable[Sample], results: Sequence[Result]) -> BulkPreview:
    """Return what would become of samples, in their order."""
    counts = Counter(result.outcome for result in results)
    named = {sample.id: sample for sample in samples_}
    refusals = [result for result in results if result.outcome == "refused"]
    reasons = Counter(result.reason for result in refusals)
    first = {result.reason: result.message for result in reversed(refusals)}
    return BulkPreview(
        total=len(results),
        will_change=counts["changed"],
        unchanged=counts["unchanged"],
        will_not=counts["refused"],
        reasons=[BulkReason(reason=name, samples=many, message=first[name]) for name, many in reasons.most_common()],
        refused=[
            BulkResult(
                sample_id=result.sample_id,
                code=named[result.sample_id].code,
                name=named[result.sample_id].name,
                outcome="refused",
                reason=result.reason,
                message=result.message,
            )
            for result in refusals[:NAMED]
        ],
    )


def undoable(job: Job, asked: BulkUndo) -> str:
    """Return the reason for which a job is taken back; Conflict where it cannot be."""
    if job.finished_at is None:
        raise errors.Conflict("The job is still running. Nothing was undone; wait for its end.", type="not-allowed")
    if job.kind == "undo":
        message = "An undo is not undone itself. Nothing was changed; make the change again instead."
        raise errors.Conflict(message, type="not-allowed")
    if job.kind in ADDED:
        raise errors.Conflict(ADDED[job.kind], type="not-allowed")
    reason = asked.reason.strip()
    labs.require({"reason": reason}, "reason")
    return reason


def scanned(codes: Sequence[str], found: Mapping[str, UUID | None], samples_: Mapping[UUID, Sample]) -> ScannedSamples:
    """Return the samples of scanned codes. found: the sample's id by code; samples_: those that may be seen."""
    seen: dict[UUID, ScannedSample] = {}
    problems = []
    for said in codes:
        sample = samples_.get(found.get(said) or UUID(int=0))
        if sample is None:
            message = f"No sample and no tube that you may see has the code {said}."
            problems.append(ScanProblem(said=said, reason="unknown", message=message))
        elif sample.id in seen:
            before = seen[sample.id].said
            message = f"{sample.code} was scanned before{f', as {before}' if before != said else ''}; it counts once."
            problems.append(ScanProblem(said=said, reason="doubled", message=message))
        else:
            seen[sample.id] = ScannedSample(said=said, sample_id=sample.id, code=sample.code, name=sample.name)
    return ScannedSamples(samples=list(seen.values()), problems=problems)
