"""The shape that every service declares; the composition root reads it, nothing else does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nanopore_tracking.kernel.events import Event
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sagas import Saga


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something a service does by the clock, on one replica at a time.

    interval_s: seconds from the end of one run to the start of the next. run: one run; an exception is logged,
    counted, and does not end the job. everywhere: on every replica at once, for work that the database shares out.
    """

    name: str
    interval_s: float
    run: Callable[[Runtime], Awaitable[None]]
    everywhere: bool = False


@dataclass(frozen=True, kw_only=True)
class Service:
    """One of the six names that a process can run.

    paths: the URL prefixes it answers behind the common router. database: the name of its own database and
    database_env the variable with its URL; None for a service without one. bootstrap runs once at each start,
    after migrations and before the first request, under an advisory lock; it must be safe to run again. sagas: each
    kind that it starts, in every version of which one may be under way. seen_with: the permission that lets people know
    that something changed which belongs to no tenant, by the kind of the subject.
    """

    name: str
    paths: tuple[str, ...]
    settings: type[Any]
    routes: Sequence[Any]
    database: str | None = None
    database_env: str | None = None
    migrations: Path | None = None
    events: Sequence[type[Event]] = ()
    subscriptions: Sequence[Subscription] = ()
    jobs: Sequence[Job] = field(default_factory=tuple)
    sagas: Sequence[Saga] = ()
    seen_with: Mapping[str, str] = field(default_factory=dict)
    bootstrap: Callable[[Runtime], Awaitable[None]] | None = None
