"""At which stage which record is made, what it must say, and which records count."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.records import (
    NewBasecalling,
    NewDecision,
    NewDelivery,
    NewLibrary,
    NewLoading,
    NewRecord,
    NewRun,
    RecordKind,
)
from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.services.sample.names import model as names
from nanopore_tracking.services.sample.samples.model import Sample

_AHEAD = timedelta(minutes=5)
_KINDS: dict[type[Any], RecordKind] = {
    NewLibrary: "library",
    NewLoading: "loading",
    NewRun: "run",
    NewBasecalling: "basecalling",
    NewDecision: "decision",
    NewDelivery: "delivery",
}
#: The stages at which a record of a kind is made; a decision is made at any stage of an open sample.
MADE_AT: dict[RecordKind, tuple[Stage, ...]] = {
    "library": ("library_prep",),
    "loading": ("sequencing_setup",),
    "run": ("sequencing_run",),
    "basecalling": ("basecalling",),
    "delivery": ("data_delivery", "delivered"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A record that counts, with its fields as they were sent."""

    id: UUID
    kind: RecordKind
    stage: Stage
    code: str
    said: NewRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Library:
    """The present library of a sample; pool: None where it is sequenced alone."""

    code: str
    pool: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolMate:
    """Another open sample whose present library is planned in the same pool; code: as the caller may know it."""

    code: str
    kit: str
    barcode: str | None


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
    elif isinstance(asked, NewLoading) and names.reserved(asked.library_id):
        wrong.append(errors.FieldError("library_id", "MinKNOW uses this name itself."))
    elif isinstance(asked, NewDelivery):
        wrong += _times(now, verified_at=asked.verified_at, received_at=asked.received_at)
    elif isinstance(asked, NewDecision):
        if actor.kind == "service":
            raise errors.Forbidden("Only a person decides about a sample. Nothing was recorded.")
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
    done = sample.status == "done" and kind == "delivery"
    if stages is not None and sample.stage not in stages:
        at = " and ".join(stages)
        message = f"it is at the stage {sample.stage}; a {kind} record is made at {at}"
    elif sample.status == "on_hold" and kind != "decision":
        message = "it is on hold; resume it first"
    elif not sample.open and not done:
        message = f"it is {sample.status}"
    else:
        return
    raise errors.Conflict(
        f"No {kind} record can be made of the sample {sample.code}: {message}. Nothing was recorded.",
        type="not-allowed",
        stage=sample.stage,
        status_now=sample.status,
    )


def details(asked: NewRecord, by: str) -> dict[str, Any]:
    """Return the fields of a record as they are kept: texts without space around them, who did it filled in."""
    said: dict[str, Any] = msgspec.to_builtins(asked)
    del said["kind"]
    said = {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
    if isinstance(asked, NewLibrary) and not said["operator"]:
        said["operator"] = by
    return said


def library_code(sample: Sample) -> str:
    """Return what people call the next library of a sample: `S26-000123-L1`."""
    return f"{sample.code}-L{sample.library_count + 1}"
