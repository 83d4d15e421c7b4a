"""What a container is: a tube or a well with something in it, at one place."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import ContainerKind, ContainerStatus, NewContainer, SubjectKind
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.locations.model import NOWHERE, Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A container as it is stored; last_hash: of the last event of its custody, blank before the first."""

    id: UUID
    barcode: str
    kind: ContainerKind
    subject_kind: SubjectKind
    subject_code: str
    sample_id: UUID | None
    lab_id: UUID | None
    volume_ul: float | None
    status: ContainerStatus = "expected"
    spot: Spot = field(default=NOWHERE)
    event_count: int = 0
    last_hash: str = ""
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanned:
    """What a scanned code is: a container, or a sample whose tube may not have been seen yet; both None for neither."""

    container_id: UUID | None = None
    sample_id: UUID | None = None


def check(asked: NewContainer) -> None:
    """Raise Invalid for the tube of a sample with a barcode of its own: it has the sample's."""
    if asked.subject_kind == "sample" and asked.barcode.strip():
        message = "The tube of a sample has the barcode of the sample; change it there."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("barcode", message)])


def lab_of(asked: NewContainer, code: str, lab_id: UUID | None) -> UUID | None:
    """Return whose a container is: as its content, or as was said where that is of several labs; Invalid."""
    if lab_id is not None and asked.lab_id not in (None, lab_id):
        message = f"{code} is of another lab."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("lab_id", message)])
    return lab_id or asked.lab_id


def subject(container: Container) -> Subject:
    """Return a container as the subject of an event."""
    return Subject("container", str(container.id), container.barcode)


def told(container: Container) -> dict[str, Any]:
    """Return what an event says of a container."""
    names = ("barcode", "kind", "subject_kind", "subject_code", "sample_id", "volume_ul")
    return {"container_id": container.id} | {name: getattr(container, name) for name in names}


def taken(barcode: str) -> errors.Conflict:
    """Return the refusal of a barcode that another container has."""
    return errors.Conflict(
        f"Another container has the barcode {barcode}. Nothing was changed; scan it again, or print another label.",
        type="already-exists",
        fields=[errors.FieldError("barcode", "Another container has this barcode.")],
    )
