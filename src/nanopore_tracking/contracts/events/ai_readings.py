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


class FormPrecedentSettled(Event, frozen=True, kw_only=True):
    """A person looked at a decision on an earlier reading of a form that has no value on this one.

    field: blank for a row as a whole; row_number: of the row here, None where there is none; action: `confirm`,
    `correct` or `drop`, as it was decided then; taken: it holds here too, which only leaving a row out can.
    """

    type = "ai.form_precedent_settled"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    field: str
    row_number: int | None
    action: str
    read_raw: str
    became_raw: str
    taken: bool


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


class ModelAsked(Event, frozen=True, kw_only=True):
    """A person put words of a search to a language model; which words is kept nowhere.

    place: of its server, `local` or `remote`; words, proposals: how many there were; outcome: `done`, or why it did not
    help; tokens: in and out.
    """

    type = "ai.model_asked"

    model: str
    host: str
    place: str
    words: int
    proposals: int
    outcome: str
    tokens: int
