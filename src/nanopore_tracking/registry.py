"""The six names that a process can run, and where each is declared; imported only when it is run."""

from importlib import import_module

from nanopore_tracking.kernel.service import Service

NAMES = ("sample", "ai", "audit", "backup", "config", "web")

_PLACES = {name: f"nanopore_tracking.services.{name}.service" for name in NAMES if name != "web"} | {
    "web": "nanopore_tracking.web.service"
}


def load(name: str) -> Service:
    """Return the declaration of the named service; KeyError for a name that is not one of NAMES."""
    service: Service = import_module(_PLACES[name]).SERVICE
    return service
