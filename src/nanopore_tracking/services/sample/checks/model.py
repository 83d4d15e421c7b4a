"""The check of sample rows: what blocks acceptance, what needs a reason, what is only shown. Pure and fast."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nanopore_tracking.contracts.api.sample.rows import RowProblem
from nanopore_tracking.contracts.manifest import FIELDS, KINDS, MATERIALS, ManifestField
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Kit, Threshold, figure
from nanopore_tracking.services.sample.names.model import LONGEST_ALIAS, alias, alias_key, control_said, reserved
from nanopore_tracking.services.sample.rows.model import Row, choice, written

#: Rows with the same name that a message lists; the others are counted.
_LISTED = 10
_LEVELS = ("error", "finding", "warning")
_EXAMPLE = "EXAMPLE_01"
#: The gates whose thresholds submitted values are compared with.
_GATES = ("expected", "received", "sample_qc")
#: A transposase cuts, so that shorter molecules are lost (bp).
_SHORTEST_FOR_TRANSPOSASE_BP = 1000
#: Qubit and NanoDrop may differ by this share of the Qubit value, or by 1 ng/µL.
_MOST_APART = 0.5
_RNA = frozenset({"total RNA", "poly(A) RNA"})
_TEXTS = tuple(column for column in FIELDS if column.type == "text")
_RANGED = tuple(column for column in FIELDS if column.type == "number")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What submitted values should be; these are used where the catalogue does not say."""

    least_volume_ul: float = 10.0
    least_a260_a280: float = 1.75
    most_a260_a280: float = 2.0
    least_a260_a230: float = 2.0
    most_a260_a230: float = 2.2


_RNA_LIMITS = Limits(least_a260_a280=1.9, most_a260_a280=2.2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What rows are checked against: the kit that is asked for, and the limits for DNA and for RNA.

    material: what all tubes hold according to the header, blank where it does not say.
    """

    kit: Kit | None = None
    material: str = ""
    dna: Limits = field(default_factory=Limits)
    rna: Limits = _RNA_LIMITS


def rules(header: Mapping[str, str], catalogue: Catalogue) -> Rules:
    """Return the rules for the rows of a submission with this header."""
    kit, said = header["kit_requested"], header["material"]
    service = catalogue.service_type(header["service_type"])
    service_type = service.code if service else ""
    return Rules(
        kit=catalogue.kit(kit) if kit else None,
        material=choice("material", said) or said,
        dna=_limits_of(Limits(), catalogue.limits(_GATES, material="DNA", service_type=service_type)),
        rna=_limits_of(_RNA_LIMITS, catalogue.limits(_GATES, material="RNA", service_type=service_type)),
    )


def _limits_of(plain: Limits, thresholds: Sequence[Threshold]) -> Limits:
    """Return the tightest limits of the thresholds, the plain ones for what they do not say."""
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for threshold in thresholds:
        name = threshold.quantity
        if threshold.min is not None:
            least[name] = max(threshold.min, least.get(name, threshold.min))
        if threshold.max is not None:
            most[name] = min(threshold.max, most.get(name, threshold.max))
    return Limits(
        least_volume_ul=least.get("volume_ul", plain.least_volume_ul),
        least_a260_a280=least.get("a260_a280", plain.least_a260_a280),
        most_a260_a280=most.get("a260_a280", plain.most_a260_a280),
        least_a260_a230=least.get("a260_a230", plain.least_a260_a230),
        most_a260_a230=most.get("a260_a230", plain.most_a260_a230),
    )


def check_rows(rows: Sequence[Row], rules: Rules, among: Iterable[Row] | None = None) -> dict[int, list[RowProblem]]:
    """Return the problems of each row by its number, worst first.

    among: the rows that may have the same names, all of the submission's if None.
    """
    clashes = _clashes(rows if among is None else among)
    return {row.row_number: check_row(row, rules, clashes) for row in rows}


def check_row(row: Row, rules: Rules, clashes: Mapping[str, RowProblem]) -> list[RowProblem]:
    """Return the problems of one row, worst first. clashes: alias → the problem of all rows that have it."""
    found = [*_name(row, clashes), *_readable(row), *_limits(row), *_kind(row), *_amounts(row, rules)]
    found += [*_purity(row, rules), *_material(row, rules)]
    if len(found) > 1:
        found.sort(key=lambda problem: _LEVELS.index(problem.level))
    return found


def _error(field: str | None, code: str, message: str) -> RowProblem:
    return RowProblem(field=field, level="error", code=code, message=message)


def _finding(field: str | None, code: str, message: str) -> RowProblem:
    return RowProblem(field=field, level="finding", code=code, message=message)


def _warning(field: str | None, code: str, message: str) -> RowProblem:
    return RowProblem(field=field, level="warning", code=code, message=message)


def _name(row: Row, clashes: Mapping[str, RowProblem]) -> Iterator[RowProblem]:
    name = row.name
    if not name:
        if "sample_name" not in row.unread:
            yield _error("sample_name", "NAME_MISSING", "The sample has no name. Give it one, or remove the row.")
        return
    if name == _EXAMPLE:
        yield _error("sample_name", "EXAMPLE_ROW", "This is the example row of the template. Remove it.")
        return
    if reserved(name):
        message = f"{name} is a name that MinKNOW uses itself. Give the sample another name."
        yield _error("sample_name", "NAME_RESERVED", message)
    safe = alias(name, row.row_number)
    if safe != name:
        allowed = f"1 to {LONGEST_ALIAS} letters, digits, - and _"
        yield _warning("sample_name", "ALIAS_DERIVED", f"MinKNOW takes {allowed}: it will know this sample as {safe}.")
    if safe in clashes:
        yield clashes[safe]


def _clashes(rows: Iterable[Row]) -> dict[str, RowProblem]:
    """Return the problem of each alias that several rows have, or that differs from another one in case only."""
    groups: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        if row.name:
            safe = alias(row.name, row.row_number)
            groups.setdefault(alias_key(safe), {}).setdefault(safe, []).append(row)
    found: dict[str, RowProblem] = {}
    for group in groups.values():
        for safe, same in group.items():
            if len(same) > 1:
                found[safe] = _error("sample_name", "DUPLICATE_NAME", _duplicate(safe, same))
            elif len(group) > 1:
                numbers = _numbers(
                    sorted((row for each in group.values() for row in each), key=lambda row: row.row_number)
                )
                message = f"The names in rows {numbers} differ in capital letters only and are easily mixed up."
                found[safe] = _warning("sample_name", "NAMES_DIFFER_IN_CASE", message)
    return found


def _duplicate(safe: str, same: Sequence[Row]) -> str:
    if all(row.name == same[0].name for row in same):
        said = f"The name {same[0].name[:60]} is in rows {_numbers(same)}."
    else:
        said = f"The names in rows {_numbers(same)} are all {safe} in MinKNOW."
    return f"{said} Every sample needs a name of its own."


def _numbers(rows: Sequence[Row]) -> str:
    listed = [str(row.row_number) for row in rows[:_LISTED]]
    if len(rows) > _LISTED:
        return f"{', '.join(listed)} and {len(rows) - _LISTED:,} more"
    return f"{', '.join(listed[:-1])} and {listed[-1]}"


def _readable(row: Row) -> Iterator[RowProblem]:
    for name, why in row.unread.items():
        said = why if why.endswith(("?", ".")) else f"{why}."
        yield _error(name, "NEEDS_REVIEW", f"A person must say what this is: {said}")


def _limits(row: Row) -> Iterator[RowProblem]:
    values = row.values
    for column in _RANGED:
        value = values.get(column.name)
        if isinstance(value, int | float) and not _within(column, value):
            yield _error(column.name, "OUT_OF_RANGE", _range_said(column, value))
    for column in _TEXTS:
        value = values.get(column.name)
        if isinstance(value, str) and len(value) > column.max_length:
            message = f"{column.title} has {len(value):,} characters; {column.max_length:,} are allowed."
            yield _error(column.name, "TOO_LONG", message)


def _within(column: ManifestField, value: float) -> bool:
    above = column.minimum is None or value >= column.minimum
    return above and (column.maximum is None or value <= column.maximum)


def _range_said(column: ManifestField, value: float) -> str:
    unit = f" {column.unit}" if column.unit else ""
    between = f"between {column.minimum:,g} and {column.maximum:,g}{unit}"
    return f"{column.title} is {written(value)}{unit}; it must be {between}."


def _kind(row: Row) -> Iterator[RowProblem]:
    kind = row.values.get("kind")
    if kind is not None and kind not in KINDS:
        allowed = ", ".join(KINDS)
        yield _error("kind", "KIND_UNKNOWN", f"The kind {str(kind)[:60]!r} is not known; it must be one of {allowed}.")
    if kind in (None, "test_sample") and (control := control_said(row.name)):
        message = (
            f"The name says that this is {control}, the kind does not. Declare its kind, or say why it is a sample."
        )
        yield _finding("kind", "CONTROL_NOT_DECLARED", message)


def _is_control(row: Row) -> bool:
    kind = row.values.get("kind")
    return kind in KINDS[1:] or control_said(row.name) is not None


def _amounts(row: Row, rules: Rules) -> Iterator[RowProblem]:
    least_ul = _limits_for(row, rules).least_volume_ul
    volume, qubit = row.values.get("volume_ul"), row.values.get("qubit_ng_per_ul")
    nanodrop = row.values.get("nanodrop_ng_per_ul")
    if volume is None:
        if "volume_ul" not in row.unread:
            yield _finding("volume_ul", "VOLUME_MISSING", "The volume is missing.")
    elif isinstance(volume, int | float) and volume < least_ul:
        message = f"{volume:g} µL is less than {least_ul:g} µL: too little to be measured again and used."
        yield _finding("volume_ul", "LOW_VOLUME", message)
    if qubit is None and not _is_control(row) and "qubit_ng_per_ul" not in row.unread:
        message = "There is no fluorometric concentration (Qubit); NanoDrop counts for purity only."
        yield _finding("qubit_ng_per_ul", "FLUOROMETRIC_MISSING", message)
    if isinstance(qubit, int | float) and isinstance(nanodrop, int | float):
        apart = abs(nanodrop - qubit)
        if apart > _MOST_APART * qubit and apart > 1:
            message = f"Qubit says {qubit:g} and NanoDrop {nanodrop:g} ng/µL, more than {_MOST_APART:.0%} apart."
            yield _warning("qubit_ng_per_ul", "QUBIT_NANODROP_APART", message)
    if isinstance(volume, int | float) and isinstance(qubit, int | float) and not _is_control(row):
        yield from _mass(volume * qubit, rules.kit)


def _mass(mass_ng: float, kit: Kit | None) -> Iterator[RowProblem]:
    if kit is not None and kit.input_ng and mass_ng < kit.input_ng:
        message = f"The tube holds {mass_ng:,.0f} ng by Qubit; {kit.code} takes {kit.input_ng:,g} ng of each sample."
        yield _finding("qubit_ng_per_ul", "LOW_MASS", message)


def _purity(row: Row, rules: Rules) -> Iterator[RowProblem]:
    if _is_control(row):
        return
    missing = [
        title
        for name, title in (("a260_a280", "A260/280"), ("a260_a230", "A260/230"))
        if row.values.get(name) is None and name not in row.unread
    ]
    if missing:
        field = "a260_a280" if missing[0] == "A260/280" else "a260_a230"
        yield _finding(field, "PURITY_MISSING", f"{' and '.join(missing)} missing: the purity cannot be judged.")
    limits = _limits_for(row, rules)
    for name, title, least, most in (
        ("a260_a280", "A260/280", limits.least_a260_a280, limits.most_a260_a280),
        ("a260_a230", "A260/230", limits.least_a260_a230, limits.most_a260_a230),
    ):
        ratio = row.values.get(name)
        if isinstance(ratio, int | float) and not least <= ratio <= most:
            said, low, high = (figure(name, value) for value in (ratio, least, most))
            yield _warning(name, "PURITY_OUT_OF_RANGE", f"{title} is {said}; {low} to {high} is good.")


def _made_of(row: Row, rules: Rules) -> str:
    return str(row.values.get("material") or rules.material)


def _limits_for(row: Row, rules: Rules) -> Limits:
    return rules.rna if _made_of(row, rules) in _RNA else rules.dna


def _material(row: Row, rules: Rules) -> Iterator[RowProblem]:
    said = row.values.get("material")
    if said is not None and said not in MATERIALS:
        message = f"The material {str(said)[:60]!r} is not one of {', '.join(MATERIALS)}."
        yield _warning("material", "MATERIAL_UNKNOWN", message)
    kit, material = rules.kit, _made_of(row, rules)
    if kit is None or _is_control(row):
        return
    code = "KIT_SAMPLE_TYPE_MISMATCH"
    holds = "RNA" if material in _RNA else "DNA"
    if material in MATERIALS and material not in ("other", "cDNA") and holds != kit.material:
        yield _finding("material", code, f"{kit.code} is for {kit.material}; this is {material}.")
    length_bp = row.values.get("fragment_bp")
    if kit.fragmentation != "transposase":
        return
    if isinstance(length_bp, int | float) and length_bp < _SHORTEST_FOR_TRANSPOSASE_BP:
        message = (
            f"{kit.code} cuts with a transposase; {length_bp:,g} bp is shorter than {_SHORTEST_FOR_TRANSPOSASE_BP:,g}."
        )
        yield _finding("fragment_bp", code, message)
    elif material == "amplicon" and length_bp is None:
        message = f"{kit.code} cuts with a transposase; amplicons without a stated length may be too short for it."
        yield _finding("material", code, message)
