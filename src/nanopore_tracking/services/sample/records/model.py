"""At which stage which record is made, what it must say, and which records count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.records import (
    NewBasecalling,
    NewDecision,
    NewRecord,
    NewRun,
    RecordKind,
)
from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.services.sample.samples.model import Sample

_AHEAD = timedelta(minutes=5)
_KINDS: dict[type[Any], RecordKind] = {
    NewRun: "run",
    NewBasecalling: "basecalling",
    NewDecision: "decision",
}
#: The stages at which a record of a kind is made; a decision is made at any stage of an open sample.
MADE_AT: dict[RecordKind, tuple[Stage, ...]] = {
    "run": ("sequencing_run",),
    "basecalling": ("basecalling",),
}


class LoadingBefore(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded of a loading before runs were planned; no such record is made any more."""

    flow_cell_id: str
    product_code: str
    pores_available: int
    experiment_id: str
    planned_fmol: float
    few_pores_reason: str = ""


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """What the gates read of a delivery. code: blank where it was recorded before deliveries were things."""

    code: str = ""
    method: str
    verified_at: datetime | None = None
    released_by: str = ""
    received_at: datetime | None = None
    link_expires_at: datetime | None = None
    retention_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A record that counts, with its fields as they were sent."""

    id: UUID
    kind: RecordKind
    stage: Stage
    code: str
    said: NewRecord | LoadingBefore | Handover


def kind_of(asked: NewRecord) -> RecordKind:
    """Return the kind of a record."""
    return _KINDS[type(asked)]


def check(asked: NewRecord, *, now: datetime, actor: Actor) -> None:
    """Raise Invalid where the fields of a record contradict each other, Forbidden for a decision of no person."""
    wrong = []
    if isinstance(asked, NewRun):
        wrong += _times(now, started_at=asked.started_at, ended_at=asked.ended_at)
        if asked.ended_at is not None and asked.ended_at < asked.started_at:
            wrong.append(errors.FieldError("ended_at", "A run does not end before it starts."))
    elif isinstance(asked, NewDecision):
        if actor.kind != "person":
            raise errors.Forbidden("Only a person decides about a sample. Nothing was recorded; ask one.")
        if asked.verdict != "pass" and not asked.reason.strip():
            wrong.append(errors.FieldError("reason", f"The verdict {asked.verdict} needs a reason."))
    if wrong:
        said = " ".join(field.message for field in wrong)
        raise errors.Invalid(f"The record is not consistent. {said} Nothing was recorded.", fields=wrong)


def _times(now: datetime, **times: datetime | None) -> list[errors.FieldError]:
    late = [name for name, time in times.items() if time is not None and time > now + _AHEAD]
    return [errors.FieldError(name, "This is in the future.") for name in late]


def allowed(sample: Sample, kind: RecordKind) -> None:
    """Raise Conflict unless a record of this kind is made at the stage of the sample, and work on it goes on."""
    stages = MADE_AT.get(kind)
    if stages is not None and sample.stage not in stages:
        at = " and ".join(stages)
        message = f"it is at the stage {sample.stage}; a {kind} record is made at {at}"
    elif sample.status == "on_hold" and kind != "decision":
        message = "it is on hold; resume it first"
    elif not sample.open:
        message = f"it is {sample.status}"
    else:
        return
    raise errors.Conflict(
        f"No {kind} record can be made of the sample {sample.code}: {message}. Nothing was recorded.",
        type="not-allowed",
        stage=sample.stage,
        status_now=sample.status,
    )


def refusal(sample: Sample, asked: NewRecord, *, now: datetime, actor: Actor) -> errors.Problem | None:
    """Return why a record cannot be made of a sample now; None where it can."""
    try:
        check(asked, now=now, actor=actor)
        allowed(sample, kind_of(asked))
    except errors.Problem as problem:
        return problem
    return None


def said_already(sample: Sample, records: Sequence[Record], asked: NewRecord) -> bool:
    """Return whether a record of a sample that counts says at its present stage just what a new one would."""
    wanted = (kind_of(asked), details(asked))
    here = [record.said for record in records if record.stage == sample.stage]
    return any((kind_of(said), details(said)) == wanted for said in here if isinstance(said, NewRecord))


def details(asked: NewRecord) -> dict[str, Any]:
    """Return the fields of a record as they are kept: texts without space around them."""
    said: dict[str, Any] = msgspec.to_builtins(asked)
    del said["kind"]
    return {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
