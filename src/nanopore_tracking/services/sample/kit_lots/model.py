"""What a lot of reagents is, and when it may be used."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.kit_lots import LotCategory, LotState, NewKitLot
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.catalogue.model import Catalogue
from nanopore_tracking.services.sample.overrides.model import Thing

#: A lot with at most this share of its reactions left is low.
LOW_SHARE = 0.2
#: What people may change of a lot.
CHANGEABLE = ("expires_on", "reactions_total", "location", "note")


@dataclass(frozen=True, kw_only=True, slots=True)
class KitLot:
    """A lot as it is stored."""

    id: UUID
    kit_code: str
    lot: str
    category: LotCategory
    received_on: date
    expires_on: date
    opened_on: date | None
    reactions_total: int
    reactions_used: int
    location: str
    note: str
    state: LotState
    version: int

    @property
    def left(self) -> int:
        """How many reactions are left."""
        return self.reactions_total - self.reactions_used

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.kit_code} lot {self.lot}"


def facts(lot: KitLot) -> dict[str, Any]:
    """Return what every event about a lot says."""
    said = {name: getattr(lot, name) for name in KitLot.__slots__ if name not in ("id", "version")}
    return {"kit_lot_id": lot.id} | said


def subject(lot: KitLot) -> Subject:
    """Return how events name a lot."""
    return Subject("kit_lot", str(lot.id), lot.name)


def kit_code(asked: NewKitLot, catalogue: Catalogue) -> str:
    """Return the code under which the lot is kept; Invalid for a library kit that the catalogue does not have."""
    if asked.category == "consumable":
        return asked.kit_code.strip().upper()
    kit = catalogue.kit(asked.kit_code)
    if kit is None:
        message = (
            f"The catalogue has no kit {asked.kit_code.strip()}. Nothing was changed. Use a code of the catalogue, or "
            "say that it is a consumable."
        )
        raise errors.Invalid(message, fields=[errors.FieldError("kit_code", "The catalogue has no such kit.")])
    return kit.code


def dated(received_on: date, expires_on: date, *, today: date) -> None:
    """Raise Invalid where the dates of a lot cannot be right."""
    wrong = []
    if received_on > today:
        wrong.append(errors.FieldError("received_on", "This is in the future."))
    if expires_on < received_on:
        wrong.append(errors.FieldError("expires_on", "It would have expired before it came."))
    if wrong:
        raise errors.Invalid(
            "The dates of the lot cannot be right. "
            + " ".join(each.message for each in wrong)
            + " Nothing was changed.",
            fields=wrong,
        )


def usable(lot: KitLot, day: date, *, reactions: int = 1, reason: str = "", may_override: bool = False) -> bool:
    """Tell whether it takes an override to use so many reactions of a lot on a day, which was then given.

    Conflict `lot-expired` for one after its last day without a reason, Forbidden with a reason by somebody who may not
    decide that, Conflict `lot-not-usable` for one that is used up or was discarded.
    """
    if lot.state in ("used_up", "discarded"):
        said = "is used up" if lot.state == "used_up" else "was discarded"
        raise errors.Conflict(
            f"{lot.name} {said}. Nothing was changed; take another lot.", type="lot-not-usable", state=lot.state
        )
    if reactions > lot.left:
        raise errors.Conflict(
            f"{lot.name} has {counted(lot.left, 'reaction')} left; asked for: {reactions}. Nothing was changed; use "
            "fewer, or take another lot.",
            type="lot-not-usable",
            left=lot.left,
        )
    if day <= lot.expires_on:
        return False
    if not reason:
        raise errors.Conflict(
            f"{lot.name} expired on {lot.expires_on.isoformat()}. Nothing was changed; take another lot, or let a "
            "facility manager say why this one is used.",
            type="lot-expired",
            expires_on=lot.expires_on.isoformat(),
        )
    if not may_override:
        raise errors.Forbidden("Only a facility manager decides that an expired lot is used. Nothing was changed.")
    return True


def state_of(lot: KitLot, *, total: int, used: int, discarded: bool) -> LotState:
    """Return the state of a lot with so many reactions; Conflict for a total below what was used."""
    if total < used:
        raise errors.Conflict(
            f"{counted(used, f'reaction of {lot.name} was', f'reactions of {lot.name} were')} used already, so that it "
            f"cannot have {total}. Nothing was changed.",
            type="not-allowed",
            fields=[errors.FieldError("reactions_total", f"This must be at least {used}.")],
        )
    if discarded:
        return "discarded"
    if used == total:
        return "used_up"
    return "open" if used else "sealed"


def thing(lot: KitLot) -> Thing:
    """Return a lot as what an override is of."""
    return Thing(kind="kit_lot", id=lot.id, code=lot.name, state=lot.state, version=lot.version)


def expiry(lot: KitLot) -> list[dict[str, str]]:
    """Return what an override of an expired lot passes over."""
    message = f"{lot.name} expired on {lot.expires_on.isoformat()}."
    return [{"code": "lot-expired", "message": message, "how": "Take another lot."}]
