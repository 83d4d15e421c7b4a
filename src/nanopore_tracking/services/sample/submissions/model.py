"""What a submission is, which states follow which, and what is checked in its header."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.rows import Level
from nanopore_tracking.contracts.api.sample.submissions import ProblemSummary, SubmissionProblem
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.catalogue.model import Catalogue
from nanopore_tracking.services.sample.twins import model as twins

#: The columns of the header that people may change.
HEADER = (
    "external_id", "service_type", "kit_requested", "flow_cell_requested", "requester_name", "requester_email",
    "priority", "contains_human_dna", "material", "organism", "buffer", "genome_size", "target", "comment",
    "charge_code",
)  # fmt: skip

#: Which state may follow which.
NEXT: dict[str, tuple[str, ...]] = {
    "reading": ("under_review", "cancelled"),
    "draft": ("under_review", "cancelled"),
    "under_review": ("questions_to_customer", "accepted", "rejected", "cancelled"),
    "questions_to_customer": ("under_review", "rejected", "cancelled"),
    "accepted": (),
    "rejected": (),
    "cancelled": (),
}
#: The finding of a submission that is to be urgent: a person must say why.
URGENT = "URGENT_UNCONFIRMED"
#: The states in which the header and the rows may be changed.
CHANGEABLE = ("draft", "under_review", "questions_to_customer")

_LONGEST = {"comment": 4000, "organism": 200, "requester_email": 200, "target": 200}
_PRIORITIES = {"low": "low", "normal": "normal", "standard": "normal", "high": "high", "urgent": "urgent"}
_YES_NO = {"yes": "yes", "y": "yes", "true": "yes", "no": "no", "n": "no", "false": "no"}
_WITHOUT_UNIT = re.compile(r"^[\d.,\s]+$")
_READS = re.compile(r"\breads?\b", re.IGNORECASE)
_READS_WANTED = re.compile(r"\d[\d.,\s]*[kM]?\s*reads?\b[^.,;\n]{0,40}", re.IGNORECASE)
_COVERAGE = re.compile(r"\d\s*(x|×|fold)\b", re.IGNORECASE)
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A submission as it is stored; header: the columns of HEADER; due_at: None without a running clock."""

    id: UUID
    code: str
    status: str
    project_id: UUID
    lab_id: UUID
    data_classification: str
    header: Mapping[str, str]
    extraction_id: UUID | None
    sha256: str | None
    row_count: int
    rows_announced: int
    error_count: int
    finding_count: int
    warning_count: int
    open_finding_count: int = 0
    open_question_count: int = 0
    due_at: datetime | None = None
    catalogue_versions: Mapping[str, int]
    version: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the check of a whole submission found: in the header, and in the rows by kind."""

    row_count: int
    problems: Sequence[SubmissionProblem]
    row_problems: Sequence[ProblemSummary]
    error_count: int
    finding_count: int
    warning_count: int


def code(year: int, number: int) -> str:
    """Return what people call the submission: `SUB-2026-00042`."""
    return f"SUB-{year}-{number:05d}"


def changeable(submission: Submission) -> None:
    """Raise Conflict unless the header and the rows may be changed now."""
    if submission.status not in CHANGEABLE:
        state = "is being read from its manifest" if submission.status == "reading" else f"is {submission.status}"
        raise errors.Conflict(
            f"The submission {submission.code} {state} and cannot be changed now. Nothing was changed.",
            type="submission-not-changeable",
            status_now=submission.status,
        )


def may_follow(submission: Submission, to: str) -> None:
    """Raise Conflict unless the state `to` may follow the present one."""
    allowed = NEXT[submission.status]
    if to not in allowed:
        now = submission.status.replace("_", " ")
        said = f"{now} already" if to == submission.status else f"{now} and cannot become {to.replace('_', ' ')}"
        raise errors.Conflict(
            f"The submission {submission.code} is {said}. Nothing was changed.",
            type="transition-refused",
            status_now=submission.status,
            allowed=list(allowed),
        )


def header_from_manifest(said: Mapping[str, str]) -> dict[str, str]:
    """Return the header columns of what a manifest says above its table; what has no column is only kept as written."""
    clean = {name: _CONTROL_CHARACTERS.sub(" ", text).strip() for name, text in said.items()}
    header = {name: clean.get(name, "")[: _LONGEST.get(name, 100)] for name in HEADER}
    header["priority"] = _PRIORITIES.get(header["priority"].lower(), "normal")
    header["contains_human_dna"] = _YES_NO.get(header["contains_human_dna"].lower(), "unknown")
    return header


def check_header(
    submission: Submission,
    row_count: int,
    catalogue: Catalogue,
    *,
    earlier: Sequence[str] = (),
    tables: Sequence[str] = (),
) -> list[SubmissionProblem]:
    """Return what is wrong with the header, worst first.

    earlier, tables: codes of submissions from the same document, and of those with the same rows.
    """
    found = [*_rows(row_count), *_kit(submission, row_count, catalogue), *_asked_for(submission.header)]
    found += [*_people(submission), *_urgent(submission.header)]
    if earlier:
        codes = ", ".join(earlier)
        found.append(
            _problem(
                "finding",
                "DOCUMENT_SUBMITTED_BEFORE",
                field=None,
                message=f"The same document came before, as {codes}.",
            )
        )
    elif tables:
        message = twins.table_question(tables)
        found.append(_problem("finding", twins.TABLE_CODE, field=None, message=message))
    return sorted(found, key=lambda problem: ("error", "finding", "warning").index(problem.level))


def outcome(row_count: int, problems: Sequence[SubmissionProblem], counted: Sequence[Mapping[str, Any]]) -> Outcome:
    """Put the problems of the header and the counted ones of the rows together."""
    levels: dict[str, int] = {"error": 0, "finding": 0, "warning": 0}
    for problem in problems:
        levels[problem.level] += 1
    for kind in counted:
        levels[kind["level"]] += kind["problem_count"]
    return Outcome(
        row_count=row_count,
        problems=problems,
        row_problems=[
            ProblemSummary(**{name: kind[name] for name in ProblemSummary.__struct_fields__}) for kind in counted
        ],
        error_count=levels["error"],
        finding_count=levels["finding"],
        warning_count=levels["warning"],
    )


def _problem(level: Level, code: str, *, field: str | None, message: str) -> SubmissionProblem:
    return SubmissionProblem(field=field, level=level, code=code, message=message)


def _rows(row_count: int) -> Iterator[SubmissionProblem]:
    if row_count == 0:
        yield _problem("error", "NO_ROWS", field=None, message="There are no sample rows. Add at least one.")


def _kit(submission: Submission, row_count: int, catalogue: Catalogue) -> Iterator[SubmissionProblem]:
    said = submission.header["kit_requested"]
    service = submission.header["service_type"]
    if catalogue.service_types and service and catalogue.service_type(service) is None:
        yield _problem(
            "warning",
            "SERVICE_UNKNOWN",
            field="service_type",
            message=f"The service {service!r} is not in the catalogue.",
        )
    cell_said = submission.header["flow_cell_requested"]
    cells = catalogue.flow_cells_meant(cell_said) if cell_said else []
    if catalogue.flow_cells and cell_said and not cells:
        message = f"The flow cell {cell_said!r} is not in the catalogue."
        yield _problem("warning", "FLOW_CELL_UNKNOWN", field="flow_cell_requested", message=message)
    if not said:
        message = "No library kit is asked for, so that barcodes and material cannot be checked against it."
        yield _problem("warning", "KIT_MISSING", field="kit_requested", message=message)
        return
    kit = catalogue.kit(said)
    if kit is None:
        if catalogue.kits:
            message = f"The kit {said!r} is not in the catalogue."
            yield _problem("warning", "KIT_UNKNOWN", field="kit_requested", message=message)
        return
    if kit.code not in said:
        message = f"The kit is written {said}; MinKNOW and Dorado want {kit.code}, which is used from here on."
        yield _problem("finding", "KIT_SPELLING", field="kit_requested", message=message)
    if kit.deprecated:
        message = f"Current software does not basecall {kit.code} any more."
        yield _problem("finding", "KIT_DEPRECATED", field="kit_requested", message=message)
    if kit.capacity and row_count > kit.capacity:
        message = f"There are {row_count:,} samples; {kit.code} has {kit.capacity} barcodes."
        yield _problem("finding", "BARCODE_CAPACITY", field="kit_requested", message=message)
    if cells and kit.flow_cells and not any(cell.code in kit.flow_cells for cell in cells):
        message = f"{kit.code} does not run on {cell_said}; it runs on {', '.join(kit.flow_cells)}."
        yield _problem("finding", "KIT_FLOW_CELL_MISMATCH", field="flow_cell_requested", message=message)


def _asked_for(header: Mapping[str, str]) -> Iterator[SubmissionProblem]:
    size, target, comment = header["genome_size"], header["target"], header["comment"]
    if size and _WITHOUT_UNIT.match(size):
        message = f"The genome size {size!r} has no unit: it may be bp, kb, Mb or Gb."
        yield _problem("finding", "UNIT_AMBIGUOUS", field="genome_size", message=message)
    if _READS.search(target):
        message = f"The target {target!r} is a number of reads; coverage or bases are what a run is planned by."
        yield _problem("finding", "TARGET_AS_READS", field="target", message=message)
    elif said := _READS_WANTED.search(comment):
        message = f"The comment wants {said[0].strip()}; coverage or bases are what a run is planned by."
        yield _problem("finding", "TARGET_AS_READS", field="comment", message=message)
    if _READS.search(target):
        return
    if target and _WITHOUT_UNIT.match(target):
        message = f"The target {target!r} has no unit: it may be coverage (x), Gb or reads."
        yield _problem("finding", "UNIT_AMBIGUOUS", field="target", message=message)
    elif _COVERAGE.search(target) and not size:
        message = "Coverage is asked for without a genome size, so that the bases needed are not known."
        yield _problem("finding", "GENOME_SIZE_MISSING", field="genome_size", message=message)


def _people(submission: Submission) -> Iterator[SubmissionProblem]:
    header = submission.header
    if not header["requester_name"] and not header["requester_email"]:
        yield _problem(
            "warning", "REQUESTER_MISSING", field="requester_name", message="It is not said who asks for the work."
        )
    human = header["contains_human_dna"]
    if human == "unknown":
        message = "It is not said whether the samples contain human DNA."
        yield _problem("finding", "HUMAN_DNA_UNKNOWN", field="contains_human_dna", message=message)
    elif human == "yes" and submission.data_classification != "human":
        message = (
            f"The samples contain human DNA; the project's data are classified as {submission.data_classification}."
        )
        yield _problem("finding", "DATA_CLASSIFICATION", field="contains_human_dna", message=message)


def _urgent(header: Mapping[str, str]) -> Iterator[SubmissionProblem]:
    if header["priority"] == "urgent":
        message = "It is to be urgent, 24 h for each stage: a person of the facility must say why."
        yield _problem("finding", URGENT, field="priority", message=message)


def facts(submission: Submission) -> dict[str, Any]:
    """Return what every event about a submission says of it."""
    header = submission.header
    return {
        "submission_id": submission.id,
        "code": submission.code,
        "project_id": submission.project_id,
        "lab_id": submission.lab_id,
        "status": submission.status,
        "service_type": header["service_type"],
        "kit_requested": header["kit_requested"],
        "flow_cell_requested": header["flow_cell_requested"],
        "requester_name": header["requester_name"],
        "requester_email": header["requester_email"],
        "priority": header["priority"],
        "row_count": submission.row_count,
        "error_count": submission.error_count,
        "finding_count": submission.finding_count,
        "warning_count": submission.warning_count,
        "open_finding_count": submission.open_finding_count,
        "charge_code": header["charge_code"],
        "due_at": submission.due_at,
    }


def subject(submission: Submission) -> Subject:
    """Return the submission as the subject of an event."""
    return Subject("submission", str(submission.id), submission.code)
