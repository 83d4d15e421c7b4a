"""What was done with many libraries at once, and its one undo."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.chain import Lines

LibraryOutcome = Literal["changed", "refused"]


class LibraryUndo(Asked, frozen=True, kw_only=True):
    """Take back what was done, with every library that was not changed since; reason: why, kept in the history."""

    reason: Annotated[Lines, Meta(min_length=1)]


class LibraryBulk(Answer, frozen=True, kw_only=True):
    """One change of many libraries. undoes: the change that this one takes back; undone_by: what takes this one back.

    request_id: under which the audit log has each change of it.
    """

    id: UUID
    kind: Literal["move", "measure", "undo"]
    operation: dict[str, Any]
    total: int
    changed: int
    refused: int
    undoes: UUID | None
    undone_by: UUID | None
    created_by: str
    created_at: datetime
    request_id: str
    version: int


class LibraryBulkResult(Answer, frozen=True, kw_only=True):
    """What became of one library. changes: each changed field, before and after.

    reason: why it is refused, stable, for programs; message: the same for people.
    """

    library_id: UUID
    code: str
    sample_codes: list[str]
    outcome: LibraryOutcome
    reason: str
    message: str
    changes: dict[str, list[Any]]
