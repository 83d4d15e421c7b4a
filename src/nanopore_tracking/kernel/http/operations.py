"""The routes that every service with a database has: its stream of changes, and the events that it could not handle."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nanopore_tracking.kernel.runtime import Runtime


def paths(service: str) -> tuple[str, ...]:
    """Return the prefixes under which a service answers these routes."""
    return f"/api/changes/{service}", f"/api/operations/{service}"


def routes(runtime: "Runtime") -> list[Any]:
    """Return the routes of a service; none for one without a database."""
    return []
