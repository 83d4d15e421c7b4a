"""What a library is, its one table of states and gates, and which barcodes it may have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import LibraryState, Want
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.barcodes.model import Barcode
from nanopore_tracking.services.sample.catalogue.model import Kit, figure
from nanopore_tracking.services.sample.chain.model import Stands, Table, Way, nothing, want
from nanopore_tracking.services.sample.kit_lots.model import KitLot
from nanopore_tracking.services.sample.reagents import model as reagents
from nanopore_tracking.services.sample.samples.model import Sample

#: What is said of the preparation of a library, and changed while it is planned.
PREPARATION = (
    "kit", "kit_lot", "lot_expires_on", "protocol_version", "operator", "started_at", "finished_at", "input_ng",
    "input_volume_ul", "deviations",
)  # fmt: skip
#: What was measured of it, and what follows.
MEASURED = (
    "conc_ng_per_ul", "mean_fragment_bp", "volume_ul", "used_ul", "amount_fmol", "amount_length_bp", "amount_formula",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What went into a library; has_material: nucleic acid is to be found in its sample."""

    sample_id: UUID
    sample_code: str
    aliquot_code: str | None
    volume_ul: float | None
    has_material: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Library:
    """A library as it is stored, with what went in, its barcodes, and the pools that it is in by their state."""

    id: UUID
    code: str
    lab_id: UUID
    state: LibraryState
    state_reason: str
    kit: str
    kit_lot: str
    lot_expires_on: date | None
    protocol_version: str
    operator: str
    started_at: datetime | None
    finished_at: datetime | None
    input_ng: float | None
    input_volume_ul: float | None
    deviations: str
    conc_ng_per_ul: float | None
    mean_fragment_bp: float | None
    volume_ul: float | None
    used_ul: float
    amount_fmol: float | None
    amount_length_bp: float | None
    amount_formula: str | None
    version: int
    sources: Sequence[Source] = ()
    barcodes: Sequence[Barcode] = ()
    draft_pools: Sequence[str] = ()
    fixed_pools: Sequence[str] = ()

    @property
    def left_ul(self) -> float | None:
        """What is left of it; None where its volume was not measured."""
        return None if self.volume_ul is None else self.volume_ul - self.used_ul

    @property
    def stands(self) -> Stands:
        """The library as what a transition is asked for of."""
        return Stands(noun="library", id=self.id, code=self.code, state=self.state, version=self.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """The library of a sample that counts now; pool: the latest one that it is in, with so many libraries."""

    id: UUID
    code: str
    state: LibraryState
    kit: str
    kit_lot: str
    lot_expires_on: date | None
    input_ng: float | None
    conc_ng_per_ul: float | None
    mean_fragment_bp: float | None
    volume_ul: float | None
    barcodes: Sequence[str]
    pool: str | None
    pool_libraries: int

    @property
    def barcode(self) -> str | None:
        """The barcode of the sample in it, the first of several; None without one."""
        return self.barcodes[0] if self.barcodes else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a library is judged by; kit: of the catalogue, lot: of the inventory, None where it is not there."""

    library: Library
    kit: Kit | None
    today: date
    lot: KitLot | None = None


def preparation(facts: Facts) -> Iterator[Want]:
    """Kit, lot in date, protocol, input, and a barcode for each sample where the kit has barcodes."""
    library = facts.library
    known = f"The kit {library.kit} {'is' if facts.kit else 'is not'} in the catalogue."
    yield want("kit-known", met=facts.kit is not None, message=known, how="Prepare the library with a known kit.")
    for code, value, what in (
        ("lot", library.kit_lot, "lot of the kit"),
        ("lot-last-day", library.lot_expires_on, "last day of the kit lot"),
        ("protocol", library.protocol_version, "protocol with its version"),
    ):
        there = "is recorded" if value else "is not recorded yet"
        yield want(code, met=bool(value), message=f"The {what} {there}.", how=f"Record the {what}.", firm=True)
    yield in_date(library.kit_lot, library.lot_expires_on, facts.today)
    if library.state == "planned":  # A library that was prepared once has taken them.
        yield from reagents.usable(facts.lot, reagents.needed(len(library.barcodes)), facts.today)
    yield want(
        "input",
        met=library.input_ng is not None,
        message="The mass that went in is recorded." if library.input_ng else "The mass that went in is not recorded.",
        how="Record the input mass.",
    )
    yield from barcoded(library, facts.kit)


def finished(library: Library, *, to: str, by: str, at: datetime) -> Library:
    """Return a library that is said to be prepared with who did it and when, where nobody said so before."""
    if to != "prepared":
        return library
    return replace(library, operator=library.operator or by, finished_at=library.finished_at or at)


def in_date(lot: str, last: date | None, day: date) -> Want:
    """Return whether a kit lot may be used on a day."""
    return want(
        "lot-in-date",
        met=last is not None and last >= day,
        message="The last day of the kit lot is not known."
        if last is None
        else f"The last day of the kit lot {lot} {'is' if last >= day else 'was'} {last.isoformat()}.",
        how="Prepare the library with a lot that is in date.",
    )


def barcoded(library: Library, kit: Kit | None) -> Iterator[Want]:
    """Every sample of a library has a barcode where the kit has barcodes, and none where it has none."""
    if kit is None or (kit.capacity is None and not library.barcodes):
        return
    labelled = {barcode.sample_id for barcode in library.barcodes}
    bare = [source.sample_code for source in library.sources if source.sample_id not in labelled]
    names = ", ".join(barcode.barcode for barcode in library.barcodes) or "none"
    yield want(
        "barcode",
        met=not bare,
        message=f"The library has {names}." if not bare else f"{', '.join(dict.fromkeys(bare))} has no barcode yet.",
        how="Give every sample of the library a barcode of its kit.",
    )


def measured(facts: Facts) -> Iterator[Want]:
    """Concentration, volume and length were measured; nothing is to be measured where there is no nucleic acid."""
    library = facts.library
    if library.sources and not any(source.has_material for source in library.sources):
        return
    for code, value, what in (
        ("concentration", library.conc_ng_per_ul, "fluorometric concentration (Qubit)"),
        ("volume", library.volume_ul, "volume"),
        ("fragment", library.mean_fragment_bp, "fragment length (mean or mode)"),
    ):
        there = "not measured yet" if value is None else figure(code, value)
        yield want(code, met=value is not None, message=f"The {what} is {there}.", how=f"Measure the library's {what}.")


def unpooled(facts: Facts) -> Iterator[Want]:
    """Want a library to be in no pool at all."""
    names = ", ".join([*facts.library.fixed_pools, *facts.library.draft_pools])
    yield want(
        "in-no-pool",
        met=not names,
        message=f"It is in {names}." if names else "It is in no pool.",
        how="Take it out of the pool first.",
        firm=True,
    )


def in_fixed_pool(facts: Facts) -> Iterator[Want]:
    """Want a library to be in a pool whose mixture is fixed."""
    names = ", ".join(facts.library.fixed_pools)
    message = f"It is in {names}." if names else "It is in no pool that is fixed."
    yield want("pooled", met=bool(names), message=message, how="Fix the pool that it is in.", firm=True)


def in_no_fixed_pool(facts: Facts) -> Iterator[Want]:
    """Want a library to be in no pool whose mixture is fixed."""
    names = ", ".join(facts.library.fixed_pools)
    message = f"It is in {names}." if names else "It is in no pool that is fixed."
    yield want("in-no-fixed-pool", met=not names, message=message, how="Open the pool that it is in.", firm=True)


#: The one table of states and gates of a library.
WAYS: Table = {
    "planned": (Way(to="prepared", gate=preparation), Way(to="discarded", gate=unpooled, reason=True)),
    "prepared": (
        Way(to="qc_passed", gate=measured),
        Way(to="qc_failed", gate=nothing, reason=True),
        Way(to="planned", gate=unpooled, reason=True),
        Way(to="discarded", gate=unpooled, reason=True),
    ),
    "qc_failed": (
        Way(to="prepared", gate=nothing, reason=True),
        Way(to="discarded", gate=unpooled, reason=True),
    ),
    "qc_passed": (
        Way(to="pooled", gate=in_fixed_pool),
        Way(to="qc_failed", gate=in_no_fixed_pool, reason=True),
        Way(to="exhausted", gate=nothing, reason=True),
        Way(to="discarded", gate=unpooled, reason=True),
    ),
    "pooled": (
        Way(to="qc_passed", gate=in_no_fixed_pool),
        Way(to="exhausted", gate=nothing, reason=True),
        Way(to="discarded", gate=nothing, reason=True),
    ),
    "exhausted": (),
    "discarded": (),
}


def allowed(sample: Sample) -> None:
    """Raise Conflict unless a library of the sample can be prepared now."""
    if sample.stage != "library_prep":
        message = f"it is at the stage {sample.stage}; libraries are prepared at library_prep"
    elif sample.status == "on_hold":
        message = "it is on hold; resume it first"
    elif not sample.open:
        message = f"it is {sample.status}"
    else:
        return
    raise errors.Conflict(
        f"No library can be made of the sample {sample.code}: {message}. Nothing was recorded.",
        type="not-allowed",
        stage=sample.stage,
        status_now=sample.status,
    )


def changeable(library: Library) -> None:
    """Raise Conflict unless the preparation of a library can still be changed."""
    if library.state != "planned":
        raise errors.Conflict(
            f"The library {library.code} is {library.state.replace('_', ' ')}. Nothing was changed; what is said of "
            "its preparation changes only while it is planned.",
            type="not-allowed",
            state=library.state,
        )


def facts(library: Library, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what every event about a library says of it; values: what is otherwise than in `library`."""
    names = ("code", "lab_id", "state", "state_reason", *PREPARATION, *MEASURED)
    return (
        {name: getattr(library, name) for name in names}
        | {
            "library_id": library.id,
            "sources": [
                {"sample_code": source.sample_code, "aliquot_code": source.aliquot_code, "volume_ul": source.volume_ul}
                for source in library.sources
            ],
            "barcodes": [
                {"sample_code": item.sample_code, "kit": item.kit, "barcode": item.barcode, "alias": item.alias}
                for item in library.barcodes
            ],
        }
        | dict(values or {})
    )


def subject(library_id: UUID, code: str) -> Subject:
    """Return a library as the subject of an event."""
    return Subject("library", str(library_id), code)
