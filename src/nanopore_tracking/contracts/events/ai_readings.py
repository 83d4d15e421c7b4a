"""What the ai service announces about how documents are read, beside what was read."""

from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class FormAcceptanceChanged(Event, frozen=True, kw_only=True):
    """A person said which share of what is accepted unseen may be wrong; None: nothing is."""

    type = "ai.form_acceptance_changed"

    error_rate: float | None


class ExtractionNeeds(Event, frozen=True, kw_only=True):
    """A reading waits for what only a person knows: `pages` that hold the form, or the `password` of the file."""

    type = "ai.extraction_needs"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    need: str


class ExtractionCancelled(Event, frozen=True, kw_only=True):
    """A person gave a reading up; the document is kept."""

    type = "ai.extraction_cancelled"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str


class ExtractionQueuedAgain(Event, frozen=True, kw_only=True):
    """A reading waits again. why: `retry`, `pages` that were chosen, or a `password` that was given."""

    type = "ai.extraction_queued_again"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    why: str
    pages: list[int]


class FormQuestion(msgspec.Struct, frozen=True):
    """What is asked about one value. title: of the field; row_number: of the table, None for a field of the form."""

    title: str
    row_number: int | None
    raw: str
    body: str


class FormQuestionsAsked(Event, frozen=True, kw_only=True):
    """A form was accepted, and its sender is asked these questions; follows the rows of the form."""

    type = "ai.form_questions_asked"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    questions: list[FormQuestion]
