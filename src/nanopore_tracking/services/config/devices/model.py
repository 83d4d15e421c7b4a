"""How long and how often a PIN is taken on a shared tablet, and which PINs nobody may have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from nanopore_tracking.contracts.api.config.pins import DevicePerson
from nanopore_tracking.contracts.events.config import DeviceRevoked, DeviceShared
from nanopore_tracking.kernel.events import Change, Subject

#: Wrong PINs after which a person has to sign in fully on the tablet.
MOST_FAILURES = 5
_ROWS = ("0123456789", "9876543210", "1234567890", "0987654321")


@dataclass(frozen=True, kw_only=True)
class Times:
    """By what a tablet is looked at. at: now; life_s: of a session; idle_s: after so much time without use one ends."""

    at: datetime
    life_s: int
    idle_s: int


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person of a tablet as it is stored. pin_hash: None where they have no PIN."""

    account_id: UUID
    name: str
    username: str
    active: bool
    pin_hash: str | None
    signed_in_at: datetime
    failures: int


def since(at: datetime, life_s: int) -> datetime:
    """Return since when somebody has to have signed in fully: a PIN carries nobody past the end of such a session."""
    return at - timedelta(seconds=life_s)


def shown(person: Person, *, at: datetime, life_s: int) -> DevicePerson:
    """Return what the tablet tells of a person."""
    ready = person.failures < MOST_FAILURES and person.signed_in_at > since(at, life_s)
    return DevicePerson(account_id=person.account_id, name=person.name, ready=ready)


def fault(pin: str) -> str | None:
    """Return in one sentence why a PIN is not taken; None when it is."""
    if len(set(pin)) == 1 or any(pin in row for row in _ROWS):
        return "The PIN is one digit again and again, or digits in a row. Choose another one."
    return None


def shared(device_id: UUID, account_id: UUID, username: str) -> tuple[DeviceShared, Subject]:
    """Return what is announced of a tablet that people share from now on."""
    event = DeviceShared(device_id=device_id, account_id=account_id, username=username)
    return event, Subject("device", str(device_id), username)


def revoked(device_id: UUID, name: str, reason: str) -> tuple[DeviceRevoked, Subject, list[Change]]:
    """Return what is announced of a tablet on which no PIN is taken any more."""
    event = DeviceRevoked(device_id=device_id, name=name, reason=reason)
    return event, Subject("device", str(device_id), name), [Change("reason", None, reason)]
