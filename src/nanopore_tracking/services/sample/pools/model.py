"""What a pool is, its one table of states and gates, and which libraries can be told apart in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import PoolState, Want
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.barcodes.model import Barcode, Shelf, complement, same
from nanopore_tracking.services.sample.chain.model import Stands, Table, Way, molarity_nm, nothing, want, warn
from nanopore_tracking.services.sample.libraries.model import Library

#: What is said of a pool, and changed while it is a draft.
SAID = ("name", "arrangement_name", "arrangement_reason", "target_fmol", "target_volume_ul", "buffer_ul", "note")
MEASURED = (
    "conc_ng_per_ul", "mean_fragment_bp", "volume_ul", "used_ul", "amount_fmol", "amount_length_bp", "amount_formula",
)  # fmt: skip
_POOLABLE = ("qc_passed", "pooled")
_GONE = ("qc_failed", "exhausted", "discarded")
#: How a refusal ends; a gate, which is only looked at, says it without.
_UNCHANGED = " Nothing was changed."
_TOLERANCE_UL = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """A library in a pool with how much of it goes in."""

    library: Library
    share: float = 1
    volume_ul: float | None = None

    @property
    def fmol(self) -> float | None:
        """The amount that goes in; None where it is not known."""
        nm = molarity_nm(self.library.conc_ng_per_ul, self.library.mean_fragment_bp)
        return None if nm is None or self.volume_ul is None else nm * self.volume_ul


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """A pool as it is stored, with its components."""

    id: UUID
    code: str
    name: str
    state: PoolState
    state_reason: str
    arrangement_name: str | None
    arrangement_reason: str | None
    target_fmol: float | None
    target_volume_ul: float | None
    buffer_ul: float
    conc_ng_per_ul: float | None
    mean_fragment_bp: float | None
    volume_ul: float | None
    used_ul: float
    amount_fmol: float | None
    amount_length_bp: float | None
    amount_formula: str | None
    note: str
    version: int
    components: Sequence[Component] = ()

    @property
    def stands(self) -> Stands:
        """The pool as what a transition is asked for of."""
        return Stands(noun="pool", id=self.id, code=self.code, state=self.state, version=self.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a pool is judged by; loads: how many loads of it are planned or done."""

    pool: Pool
    shelf: Shelf
    loads: int = 0


def demultiplexed_by(library: Library) -> set[str]:
    """Return the kits whose barcodes a library is told apart by: those of its barcodes, else its own."""
    return {barcode.kit for barcode in library.barcodes} or {library.kit}


def together(components: Sequence[Component], *, arrangement: str | None, shelf: Shelf) -> None:
    """Raise Conflict unless the libraries can be told apart in one pool.

    Refused: a library that cannot be used any more, one without a barcode beside others, more barcodes than the kit
    has, one barcode twice by whatever name, and two kits without a custom arrangement.
    """
    libraries = [component.library for component in components]
    for library in libraries:
        if library.state in _GONE:
            _refuse(f"The library {library.code} is {library.state.replace('_', ' ')}.", "library-state")
    if len(libraries) > 1:
        bare = [library.code for library in libraries if not library.barcodes]
        if bare:
            _refuse(f"{', '.join(bare)} has no barcode; alone it can be sequenced without one.", "no-barcode")
    kits = sorted({kit for library in libraries for kit in demultiplexed_by(library)})
    if len(kits) > 1 and arrangement is None:
        _refuse(
            f"Its libraries have barcodes of {' and '.join(kits)}. Dorado separates a pool by one kit: pool them "
            "apart, or attach a custom arrangement with its name and the reason.",
            "pool-of-one-kit",
        )
    barcodes = [barcode for library in libraries for barcode in library.barcodes]
    for kit in kits:
        _capacity(kit, [barcode for barcode in barcodes if barcode.kit == kit], shelf)
    found: dict[str, Barcode] = {}
    for barcode in barcodes:
        other = found.setdefault(barcode.key, barcode)
        if other is not barcode:
            _refuse(same(barcode, other), "barcode-collision")


def _capacity(kit: str, barcodes: Sequence[Barcode], shelf: Shelf) -> None:
    known = shelf.catalogue.kit_named(kit)
    if known is not None and known.capacity is not None and len(barcodes) > known.capacity:
        last = barcodes[known.capacity]
        _refuse(
            f"{known.code} has {known.capacity} barcodes, and {last.sample_code} would be number "
            f"{known.capacity + 1} of {len(barcodes)}. Use a kit with more barcodes, or make a second pool.",
            "barcode-capacity",
        )


def _refuse(message: str, code: str) -> None:
    raise errors.Conflict(f"The libraries cannot be in one pool. {message}{_UNCHANGED}", type=code)


def complete(facts: Facts) -> Iterator[Want]:
    """Every library passed QC and has a volume that is there; they can be told apart."""
    pool = facts.pool
    components = pool.components
    message = f"Libraries in the pool: {len(components)}." if components else "The pool has no library yet."
    yield want("libraries", met=bool(components), message=message, how="Put libraries in.", firm=True)
    waiting = [item.library.code for item in components if item.library.state not in _POOLABLE]
    yield want(
        "libraries-passed",
        met=not waiting,
        message="Every library passed QC." if not waiting else f"{', '.join(waiting)} has not passed QC.",
        how="Pass the libraries' QC, or take them out.",
        firm=True,
    )
    unsaid = [item.library.code for item in components if item.volume_ul is None]
    yield want(
        "volumes",
        met=not unsaid,
        message="Every library has its volume." if not unsaid else f"{', '.join(unsaid)} has no volume yet.",
        how="Compute the volumes, or set them by hand.",
        firm=True,
    )
    short = [item for item in components if _short(item)]
    yield want(
        "enough",
        met=not short,
        message="There is enough of every library."
        if not short
        else " ".join(
            f"{item.volume_ul:,.4g} µL of {item.library.code} are to go in, and {item.library.left_ul or 0:,.4g} µL "
            "are left."
            for item in short
        ),
        how="Take less of it, or prepare more.",
        firm=True,
    )
    yield from _told_apart(facts)


def _short(item: Component) -> bool:
    left_ul = item.library.left_ul
    return left_ul is not None and item.volume_ul is not None and item.volume_ul > left_ul + _TOLERANCE_UL


def _told_apart(facts: Facts) -> Iterator[Want]:
    pool = facts.pool
    try:
        together(pool.components, arrangement=pool.arrangement_name, shelf=facts.shelf)
    except errors.Conflict as refused:
        message = refused.message.removesuffix(_UNCHANGED)
        yield want("barcodes", met=False, message=message, how="Change the libraries of the pool.", firm=True)
    yield from findings(pool, facts.shelf)


def findings(pool: Pool, shelf: Shelf) -> Iterator[Want]:
    """Yield what is shown and stops nothing: few barcodes for the kit, barcodes that are each other's other strand."""
    barcodes = [barcode for component in pool.components for barcode in component.library.barcodes]
    for code in sorted({barcode.kit for barcode in barcodes}):
        kit = shelf.catalogue.kit_named(code)
        many = sum(1 for barcode in barcodes if barcode.kit == code)
        if kit is not None and kit.min_barcodes is not None and many < kit.min_barcodes:
            yield warn(
                "few-barcodes",
                met=False,
                message=f"{kit.code} should be used with at least {kit.min_barcodes} barcodes; the pool has {many}.",
                how="Put more libraries in, or go on and expect less yield.",
            )
    sequences = {barcode.sequence: barcode for barcode in barcodes if barcode.sequence}
    for sequence, barcode in sequences.items():
        other = sequences.get(complement(sequence))
        if other is not None and barcode.kit < other.kit:
            yield warn(
                "other-strand",
                met=False,
                message=f"{barcode.barcode} of {barcode.kit} is the other strand of {other.barcode} of {other.kit}: "
                "only what stands beside them tells them apart.",
                how="Use other numbers in one of the kits.",
            )


def measured(facts: Facts) -> Iterator[Want]:
    """Concentration, volume and length of the pool were measured."""
    pool = facts.pool
    for code, value, what in (
        ("concentration", pool.conc_ng_per_ul, "fluorometric concentration (Qubit)"),
        ("volume", pool.volume_ul, "volume"),
        ("fragment", pool.mean_fragment_bp, "fragment length (mean or mode)"),
    ):
        there = "not measured yet" if value is None else f"{value:,.5g}"
        yield want(code, met=value is not None, message=f"The {what} is {there}.", how=f"Measure the pool's {what}.")


def _loaded(facts: Facts) -> Iterator[Want]:
    message = f"It was loaded {counted(facts.loads, 'time')}." if facts.loads else "No load of it is recorded."
    yield want("load", met=facts.loads > 0, message=message, how="Record the load on a flow cell.", firm=True)


def _not_loaded(facts: Facts) -> Iterator[Want]:
    message = f"It was loaded {counted(facts.loads, 'time')}." if facts.loads else "No load of it is recorded."
    yield want("no-load", met=facts.loads == 0, message=message, how="Make a new pool instead.", firm=True)


#: The one table of states and gates of a pool.
WAYS: Table = {
    "draft": (Way(to="fixed", gate=complete),),
    "fixed": (Way(to="qc_passed", gate=measured), Way(to="draft", gate=_not_loaded, reason=True)),
    "qc_passed": (
        Way(to="loaded", gate=_loaded),
        Way(to="fixed", gate=_not_loaded, reason=True),
        Way(to="exhausted", gate=nothing, reason=True),
    ),
    "loaded": (Way(to="exhausted", gate=nothing, reason=True),),
    "exhausted": (),
}


def changeable(pool: Pool) -> None:
    """Raise Conflict unless what is in a pool can still be changed."""
    if pool.state != "draft":
        raise errors.Conflict(
            f"The pool {pool.code} is {pool.state.replace('_', ' ')}. Nothing was changed; what is in it changes only "
            "while it is a draft.",
            type="not-allowed",
            state=pool.state,
        )


def fractions(components: Sequence[Component]) -> list[float | None]:
    """Return which part of the amount each component is; by the planned shares where amounts are not known."""
    amounts = [component.fmol for component in components]
    if None in amounts or not sum(amount or 0 for amount in amounts):
        amounts = [component.share for component in components]
    total = sum(amount or 0 for amount in amounts)
    return [None if amount is None or not total else min(1.0, amount / total) for amount in amounts]


def facts(pool: Pool, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what every event about a pool says of it; values: what is otherwise than in `pool`."""
    names = ("code", "state", "state_reason", *SAID, *MEASURED)
    return (
        {name: getattr(pool, name) for name in names}
        | {
            "pool_id": pool.id,
            "components": [
                {
                    "library_code": item.library.code,
                    "barcodes": [barcode.barcode for barcode in item.library.barcodes],
                    "volume_ul": item.volume_ul,
                    "fmol": item.fmol,
                    "share": item.share,
                }
                for item in pool.components
            ],
        }
        | dict(values or {})
    )


def subject(pool_id: UUID, code: str) -> Subject:
    """Return a pool as the subject of an event."""
    return Subject("pool", str(pool_id), code)
