"""The gates at the bench: what must be so before a sample leaves each stage from `expected` to `library_qc`."""

from collections.abc import Iterator

from nanopore_tracking.contracts.api.sample.measurements import Quantity
from nanopore_tracking.contracts.api.sample.stages import Requirement
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Kit, figure
from nanopore_tracking.services.sample.chain.model import FORMULA, amount_fmol
from nanopore_tracking.services.sample.facts.model import Facts, limits, need, not_stopped
from nanopore_tracking.services.sample.libraries.model import Present, in_date


def expected(facts: Facts) -> Iterator[Requirement]:
    """The tube was scanned in, and somebody looked at it."""
    arrived = facts.received and facts.condition is not None
    yield need(
        "received",
        "custody",
        met=arrived,
        message=f"The tube was received: {_words(facts.condition)}." if arrived else "The tube was not received yet.",
        how="Record the custody event received with the condition of the tube.",
    )


def received(facts: Facts) -> Iterator[Requirement]:
    """The tube has a place, and its condition is good or a person decided to go on."""
    place = facts.sample.location
    yield need(
        "stored",
        "custody",
        met=bool(place),
        message=f"The tube is at {place}." if place else "It is not known where the tube is.",
        how="Record the custody event stored with the position.",
    )
    yield need(
        "condition",
        "decision",
        met=facts.condition == "intact" or (facts.condition is not None and facts.waived),
        message=f"The condition of the tube is: {_words(facts.condition)}.",
        how="Ask the customer, then decide `conditional` with the reason, or take the sample out as damaged.",
    )
    yield from not_stopped(facts)


def sample_qc(facts: Facts) -> Iterator[Requirement]:
    """Volume, fluorometric concentration, purity and size were measured here and are within the limits."""
    yield _measured(facts, "volume", ("volume",), what="volume")
    if not facts.sample.has_material:
        yield from not_stopped(facts)
        return
    yield _measured(facts, "concentration", ("concentration",), what="fluorometric concentration (Qubit)")
    yield _measured(facts, "purity-260-280", ("a260_a280",), what="purity ratio A260/280")
    yield _measured(facts, "purity-260-230", ("a260_a230",), what="purity ratio A260/230")
    sizes: tuple[Quantity, ...] = ("fragment_mean_bp", "fragment_mode_bp")
    if facts.sample.substance == "RNA":
        yield _measured(facts, "integrity", ("rin", *sizes), what="integrity (RIN) or length of the RNA")
    else:
        yield _measured(facts, "fragment", sizes, what="fragment length (mean or mode)")
    length_bp = facts.reading("sample", *sizes)
    concentration, volume = facts.reading("sample", "concentration"), facts.reading("sample", "volume")
    values = {
        "volume_ul": volume,
        "qubit_ng_per_ul": concentration,
        "mass_ng": None if concentration is None or volume is None else concentration * volume,
        "a260_a280": facts.reading("sample", "a260_a280"),
        "a260_a230": facts.reading("sample", "a260_a230"),
        "fragment_bp": length_bp,
        "din": facts.reading("sample", "din"),
        "rin": facts.reading("sample", "rin"),
    }
    yield from limits(facts, "sample_qc", values, fragment_bp=length_bp)
    yield from not_stopped(facts)


def _measured(facts: Facts, code: str, quantities: tuple[Quantity, ...], *, what: str) -> Requirement:
    value = facts.reading("sample", *quantities)
    return need(
        code,
        "measurement",
        met=value is not None,
        message=f"The {what} is not measured yet."
        if value is None
        else f"The {what} was measured: {figure(quantities[0], value)}.",
        how=f"Record a measurement of the sample's {what}; what was submitted does not count.",
    )


def library_prep(facts: Facts) -> Iterator[Requirement]:
    """There is a prepared library of a known kit whose lot is in date, with a barcode where the kit has barcodes."""
    library = facts.library
    yield need(
        "library",
        "library",
        met=library is not None,
        message="There is no library yet." if library is None else f"The library {library.code} is of {library.kit}.",
        how="Make a library: kit, lot and its last day, barcode, input mass, protocol version.",
    )
    if library is not None:
        ready = library.state not in ("planned", "qc_failed")
        yield need(
            "library-prepared",
            "library",
            met=ready,
            message=f"The library {library.code} is {_words(library.state)}.",
            how="Record that the library is prepared, or prepare another one.",
        )
        yield from _kit(facts, library)
    yield from not_stopped(facts)


def kit_of(catalogue: Catalogue, said: str) -> Kit | None:
    """Return the kit that is named, with dots, dashes or spaces, with or without SQK; None where none is."""
    return catalogue.kit_named(said)


def _kit(facts: Facts, library: Present) -> Iterator[Requirement]:
    kit = kit_of(facts.catalogue, library.kit)
    known = f"The kit {library.kit} is in the catalogue." if kit else f"The kit {library.kit} is not in the catalogue."
    yield need("kit-known", "library", met=kit is not None, message=known, how="Prepare a library with a known kit.")
    dated = in_date(library.kit_lot, library.lot_expires_on, facts.now.date())
    yield need(dated.code, "library", met=dated.met, message=dated.message, how=dated.how)
    if kit is not None and kit.capacity is not None:
        names = ", ".join(library.barcodes) or "none"
        yield need(
            "barcode",
            "library",
            met=bool(library.barcodes),
            message=f"{kit.code} has barcodes 1 to {kit.capacity}; the sample has {names}.",
            how="Give the sample a barcode of its kit in the library.",
        )


def library_qc(facts: Facts) -> Iterator[Requirement]:
    """The library was measured and passed its QC, and there is enough of it to be loaded."""
    yield _passed(facts.library)
    if not facts.sample.has_material:
        yield from not_stopped(facts)
        return
    sizes: tuple[Quantity, ...] = ("fragment_mean_bp", "fragment_mode_bp")
    for code, quantities, what in (
        ("library-concentration", ("concentration",), "fluorometric concentration (Qubit)"),
        ("library-volume", ("volume",), "volume"),
        ("library-fragment", sizes, "fragment length (mean or mode)"),
    ):
        value = facts.reading("library", *quantities)
        yield need(
            code,
            "measurement",
            met=value is not None,
            message=f"The library's {what} is {'not measured yet' if value is None else figure(quantities[0], value)}.",
            how=f"Record a measurement of the library's {what}.",
        )
    mass_ng, fmol, length_bp = library_amount(facts)
    if length_bp is not None:
        values = {"amount_fmol": fmol, "mass_ng": mass_ng}
        yield from limits(facts, "library_qc", values, fragment_bp=length_bp, shares=facts.shares)
    yield from not_stopped(facts)


def _passed(library: Present | None) -> Requirement:
    passed = library is not None and library.state in ("qc_passed", "pooled", "exhausted")
    return need(
        "library-passed",
        "library",
        met=passed,
        message=f"The library {library.code} is {_words(library.state)}." if library else "There is no library.",
        how="Pass the QC of the library, or prepare another one.",
    )


def library_amount(facts: Facts) -> tuple[float | None, float | None, float | None]:
    """Return mass (ng), amount (fmol) and mean length (bp) of the present library, as far as they are known."""
    length_bp = facts.reading("library", "fragment_mean_bp", "fragment_mode_bp")
    concentration, volume = facts.reading("library", "concentration"), facts.reading("library", "volume")
    if concentration is None or volume is None:
        return None, None, length_bp
    mass_ng = concentration * volume
    return mass_ng, None if length_bp is None else amount_fmol(mass_ng, length_bp), length_bp


def figures(facts: Facts) -> dict[str, float | str]:
    """Return what was computed for the library, with the formula and the length that it was computed with."""
    mass_ng, fmol, length_bp = library_amount(facts)
    if mass_ng is None or fmol is None or length_bp is None:
        return {}
    found: dict[str, float | str] = {
        "library_mass_ng": round(mass_ng, 3),
        "library_amount_fmol": round(fmol, 3),
        "library_length_bp": length_bp,
        "amount_formula": FORMULA,
    }
    if facts.shares > 1:
        found["libraries_in_pool"] = facts.shares
    return found


def _words(code: str | None) -> str:
    return "not stated" if code is None else code.replace("_", " ")
