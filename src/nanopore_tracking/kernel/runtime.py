"""What the code of a service works with: its settings, database and events, and what time it is for it."""

from collections.abc import Mapping
from typing import Any

import structlog

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.feed import Feed
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.refusals import Refusals
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.wakes import Wakes


class Runtime:
    """What routes, handlers, jobs and steps of sagas of a service work with.

    name: of the service; settings: an instance of its settings struct; kernel: what every process is told; stopping:
    True from the moment at which the process has been told to stop; seen_with: as the service declares it.
    """

    def __init__(
        self,
        name: str,
        *,
        settings: Any,
        kernel: KernelSettings,
        db: Database | None = None,
        bus: Bus | None = None,
        feed: Feed | None = None,
        wakes: Wakes | None = None,
    ) -> None:
        """db: the service's own database, for one that has one; wakes: of its jobs, where they run."""
        self.name = name
        self.settings = settings
        self.kernel = kernel
        self.refusals = Refusals()
        self.seen_with: Mapping[str, str] = {}
        self.stopping = False
        self.log = structlog.get_logger(name).bind(service=name)
        self._db = db
        self._bus = bus
        self._feed = feed
        self._wakes = wakes or Wakes(name, {})

    @property
    def db(self) -> Database:
        """The service's own database; RuntimeError for a service without one."""
        if self._db is None:
            raise RuntimeError(f"the {self.name} service has no database")
        return self._db

    @property
    def bus(self) -> Bus:
        """The connection to NATS; RuntimeError for a service that has none."""
        if self._bus is None:
            raise RuntimeError(f"the {self.name} service has no connection to NATS")
        return self._bus

    @property
    def feed(self) -> Feed:
        """The latest changes of the service; Unavailable for one that announces none."""
        if self._feed is None:
            raise errors.Unavailable("Changes are not told here.")
        return self._feed

    def position(self) -> int | None:
        """Return the latest of the service's changes that is known here; None where none is."""
        return None if self._feed is None else self._feed.position

    def call(self) -> Call:
        """Return the call of the service on its own account, now."""
        return Call.system(self.name)

    def wake(self, job: str) -> None:
        """Let a job run as soon as it can, on whichever replica runs it; KeyError for a name that is none."""
        self._wakes.wake(job)
