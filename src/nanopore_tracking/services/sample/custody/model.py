"""What a custody event must say, where the container is after it, and whether all events fit together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import ContainerStatus
from nanopore_tracking.contracts.api.sample.custody import Condition, NewCustodyEvent, ToldKind
from nanopore_tracking.contracts.events.sample import CustodyState
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.containers.model import Container
from nanopore_tracking.services.sample.locations.model import NOWHERE, Spot
from nanopore_tracking.services.sample.samples.model import Sample

_AHEAD = timedelta(minutes=5)
_PLACES = ("stored", "moved", "checked_in")
_EXPLAINED = ("returned", "destroyed", "lost", "damaged", "transferred")
#: After these the container is in no place of the facility that is known.
_GONE: dict[str, ContainerStatus] = {
    "returned": "returned",
    "destroyed": "destroyed",
    "lost": "lost",
    "consumed": "consumed",
}
#: After these somebody has it in their hands, unless a place is said.
_TAKEN = ("checked_out", "transferred")
_BACK = ("received", *_PLACES)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What custody says of a tube now; condition: the last one that was stated; received: it ever was."""

    received: bool
    condition: Condition | None


def held(events: Sequence[tuple[ToldKind, Condition | None]]) -> Held:
    """Return what the events of a tube, in their order, say of it."""
    stated = [condition or ("other" if kind == "damaged" else None) for kind, condition in events]
    conditions: list[Condition] = [condition for condition in stated if condition is not None]
    return Held(received="received" in {kind for kind, _ in events}, condition=conditions[-1] if conditions else None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """What is to be recorded of a container. spot: where it was put, None where nothing was said of that."""

    kind: ToldKind
    spot: Spot | None = None
    location: str = ""
    condition: Condition | None = None
    temperature_c: float | None = None
    witness: str = ""
    shipping_ref: str = ""
    note: str = ""
    happened_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A custody event as it is stored; spot: where the container is after it."""

    id: UUID
    container_id: UUID
    sequence: int
    kind: ToldKind
    location: str
    spot: Spot
    condition: Condition | None
    temperature_c: float | None
    person: str
    witness: str
    shipping_ref: str
    note: str
    happened_at: datetime
    recorded_at: datetime
    prev_hash: str
    hash: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """An event with the container before and after it, and the sample whose tube it is."""

    before: Container
    after: Container
    event: Event
    sample: Sample | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuilt:
    """Where a container is by its events alone. placed: the event that put it there; trouble: what does not fit."""

    status: ContainerStatus = "expected"
    spot: Spot = NOWHERE
    placed: Event | None = None
    last: Event | None = None
    trouble: str = ""


def check(asked: NewCustodyEvent, *, now: datetime, person: str) -> None:
    """Raise Invalid where an event does not say what its kind requires."""
    wrong = []
    if asked.kind in _PLACES and not asked.location.strip():
        wrong.append(errors.FieldError("location", f"Say where the tube is; {asked.kind} needs it."))
    if asked.kind == "received" and asked.condition is None:
        wrong.append(errors.FieldError("condition", "Say in which condition the tube came; received needs it."))
    if asked.kind in _EXPLAINED and not asked.note.strip():
        wrong.append(errors.FieldError("note", f"Say how that came; {asked.kind} needs it."))
    if asked.kind == "destroyed" and asked.witness.strip().casefold() in ("", person.casefold()):
        wrong.append(errors.FieldError("witness", "Name who else saw it; destroyed needs a witness."))
    if asked.happened_at is not None and asked.happened_at > now + _AHEAD:
        wrong.append(errors.FieldError("happened_at", "This is in the future."))
    if wrong:
        said = " ".join(field.message for field in wrong)
        raise errors.Invalid(f"The custody event is not complete. {said} Nothing was recorded.", fields=wrong)


def refusal(container: Container, kind: ToldKind) -> str:
    """Return why a kind of event cannot happen to a container now; blank where it can."""
    what = f"The tube of the {container.subject_kind} {container.subject_code}"
    if container.status in ("destroyed", "consumed"):
        return f"{what} was {container.status}; nothing more can happen to it."
    if container.status == "returned" and kind != "received":
        return f"{what} was returned; it must be received again before anything else."
    return ""


def allowed(container: Container, kind: ToldKind) -> None:
    """Raise Conflict where a kind of event cannot happen to a container now."""
    message = refusal(container, kind)
    if message:
        raise errors.Conflict(f"{message} Nothing was recorded.", type="not-allowed")


def arrived(container: Container, held: Held) -> bool:
    """Return whether a tube was received and is here since, so that it need not be received again."""
    return held.received and container.status in ("present", "out")


def claim(spot: Spot | None, container: Container, there: dict[tuple[int, int], tuple[UUID, str]]) -> None:
    """Take a position in a box for a container; Conflict where another one stands. there: what stands where."""
    if spot is None or not spot.row_number or not spot.column_number:
        return
    holds = there.setdefault((spot.row_number, spot.column_number), (container.id, container.subject_code))
    if holds[0] != container.id:
        message = f"{spot.text} holds {holds[1]}; {container.subject_code} cannot stand there too."
        raise errors.Conflict(
            f"{message} Nothing was recorded; take it out first, or choose a free position.",
            type="occupied",
            fields=[errors.FieldError("position", message)],
        )


def happening(asked: NewCustodyEvent, spot: Spot | None, *, at: datetime) -> Happening:
    """Return what is to be recorded of each container that an event is said of."""
    return Happening(
        kind=asked.kind,
        spot=spot,
        location=spot.text if spot else "",
        condition=asked.condition,
        temperature_c=asked.temperature_c,
        witness=asked.witness.strip(),
        shipping_ref=asked.shipping_ref.strip(),
        note=asked.note.strip(),
        happened_at=asked.happened_at or at,
    )


def spot_after(kind: ToldKind, said: Spot | None, before: Spot) -> Spot:
    """Return where a container is after an event."""
    if kind in _GONE:
        return NOWHERE
    return said or (NOWHERE if kind in _TAKEN else before)


def status_after(kind: ToldKind, said: Spot | None, before: ContainerStatus) -> ContainerStatus:
    """Return whether a container is here after an event."""
    if kind in _GONE:
        return _GONE[kind]
    if kind in _TAKEN:
        return "present" if said else "out"
    return "present" if kind in _BACK or before == "expected" else before


def happen(container: Container, what: Happening, *, person: str, at: datetime) -> tuple[Container, Event]:
    """Return the container after what happens to it, and the event that tells it."""
    event = Event(
        id=uuid7(),
        container_id=container.id,
        sequence=container.event_count + 1,
        kind=what.kind,
        location=what.location,
        spot=spot_after(what.kind, what.spot, container.spot),
        condition=what.condition,
        temperature_c=what.temperature_c,
        person=person,
        witness=what.witness,
        shipping_ref=what.shipping_ref,
        note=what.note,
        happened_at=what.happened_at,
        recorded_at=at,
        prev_hash=container.last_hash,
    )
    event = replace(event, hash=digest(event))
    after = replace(
        container,
        spot=event.spot,
        status=status_after(what.kind, what.spot, container.status),
        event_count=event.sequence,
        last_hash=event.hash,
        version=container.version + 1,
    )
    return after, event


def changes(item: Happened) -> dict[str, tuple[Any, Any]]:
    """Return what an event changed of a container, each before and after."""
    told: dict[str, tuple[Any, Any]] = {"custody": (None, item.event.kind)}
    if item.event.condition is not None:
        told["condition"] = (None, item.event.condition)
    before, after = item.before.spot.text, item.after.spot.text
    return told | ({"location": (before, after)} if after != before else {})


def digest(event: Event) -> str:
    """Return the hash of an event: of all that it says and of the hash before; the database computes the same."""
    spot, warmth = event.spot, event.temperature_c
    said = (
        event.container_id,
        event.sequence,
        event.kind,
        event.location,
        spot.location_id,
        spot.row_number,
        spot.column_number,
        spot.text,
        event.condition,
        None if warmth is None else round(warmth * 1000),
        event.person,
        event.witness,
        event.note,
        event.shipping_ref,
        (event.happened_at - _EPOCH) // _MICROSECOND,
        (event.recorded_at - _EPOCH) // _MICROSECOND,
        event.prev_hash,
    )
    return hashlib.sha256("\x1f".join("" if part is None else str(part) for part in said).encode()).hexdigest()


def rebuild(events: Sequence[Event]) -> Rebuilt:
    """Return where a container is by its events in their order, and the first thing that does not fit."""
    found, before, trouble = Rebuilt(), "", ""
    for number, event in enumerate(events, start=1):
        said = event.spot if event.location else None
        if not trouble and event.sequence != number:
            trouble = f"Event {number} is missing."
        elif not trouble and (event.prev_hash != before or event.hash != digest(event)):
            trouble = f"Event {number} ({event.kind}) was changed after it was recorded."
        elif not trouble and event.spot.key != spot_after(event.kind, said, found.spot).key:
            trouble = f"Event {number} ({event.kind}) tells another place than the events before it."
        before = event.hash
        placed = event if event.spot.key != found.spot.key or said else found.placed
        found = Rebuilt(status=status_after(event.kind, said, found.status), spot=event.spot, placed=placed, last=event)
    return replace(found, trouble=trouble)


def compare(rebuilt: Rebuilt, state: dict[str, Any]) -> str:
    """Return what the table of containers says otherwise than the events; blank where they agree."""
    spot, count = rebuilt.spot, rebuilt.last.sequence if rebuilt.last else 0
    told = {
        "status": rebuilt.status,
        "location_id": spot.location_id,
        "row_number": spot.row_number,
        "column_number": spot.column_number,
        "place": spot.described,
        "event_count": count,
        "last_hash": rebuilt.last.hash if rebuilt.last else "",
    }
    wrong = [name for name, value in told.items() if state[name] != value]
    return f"The table says otherwise of {', '.join(wrong)}." if wrong else ""


def said(event: Event) -> CustodyState:
    """Return what is announced of an event."""
    names = ("id", "container_id", "sequence", "kind", "location", "condition", "temperature_c", "person", "witness",
             "shipping_ref", "note", "happened_at", "prev_hash", "hash")  # fmt: skip
    values = {name: getattr(event, name) for name in names}
    return CustodyState(location_id=event.spot.location_id, place=event.spot.text, **values)
