"""What a form has that nobody knew, what it may be, and what people say that it is."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked


class Unknown(Answer, frozen=True, kw_only=True):
    """A text that looks like a label, or like a heading of a table, and that nobody knows.

    raw: what stands beside or below it; page, place: where; field: what it may be, null where nothing is suggested;
    alike: the known text that it is nearest to, way: by `meaning` or by `spelling`, score: how near, 0 to 1; taken_as:
    what a person said that it is.
    """

    id: UUID
    kind: Literal["label", "heading"]
    label: str
    raw: str
    page: int | None
    place: str
    field: str | None
    alike: str | None
    way: Literal["meaning", "spelling"] | None
    score: float | None
    taken_as: str | None
    taken_by: str | None
    taken_at: datetime | None


class SimilarForm(Answer, frozen=True, kw_only=True):
    """The accepted form of the same lab that has the most labels in common with another.

    template: the known form as which it was read, null where it was none; alike: the share of labels in common, 0 to 1.
    """

    extraction_id: UUID
    filename: str
    template: str | None
    read_at: datetime
    alike: float


class Suggestions(Answer, frozen=True, kw_only=True):
    """What nobody knew of a form, in the order in which it stands there, and the form that it is most like."""

    unknown: list[Unknown]
    similar: SimilarForm | None


class Teaching(Asked, frozen=True, kw_only=True):
    """Say which field a text names: of the form, or a column of its table."""

    unknown_id: UUID
    field: Annotated[str, Meta(min_length=1, max_length=60, description="The name of the field or of the column.")]


class Teachings(Asked, frozen=True, kw_only=True):
    """Say what texts of a form name, or which known form it is; at least one of both.

    template: the name of a known form, by which it is read again.
    """

    teachings: Annotated[list[Teaching], Meta(max_length=80)] = []
    template: Annotated[str, Meta(max_length=100)] = ""


class Taught(Answer, frozen=True, kw_only=True):
    """What came of it.

    extraction_id: of the review to go on with, a new one where read_again; learnt: texts that are understood from now
    on in other forms too, with the field that each names.
    """

    extraction_id: UUID
    read_again: bool
    learnt: dict[str, str]
