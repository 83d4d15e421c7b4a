"""What a sample is: what was submitted, what counts now, how it is announced, and how it is searched for."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.samples import Exit, Priority, Stage, Status
from nanopore_tracking.contracts.manifest import Kind
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Substance, Threshold

#: The values that a sample has one of now.
VALUES = ("volume_ul", "qubit_ng_per_ul", "a260_a280", "a260_a230", "fragment_bp")
#: The place of a priority in the queue, as the database keeps it.
URGENCY: dict[Priority, int] = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
#: The gates whose thresholds the values of a sample are compared with.
GATES = ("sample_qc",)
#: What the laboratory may change of a sample by hand.
CHANGEABLE = ("priority", "priority_reason", "assignee", "comment", "container_barcode", "status")

_RNA = frozenset({"total RNA", "poly(A) RNA"})
_WITHOUT_MATERIAL = frozenset({"negative_control", "no_template_control"})
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_CODE_BEGUN = re.compile(r"S(\d{1,2}(-\d*)?)?")
#: A word that is in no name, for a search without any.
_NOWHERE = "'\u2205'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """What the submitter said; it never changes."""

    volume_ul: float | None = None
    qubit_ng_per_ul: float | None = None
    nanodrop_ng_per_ul: float | None = None
    a260_a280: float | None = None
    a260_a230: float | None = None
    fragment_bp: float | None = None
    buffer: str = ""
    comment: str = ""

    def as_dict(self) -> dict[str, float | str | None]:
        """Return it by field."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSample:
    """A sample that is about to be registered in a project, whose lab becomes its lab.

    submission_id and row_number: where it came from, both or none; service_type: its code, blank for none;
    out_of_range: the fields of `submitted` outside the limits, as `out_of_range` returns them.
    """

    project_id: UUID
    name: str
    alias: str
    kind: Kind = "test_sample"
    material: str = ""
    organism: str = ""
    service_type: str = ""
    submission_id: UUID | None = None
    row_number: int | None = None
    container_barcode: str = ""
    priority: Priority = "normal"
    assignee: str = ""
    submitted: Submitted = field(default_factory=Submitted)
    out_of_range: Sequence[str] = ()
    priority_reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A sample as it is stored; resumes_as: the status that it returns to from on hold."""

    id: UUID
    code: str
    name: str
    alias: str
    kind: Kind
    material: str
    organism: str
    lab_id: UUID
    project_id: UUID
    submission_id: UUID | None
    row_number: int | None
    service_type: str
    submitted: Submitted
    container_barcode: str
    priority: Priority
    assignee: str
    comment: str
    stage: Stage
    status: Status
    exit: Exit | None
    status_reason: str
    resumes_as: Status | None
    stage_entered_at: datetime
    volume_ul: float | None
    qubit_ng_per_ul: float | None
    a260_a280: float | None
    a260_a230: float | None
    fragment_bp: float | None
    measured: Sequence[str]
    out_of_range: Sequence[str]
    location: str
    library_count: int
    version: int
    due_at: datetime | None = None
    clock_paused: str = ""
    priority_reason: str = ""

    @property
    def open(self) -> bool:
        """Whether work on it goes on or is to come."""
        return self.status in ("queued", "active", "on_hold")

    @property
    def has_material(self) -> bool:
        """Whether nucleic acid is to be found in it; negative and no-template controls have none."""
        return self.kind not in _WITHOUT_MATERIAL

    @property
    def substance(self) -> Substance:
        """DNA or RNA, by its material."""
        return substance(self.material)


#: What an event about a sample says of it, besides its id.
_TOLD = (
    "code", "name", "alias", "kind", "material", "organism", "lab_id", "project_id", "submission_id", "row_number",
    "service_type", "container_barcode", "priority", "assignee", "comment", "stage", "status", "exit", "status_reason",
    "stage_entered_at", "due_at", "clock_paused", *VALUES, "location",
)  # fmt: skip


def substance(material: str) -> Substance:
    """Return whether a material is DNA or RNA; what is not known to be RNA is taken to be DNA."""
    return "RNA" if material in _RNA else "DNA"


def facts(sample: Sample) -> dict[str, Any]:
    """Return what every event about a sample says of it."""
    return {name: getattr(sample, name) for name in _TOLD} | {
        "sample_id": sample.id,
        "measured": list(sample.measured),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What a new sample takes over from its project and lab, and the limits that its values are judged by."""

    lab_id: UUID
    lab_name: str
    project_code: str
    limits_version: int | None
    limits: Catalogue


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """What the database gave to a new sample."""

    id: UUID
    code: str
    lab_id: UUID


def first_facts(new: NewSample, given: Registered, *, at: datetime) -> dict[str, Any]:
    """Return what the event about a new sample says of it."""
    submitted = new.submitted
    return {
        "sample_id": given.id,
        "code": given.code,
        "name": new.name,
        "alias": new.alias,
        "kind": new.kind,
        "material": new.material,
        "organism": new.organism,
        "lab_id": given.lab_id,
        "project_id": new.project_id,
        "submission_id": new.submission_id,
        "row_number": new.row_number,
        "service_type": new.service_type,
        "container_barcode": new.container_barcode,
        "priority": new.priority,
        "assignee": new.assignee,
        "comment": "",
        "stage": "expected",
        "status": "queued",
        "exit": None,
        "status_reason": "",
        "stage_entered_at": at,
        "due_at": None,
        "clock_paused": "",
        "volume_ul": submitted.volume_ul,
        "qubit_ng_per_ul": submitted.qubit_ng_per_ul,
        "a260_a280": submitted.a260_a280,
        "a260_a230": submitted.a260_a230,
        "fragment_bp": submitted.fragment_bp,
        "measured": [],
        "location": "",
    }


def stamp(at: datetime) -> str:
    """Return a time in UTC as the database writes it in JSON: without zeros at the end of a second's fraction."""
    second, _, fraction = at.isoformat().removesuffix("+00:00").partition(".")
    return f"{second}.{fraction.rstrip('0')}+00:00" if fraction else f"{second}+00:00"


def subject(sample_id: UUID, code: str) -> Subject:
    """Return a sample as the subject of an event."""
    return Subject("sample", str(sample_id), code)


def code(year: int, number: int) -> str:
    """Return what people call a sample: `S26-000123`."""
    return f"S{year % 100:02d}-{number:06d}"


def folded(text: str) -> str:
    """Return a text as searching compares it: without accents and without capitals."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words(*texts: str) -> str:
    """Return the different words of texts, apart by spaces, as searching compares them; ∅ where there are none."""
    found = dict.fromkeys(word for text in texts for word in _BETWEEN_WORDS.split(folded(text)) if word)
    return " ".join(found) or "∅"


def search(said: str) -> list[str]:
    """Return what a list is searched with for a typed text.

    From and up to which code; a tsquery that wants every word as the beginning of a word; the text itself.
    """
    text = said.strip()
    begun = text.upper()
    codes = (begun, f"{begun}~") if _CODE_BEGUN.fullmatch(begun) else ("", "")
    wanted = [word for word in _BETWEEN_WORDS.split(folded(text)) if word]
    return [*codes, " & ".join(f"'{word}':*" for word in wanted) or _NOWHERE, text]


def out_of_range(values: Mapping[str, float | None], limits: Sequence[Threshold]) -> list[str]:
    """Return the fields of VALUES whose value is there and outside a limit for it."""
    found = []
    for name in VALUES:
        value = values.get(name)
        if value is not None and not all(limit.holds(value) for limit in limits if limit.quantity == name):
            found.append(name)
    return found


def worked(sample: Sample) -> Status:
    """Return the status of a sample after work on it was recorded: a queued one is active from then on."""
    return "active" if sample.status == "queued" else sample.status


def changed(sample: Sample, asked: Mapping[str, Any], *, person: bool) -> dict[str, Any]:
    """Return what the laboratory says of a sample after a change. person: a person asks for it, no program.

    Conflict where the status is asked for and the sample is neither queued nor active; as `urgent` for the priority.
    """
    urgent(asked, now=sample.priority, person=person)
    status = asked.get("status", sample.status)
    if status != sample.status and sample.status not in ("queued", "active"):
        raise errors.Conflict(
            f"The sample {sample.code} is {sample.status.replace('_', ' ')} and cannot become {status}. Nothing was "
            "changed; move it by a transition.",
            type="not-allowed",
            status_now=sample.status,
        )
    after = {name: getattr(sample, name) for name in CHANGEABLE} | dict(asked)
    if after["priority"] != "urgent":
        after["priority_reason"] = ""
    return after


def urgent(asked: Mapping[str, Any], *, now: str, person: bool) -> None:
    """Raise unless what becomes urgent is made so by a person who says why. now: the present priority."""
    if asked.get("priority", now) != "urgent" or (now == "urgent" and "priority_reason" not in asked):
        return
    message = "Say why it is urgent; this goes into the history."
    if not asked.get("priority_reason"):
        field = errors.FieldError("priority_reason", message)
        raise errors.Invalid(f"What is urgent needs a reason. Nothing was changed. {message}", fields=[field])
    if not person:
        raise errors.Forbidden("Only a person makes a sample urgent. Nothing was changed; ask one.")
