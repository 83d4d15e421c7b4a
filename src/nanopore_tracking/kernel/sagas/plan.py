"""What a saga is, as data: its steps in order, how each is done and undone, and how long anything may take."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.transactions import Transaction

#: The class of what a kind of saga is started with.
Data = type[msgspec.Struct]
Phase = Literal["do", "undo"]


@dataclass(frozen=True, kw_only=True)
class At:
    """Where a saga stands when a step of it is done or undone.

    key: what the saga is about, as its starter named it; data: what it was started with; outputs: what the steps before
    returned, by their names, as JSON has it; idempotency_key: the same for every attempt of this step in this phase;
    cause: why it is undone, empty while it is done; call: on whose account and under which request id.
    """

    saga_id: UUID
    key: str
    data: Any
    outputs: Mapping[str, Any]
    idempotency_key: str
    attempt: int
    cause: str
    call: Call


LocalVerb = Callable[[Transaction, At], Awaitable[Any]]
RemoteVerb = Callable[[Runtime, At], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Step:
    """What all steps have in common.

    name: unique in the saga. timeout_s: of one attempt. attempts: of doing it, before everything is undone;
    undo_attempts: of undoing it, before the saga is stuck and waits for a person. The pause between attempts begins
    with first_delay_s and doubles up to longest_delay_s.
    """

    name: str
    timeout_s: float = 30.0
    attempts: int = 8
    undo_attempts: int = 20
    first_delay_s: float = 0.5
    longest_delay_s: float = 60.0

    def pause_s(self, failures: int) -> float:
        """Return the longest pause after so many failures in a row."""
        return float(min(self.longest_delay_s, self.first_delay_s * 2.0 ** min(failures - 1, 60)))


@dataclass(frozen=True, kw_only=True)
class Local(Step):
    """A step in the service's own database: its effect, its events and its checkpoint are one transaction.

    So it has its effect exactly once. Invalid, NotFound, Conflict and Forbidden refuse the saga, which is undone at
    once; any other failure is tried again. undo: where something has to be done to take the effect back.
    """

    do: LocalVerb
    undo: LocalVerb | None = None


@dataclass(frozen=True, kw_only=True)
class Remote(Step):
    """A step outside of the service's own database: at least once, so `idempotency_key` has to be sent along.

    When it fails it may have had its effect all the same, so that it is undone as well: undo has to work when nothing
    was done.
    """

    do: RemoteVerb
    undo: RemoteVerb | None = None


@dataclass(frozen=True, kw_only=True)
class Wait(Step):
    """A step that ends when the saga is told the signal; timeout_s: after which everything is undone.

    accept: makes the step's output of what the signal said; what it raises refuses the saga.
    """

    signal: str
    accept: Callable[[Any], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Saga:
    """A kind of saga. A service declares it in `sagas`, and every version of it that is still under way.

    type: names it for ever. version: a change of the steps is a new version; the old one stays declared until none of
    its sagas is open. data: the class of what it is started with, which people see, so without secrets. deadline_s:
    after which it is undone, whatever it does.
    """

    type: str
    version: int = 1
    data: Data
    steps: Sequence[Step]
    deadline_s: float

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"the saga {self.type} needs steps with different names")

    def undoable(self, step: int) -> int:
        """Return the last step up to this one that has something to be undone; -1 when there is none."""
        while step >= 0 and getattr(self.steps[step], "undo", None) is None:
            step -= 1
        return step


def declared(sagas: Sequence[Saga]) -> dict[tuple[str, int], Saga]:
    """Return the sagas by type and version; ValueError when one is declared twice."""
    found = {(saga.type, saga.version): saga for saga in sagas}
    if len(found) < len(sagas):
        raise ValueError("a saga is declared twice with the same type and version")
    return found
