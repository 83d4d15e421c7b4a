"""What every service announces of its sagas, so that whoever reads the audit log sees what became of each."""

from typing import ClassVar
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class SagaEvent(Event, frozen=True, kw_only=True):
    """What all of them say: which saga, where it stands, and why.

    saga: its type; key: what it is about, as its starter named it; step: where it stands; reason: what went wrong, or
    what the person said; empty when there is nothing to say.
    """

    type: ClassVar[str]
    saga_id: UUID
    saga: str
    saga_version: int
    key: str
    state: str
    step: str
    reason: str = ""


class SagaStarted(SagaEvent, frozen=True, kw_only=True):
    """A saga was started, in the transaction that needed it."""

    type: ClassVar[str] = "saga.started"


class SagaCompleted(SagaEvent, frozen=True, kw_only=True):
    """All steps of a saga are done."""

    type: ClassVar[str] = "saga.completed"


class SagaCompensationStarted(SagaEvent, frozen=True, kw_only=True):
    """A saga cannot be done; what it did is being undone."""

    type: ClassVar[str] = "saga.compensation_started"


class SagaCompensated(SagaEvent, frozen=True, kw_only=True):
    """Everything that a saga did is undone."""

    type: ClassVar[str] = "saga.compensated"


class SagaStuck(SagaEvent, frozen=True, kw_only=True):
    """A saga could be neither done nor undone; it waits for a person."""

    type: ClassVar[str] = "saga.got_stuck"


class SagaRetried(SagaEvent, frozen=True, kw_only=True):
    """A person let a saga try again at once what failed."""

    type: ClassVar[str] = "saga.retried"


class SagaCancelled(SagaEvent, frozen=True, kw_only=True):
    """A person decided that a saga shall be undone."""

    type: ClassVar[str] = "saga.cancelled"


#: What every service announces of its sagas.
EVENTS: tuple[type[Event], ...] = (
    SagaStarted,
    SagaCompleted,
    SagaCompensationStarted,
    SagaCompensated,
    SagaStuck,
    SagaRetried,
    SagaCancelled,
)
