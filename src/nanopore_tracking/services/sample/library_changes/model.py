"""What is kept of a change of many libraries, and what its undo means for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from nanopore_tracking.contracts.api.sample.library_changes import LibraryOutcome, LibraryUndo
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import model as libraries
from nanopore_tracking.services.sample.libraries.model import Library

Kind = Literal["move", "measure", "undo"]

#: What some ways back need, by the states that they lead from and to; the others need only their reason.
_GATES = {
    ("planned", "prepared"): libraries.preparation,
    ("prepared", "planned"): libraries.unpooled,
    ("qc_passed", "prepared"): libraries.in_no_fixed_pool,
    ("pooled", "qc_passed"): libraries.in_no_fixed_pool,
    ("qc_passed", "pooled"): libraries.in_fixed_pool,
    ("exhausted", "pooled"): libraries.in_fixed_pool,
    ("discarded", "pooled"): libraries.in_fixed_pool,
}
#: The ways by which an undo goes back: each the other way round of one in the table of states, and no other.
BACK: chain.Table = {
    state: tuple(
        chain.Way(to=before, gate=_GATES.get((state, before), chain.nothing), reason=True)
        for before, ways in libraries.WAYS.items()
        if any(way.to == state for way in ways)
    )
    for state in libraries.WAYS
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bulk:
    """A change of many libraries as it is stored; version: 2 once it was undone."""

    id: UUID
    kind: Kind
    operation: Mapping[str, Any]
    created_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one library. changes: of each field before and after; measurements: those that were recorded."""

    library_id: UUID
    outcome: LibraryOutcome
    reason: str = ""
    message: str = ""
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    measurements: Sequence[UUID] = ()


def moved(before: Library, state: str) -> Result:
    """Return the result of a library that went to another state."""
    return Result(library_id=before.id, outcome="changed", changes={"state": (before.state, state)})


def refused(library_id: UUID, problem: errors.Problem) -> Result:
    """Return the result of a library that stays as it is."""
    return Result(library_id=library_id, outcome="refused", reason=problem.type, message=problem.message)


def undoable(bulk: Bulk, asked: LibraryUndo) -> str:
    """Return the reason for which a change is taken back; Conflict where it cannot be."""
    if bulk.kind == "undo":
        message = "An undo is not undone itself. Nothing was changed; make the change again instead."
        raise errors.Conflict(message, type="not-allowed")
    reason = asked.reason.strip()
    labs.require({"reason": reason}, "reason")
    return reason


def way_back(library: Library, done: Result, reason: str, *, since: bool) -> chain.Asked:
    """Return the transition that takes another one back; Conflict where the library was moved since."""
    before, after = done.changes["state"]
    if since or library.state != after:
        message = f"The library {library.code} went to another state since. It stays as it is."
        raise errors.Conflict(message, type="changed-since")
    return chain.Asked(to=before, reason=f"Undo: {reason}")


def subject(bulk_id: UUID) -> Subject:
    """Return a change of many libraries as the subject of an event."""
    return Subject("library_bulk", str(bulk_id))
