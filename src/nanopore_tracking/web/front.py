"""What the web front keeps in memory in one process: the way to each service and the access tokens in use."""

import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from litestar import Request

from nanopore_tracking.kernel import asking, errors
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.http import TIMEOUT, Link
from nanopore_tracking.web.parked import Parked
from nanopore_tracking.web.session import Sessions
from nanopore_tracking.web.settings import Settings

#: Seconds for which the facility's settings are used without asking again.
FACILITY_S = 60.0

_fronts: dict[int, "Front"] = {}


@dataclass(frozen=True, kw_only=True)
class Facility:
    """What the facility calls itself, and the zone in which its pages show times."""

    name: str = ""
    zone: tzinfo = UTC


class Front:
    """Shared by all visits of a process; losing it costs an exchange of tokens and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.public_url = settings.address
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self.pool = asking.client(TIMEOUT, limits=limits)
        self._links = {name: Link(name, url, self.pool) for name, url in settings.addresses().items()}
        self.sessions = Sessions(lambda *tokens: Config(self.link("config")).refresh(*tokens))
        self.parked = Parked()
        self._facility = Facility()
        self._facility_until = 0.0

    def link(self, service: str) -> Link:
        """Return the way to a service; KeyError for a name that is none."""
        return self._links[service]

    async def facility(self, access_token: str) -> Facility:
        """Return what the facility has set; what was known last while the config service does not answer."""
        if time.monotonic() >= self._facility_until:
            self._facility_until = time.monotonic() + FACILITY_S
            # A zone that this machine does not know is a KeyError.
            with contextlib.suppress(errors.Problem, KeyError):
                asked = await Config(self.link("config"), access_token).settings()
                found = {item.name: item.value for item in asked.items}
                self._facility = Facility(name=found["facility_name"], zone=ZoneInfo(found["time_zone"]))
        return self._facility

    def forget_facility(self) -> None:
        """Ask again when it is needed next, because it was changed here."""
        self._facility_until = 0.0


def front_of(request: Request[Any, Any, Any]) -> Front:
    """Return the front of the application that answers this request."""
    runtime = request.app.state.runtime
    front = _fronts.get(id(runtime))
    if front is None:
        front = _fronts[id(runtime)] = Front(runtime.settings)
    return front
