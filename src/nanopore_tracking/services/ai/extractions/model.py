"""What a reading of a document is, when it may be changed, and what people are told when it fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.events.ai import ColumnMatch
from nanopore_tracking.contracts.manifest import BY_NAME
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.errors import FieldError
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.services.ai.columns.model import Matched
from nanopore_tracking.services.ai.headings.model import plain

#: Kinds of documents that hold a form, which a person looks at before it is a submission; the others hold a table, if
#: nobody says that they hold a form.
FORMS = frozenset({"pdf", "docx", "png", "jpeg", "tiff", "webp"})
#: The job that reads what waits.
JOB = "extractions"
#: How often a reading is begun again after the service was killed in the middle of it.
MOST_ATTEMPTS = 3
#: Seconds after which a reading whose service gives no sign of life is begun again.
LEASE_S = 20.0
#: Seconds after which a reading is tried again for which the file store did not answer.
PAUSE_S = 10.0

_STOPPED = {
    "time": "The file takes longer to read than is allowed.",
    "output": "The file holds more than is read at once.",
    "crash": "The file cannot be read within the allowed memory and time; it may be damaged.",
}
INTERRUPTED = (
    f"The service ended {MOST_ATTEMPTS} times while it read the file, so it is not tried again. Nothing was read: "
    "upload the file again, or save it as CSV first."
)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A reading that this process is to do; attempts: the first is 1."""

    id: UUID
    document_id: UUID
    project_id: UUID
    lab_id: UUID
    filename: str
    kind: Any
    sha256: str
    wanted_sheet: str | None
    wanted_pages: list[int] | None = None
    wanted_template: str | None = None
    as_form: bool = False
    chosen: dict[str, str | None]
    attempts: int
    requested_by: Actor
    request_id: str

    @property
    def is_form(self) -> bool:
        """Tell whether it is read as a form, which a person looks at, rather than as a table of samples."""
        return self.as_form or self.kind in FORMS


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a document is to be read.

    sheet, template: by their names, None for the ones that fit best; as_form: a workbook or text is read value by
    value; pages: those that hold the form, None for all; chosen: what columns or labels are, as a person says.
    """

    sheet: str | None = None
    template: str | None = None
    as_form: bool = False
    pages: list[int] | None = None
    chosen: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A reading that is about to be changed."""

    id: UUID
    document_id: UUID
    project_id: UUID
    lab_id: UUID
    filename: str
    state: str
    version: int
    submission_id: UUID | None = None
    submission_code: str | None = None
    as_form: bool = False
    wanted_template: str | None = None
    wanted_pages: list[int] | None = None
    chosen: dict[str, str | None] = field(default_factory=dict)
    columns: list[Matched] = field(default_factory=list)


def claimable(locked: Locked | None, submission_id: UUID, taken: UUID | None) -> str:
    """Return why a reading cannot belong to a submission, empty when it can. taken: the one that belongs to it now."""
    if locked is None:
        return "The ai service does not know the reading that the submission came from."
    if locked.state != "read":
        return "The document that the submission came from is being read again."
    if locked.submission_id not in (None, submission_id):
        return f"The reading belongs to {locked.submission_code} already."
    if taken not in (None, locked.id):
        return "Another reading belongs to the submission already."
    return ""


def stopped(cause: str) -> str:
    """Return what people are told when the reader of their file had to be stopped; cause: one of the sandbox."""
    return f"{_STOPPED[cause]} Nothing was read: save the table alone in a file, or as CSV."


def matches(columns: Sequence[Matched]) -> list[ColumnMatch]:
    """Return how columns were understood, as it is announced."""
    return [ColumnMatch(each.column, each.heading, each.field, each.method) for each in columns]


def choices(asked: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return a person's choices, checked; Invalid when a field does not exist or is chosen twice."""
    wrong = [
        FieldError(f"columns.{column}", f"There is no field {name}; there are {', '.join(BY_NAME)}.")
        for column, name in asked.items()
        if name is not None and name not in BY_NAME
    ]
    named = [name for name in asked.values() if name is not None]
    wrong += [
        FieldError("columns", f"{BY_NAME[name].title} is chosen for several columns; one of them may hold it.")
        for name in BY_NAME
        if named.count(name) > 1
    ]
    if wrong:
        raise errors.Invalid(f"{wrong[0].message} Nothing was changed.", fields=wrong)
    return dict(asked)


def choose(locked: Locked, version: int, asked: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return all choices for a reading; Stale, Conflict or Invalid when they cannot be made now."""
    if locked.version != version:
        raise errors.Stale("This reading changed since you looked at it. Nothing was changed; look again.")
    if locked.state != "needs_columns":
        raise errors.Conflict(
            f"This reading is {locked.state} and asks for no columns. Nothing was changed; to read the document in "
            "another way, ask for a new reading of it.",
            state=locked.state,
        )
    there = {each.column for each in locked.columns}
    wrong = [FieldError(f"columns.{each}", "The table has no such column.") for each in asked if each not in there]
    if wrong:
        raise errors.Invalid("The table has no such column. Nothing was changed.", fields=wrong)
    return choices({**locked.chosen, **asked})


def lessons(columns: Sequence[Matched], asked: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return what can be learnt from choices: heading as it is remembered → field."""
    found = {plain(each.heading): asked[each.column] for each in columns if each.column in asked}
    return {heading: name for heading, name in found.items() if heading}
