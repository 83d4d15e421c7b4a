"""What the web front keeps in memory in one process: the way to each service and the access tokens in use."""

from typing import Any

import httpx
from litestar import Request

from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.http import TIMEOUT, Link
from nanopore_tracking.web.session import Sessions
from nanopore_tracking.web.settings import Settings

_fronts: dict[int, "Front"] = {}


class Front:
    """Shared by all visits of a process; losing it costs an exchange of tokens and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.public_url = settings.address
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self.pool = httpx.AsyncClient(timeout=TIMEOUT, limits=limits, follow_redirects=False, trust_env=False)
        self._links = {name: Link(name, url, self.pool) for name, url in settings.addresses().items()}
        self.sessions = Sessions(lambda token: Config(self.link("config")).refresh(token))

    def link(self, service: str) -> Link:
        """Return the way to a service; KeyError for a name that is none."""
        return self._links[service]


def front_of(request: Request[Any, Any, Any]) -> Front:
    """Return the front of the application that answers this request."""
    runtime = request.app.state.runtime
    front = _fronts.get(id(runtime))
    if front is None:
        front = _fronts[id(runtime)] = Front(runtime.settings)
    return front
