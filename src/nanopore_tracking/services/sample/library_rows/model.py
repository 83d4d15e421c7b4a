"""What becomes of many libraries: each is judged by the same table as one, and each cell says what is wrong with it."""

from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.edits import CellProblem
from nanopore_tracking.contracts.api.sample.library_rows import (
    LibrariesStepped,
    LibraryCells,
    LibraryCellsRow,
    LibraryField,
    LibraryGridAnswer,
    LibraryStepped,
)
from nanopore_tracking.contracts.api.sample.measurements import Method, NewMeasurement, Quantity
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.catalogue.model import Catalogue
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.kit_lots.model import KitLot
from nanopore_tracking.services.sample.libraries import model as libraries
from nanopore_tracking.services.sample.libraries.model import Library
from nanopore_tracking.services.sample.measurements import model as measurements
from nanopore_tracking.services.sample.reagents.model import needed

#: The lot of a library's kit in the inventory, by kit and number; None where it was never received.
Lots = MutableMapping[tuple[str, str], KitLot | None]

#: What each column measures, and how it is done where nothing else is said.
MEASURED: Mapping[LibraryField, tuple[Quantity, Method]] = {
    "qubit_ng_per_ul": ("concentration", "qubit_hs"),
    "volume_ul": ("volume", "pipette"),
    "fragment_mean_bp": ("fragment_mean_bp", "tapestation"),
}
#: The value of a library that each column is measured for.
_NOW: Mapping[LibraryField, str] = {
    "qubit_ng_per_ul": "conc_ng_per_ul",
    "volume_ul": "volume_ul",
    "fragment_mean_bp": "mean_fragment_bp",
}
_CHANGED = "Somebody changed it since you read it. It was left as it is; look at it again and repeat."


def codes(said: Iterable[str]) -> list[str]:
    """Return codes as they are written, in their order."""
    return [each.strip().upper() for each in said]


def in_turn(found: Iterable[Library]) -> list[Library]:
    """Return libraries in the one order in which they are worked on, so that no two wait for each other's lots."""
    return sorted(found, key=lambda library: (library.kit, library.kit_lot, library.code))


def stepped(library: Library) -> LibraryStepped:
    """Return that a library is in its state now."""
    return LibraryStepped(
        library=library.code,
        library_id=library.id,
        state=library.state,
        version=library.version,
        outcome="changed",
    )


def refused(library: Library, problem: errors.Problem) -> LibraryStepped:
    """Return why a library stays as it is."""
    return LibraryStepped(
        library=library.code,
        library_id=library.id,
        state=library.state,
        version=library.version,
        outcome="refused",
        reason=problem.type,
        message=problem.message,
    )


def unknown(code: str) -> LibraryStepped:
    """Return that there is no such library."""
    message = f"There is no library {code}, or none that you may see."
    return LibraryStepped(
        library=code, library_id=None, state=None, version=None, outcome="refused", reason="not-found", message=message
    )


def stale(library: Library) -> errors.Stale:
    """Return that a library is not the one that was seen."""
    return errors.Stale(_CHANGED, version=library.version)


def once(said: Sequence[str]) -> None:
    """Raise Invalid where a library is named twice."""
    twice = sorted(code for code, many in Counter(said).items() if many > 1)
    if twice:
        message = f"{', '.join(twice[:10])} is named twice; name each library once."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("libraries", message)])


def begins(library: Library, asked: chain.Asked) -> bool:
    """Tell whether a library would take of the lot of its kit."""
    return library.state == "planned" and asked.to == "prepared"


def judged(library: Library, asked: chain.Asked, *, catalogue: Catalogue, lots: Lots, today: date) -> LibraryStepped:
    """Return what would become of a library; what it takes of its lot is not there for those that come after it."""
    key = (library.kit, library.kit_lot)
    lot = lots.get(key) if begins(library, asked) else None
    facts = libraries.Facts(library=library, kit=catalogue.kit_named(library.kit), today=today, lot=lot)
    try:
        chain.decide(library.stands, asked, table=libraries.WAYS, facts=facts)
    except errors.Problem as problem:
        return refused(library, problem)
    if lot is not None:
        taken = min(needed(len(library.barcodes)), lot.left)
        lots[key] = replace(lot, reactions_used=lot.reactions_used + taken)
    return stepped(library)


def answered(
    said: Sequence[str], rows: Mapping[str, LibraryStepped], *, bulk_id: UUID | None = None
) -> LibrariesStepped:
    """Return what became of libraries in the order in which they were named."""
    found = [rows.get(code) or unknown(code) for code in said]
    changed = sum(1 for row in found if row.outcome == "changed")
    return LibrariesStepped(bulk_id=bulk_id, changed=changed, refused=len(found) - changed, rows=found)


@dataclass(kw_only=True, slots=True)
class Row:
    """One row of the grid as it is understood; library None: there is none that may be seen."""

    code: str
    library: Library | None
    measured: list[NewMeasurement] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    def wrong(self, name: str, message: str) -> None:
        """Add what is wrong with a cell; `library`: with the row."""
        self.problems.append(CellProblem(field=name, level="error", message=message))

    @property
    def saves(self) -> bool:
        """Whether anything of it is recorded."""
        return not self.problems and bool(self.measured)

    def changes(self) -> dict[str, Sequence[Any]]:
        """Return of each measured column what counted before, and what was measured."""
        values = {measured.quantity: measured.value for measured in self.measured}
        return {
            name: (getattr(self.library, _NOW[name]), values[quantity])
            for name, (quantity, _) in MEASURED.items()
            if quantity in values
        }

    def answered(self, version: int | None) -> LibraryCellsRow:
        """Return what becomes of it. version: of the library afterwards."""
        outcome: Any = "refused" if self.problems else "saved" if self.measured else "unchanged"
        return LibraryCellsRow(library=self.code, outcome=outcome, version=version, problems=self.problems)


def understood(asked: LibraryCells, library: Library | None, methods: Mapping[LibraryField, Method]) -> Row:
    """Return a row with what is wrong in it."""
    row = Row(code=asked.library.strip().upper(), library=library)
    if library is None:
        row.wrong("library", "There is no such library, or none that you may see.")
        return row
    if library.version != asked.version:
        row.wrong("library", _CHANGED)
    for name, text in asked.cells.items():
        cell = text.strip()
        if not cell:
            continue
        quantity, usual = MEASURED[name]
        found = measurements.typed(cell, quantity, methods.get(name, usual))
        if isinstance(found, str):
            row.wrong(name, found)
        else:
            row.measured.append(found)
    return row


def distinguish(rows: Sequence[Row]) -> None:
    """Refuse libraries that stand twice."""
    many = Counter(row.code for row in rows)
    for row in rows:
        if many[row.code] > 1:
            row.wrong("library", "This library stands in the grid more than once.")


def grid(rows: Sequence[Row], versions: Mapping[str, int], *, bulk_id: UUID | None = None) -> LibraryGridAnswer:
    """Return what becomes of a grid. versions: of the libraries as they are now."""
    answers = [row.answered(versions.get(row.code)) for row in rows]
    return LibraryGridAnswer(
        bulk_id=bulk_id,
        saved=sum(1 for row in answers if row.outcome == "saved"),
        refused=sum(1 for row in answers if row.outcome == "refused"),
        rows=answers,
    )
