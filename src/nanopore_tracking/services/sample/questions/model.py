"""What a thread is made of, and which question can be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nanopore_tracking.contracts.events.ai_readings import FormQuestion
from nanopore_tracking.contracts.events.sample import MessageState
from nanopore_tracking.kernel import errors

#: Characters of a value that are quoted in a question about it.
_LONGEST_QUOTE = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question as it is stored."""

    id: UUID
    submission_id: UUID
    finding_ids: list[UUID]
    body: str
    written_by: str
    written_at: datetime
    answered: bool

    @property
    def state(self) -> MessageState:
        """The question as events tell it."""
        return MessageState(
            id=self.id, body=self.body, side="facility", written_by=self.written_by, written_at=self.written_at
        )


def answerable(question: Question | None) -> Question:
    """Return the question when it waits for its answer; NotFound or Conflict."""
    if question is None:
        raise errors.NotFound("There is no such question in this submission. Nothing was changed.")
    if question.answered:
        raise errors.Conflict("The question was answered already. Nothing was changed.", type="already-answered")
    return question


def about_form(filename: str, questions: Sequence[FormQuestion]) -> str:
    """Return what a reviewer of a form asks as one message, each question with what the form says."""
    lines = [f"About the form {filename}:"]
    for each in questions:
        where = each.title if each.row_number is None else f"{each.title}, row {each.row_number}"
        said = f"“{each.raw[:_LONGEST_QUOTE]}”" if each.raw else "blank"
        lines.append(f"{where} (on the form: {said}): {each.body}")
    return "\n".join(lines)
