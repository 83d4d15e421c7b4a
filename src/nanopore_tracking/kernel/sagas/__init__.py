"""Sagas: durable steps over several transactions and services, undone in reverse order when they cannot be done."""

from nanopore_tracking.kernel.sagas.engine import Pace, Sagas
from nanopore_tracking.kernel.sagas.events import EVENTS
from nanopore_tracking.kernel.sagas.plan import At, Local, Remote, Saga, Wait
from nanopore_tracking.kernel.sagas.store import start, tell

__all__ = ["EVENTS", "At", "Local", "Pace", "Remote", "Saga", "Sagas", "Wait", "start", "tell"]
