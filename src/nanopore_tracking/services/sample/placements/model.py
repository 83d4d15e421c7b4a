"""Where each scanned tube goes in a box, and why one does not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.sample.custody import ToldKind
from nanopore_tracking.contracts.api.sample.storage import Placed, Placement
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.containers.model import Container
from nanopore_tracking.services.sample.custody import model as custody
from nanopore_tracking.services.sample.locations import model as locations
from nanopore_tracking.services.sample.locations.model import Location, Spot

Reason = Literal["", "unknown", "twice", "occupied", "no-such-position", "full", "not-allowed"]
#: row and column → what stands there: its id and its name.
Occupied = Mapping[tuple[int, int], tuple[UUID, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tube:
    """A scanned tube: the container, and what people call it."""

    container: Container
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What becomes of one scanned tube. spot: where it goes, None where it stays where it is."""

    asked: Placement
    tube: Tube | None = None
    spot: Spot | None = None
    position: str = ""
    reason: Reason = ""
    message: str = ""

    @property
    def answer(self) -> Placed:
        """What is answered of it."""
        return Placed(
            barcode=self.asked.barcode,
            position=self.position,
            subject_code=self.tube.container.subject_code if self.tube else "",
            placed=not self.reason,
            reason=self.reason,
            message=self.message,
        )


def box_only(location: Location) -> None:
    """Raise Invalid or Conflict where a place is no box that tubes can be put into."""
    if location.kind != "box":
        message = f"{location.path} is a {location.kind}, not a box. Nothing was recorded; scan the box."
        raise errors.Invalid(message, type="not-a-box")
    if location.status == "retired":
        message = f"The box {location.path} is retired. Nothing was recorded; choose another box."
        raise errors.Conflict(message, type="not-allowed")


def kind_of(container: Container) -> ToldKind:
    """Return what it is called that a container is put into a box."""
    return "moved" if container.spot.text else "stored"


def decide(
    box: Location, asked: Sequence[Placement], tubes: Mapping[str, Tube], *, occupied: Occupied
) -> list[Decision]:
    """Return what becomes of each scanned tube, in the order of scanning. tubes: by the scanned code."""
    there = dict(occupied)
    free = _places(box)
    seen: set[UUID] = set()
    found = []
    for item in asked:
        decision = _decide(box, item, tubes.get(item.barcode), there=there, seen=seen, free=free)
        place = locations.position(decision.position)
        if place and decision.tube and decision.spot:
            container = decision.tube.container
            there = {at: held for at, held in there.items() if held[0] != container.id}
            there[place] = (container.id, decision.tube.name)
        if place:
            free = _places(box, after=place)
        if decision.tube:
            seen.add(decision.tube.container.id)
        found.append(decision)
    return found


def _places(box: Location, after: tuple[int, int] = (1, 0)) -> Iterator[tuple[int, int]]:
    rows, columns = box.grid_rows or 0, box.grid_columns or 0
    for row in range(after[0], rows + 1):
        for column in range(after[1] + 1 if row == after[0] else 1, columns + 1):
            yield row, column


def _decide(
    box: Location,
    asked: Placement,
    tube: Tube | None,
    *,
    there: dict[tuple[int, int], tuple[UUID, str]],
    seen: set[UUID],
    free: Iterator[tuple[int, int]],
) -> Decision:
    if tube is None:
        message = f"No tube or sample has the code {asked.barcode}. Scan it again, or register it first."
        return Decision(asked=asked, reason="unknown", message=message)
    container = tube.container
    if container.id in seen:
        message = f"{tube.name} was scanned before; it stays there."
        return Decision(asked=asked, tube=tube, reason="twice", message=message)
    refused = custody.refusal(container, "stored")
    if refused:
        return Decision(asked=asked, tube=tube, reason="not-allowed", message=refused)
    place = locations.position(asked.position) if asked.position else next((p for p in free if p not in there), None)
    if place is None:
        message = f"The box {box.code} has no free position after the last one for {tube.name}."
        return Decision(asked=asked, tube=tube, reason="full", message=message)
    return _at(box, asked, tube, place=place, there=there)


def _at(
    box: Location,
    asked: Placement,
    tube: Tube,
    *,
    place: tuple[int, int],
    there: dict[tuple[int, int], tuple[UUID, str]],
) -> Decision:
    name = locations.position_name(*place)
    if box.grid_rows is None or box.grid_columns is None or place[0] > box.grid_rows or place[1] > box.grid_columns:
        message = f"The box {box.code} has no position {asked.position}; {tube.name} was not put anywhere."
        return Decision(asked=asked, tube=tube, reason="no-such-position", message=message)
    held = there.get(place)
    if held and held[0] == tube.container.id:
        return Decision(asked=asked, tube=tube, position=name, message="It stood there already.")
    if held:
        message = f"{name} holds {held[1]}; {tube.name} cannot stand there too."
        return Decision(asked=asked, tube=tube, position=name, reason="occupied", message=message)
    return Decision(asked=asked, tube=tube, position=name, spot=locations.spot(box, name))
