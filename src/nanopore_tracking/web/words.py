"""How values are written for people: numbers, times, stages and the names of states."""

import contextvars
import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from nanopore_tracking.counting import counted

#: The zone in which times are written and read, that of the facility.
zone: contextvars.ContextVar[tzinfo] = contextvars.ContextVar("zone", default=UTC)

#: The stages in order, with the number of meter segments that they fill.
STAGES: dict[str, tuple[str, int]] = {
    "expected": ("Expected", 0),
    "received": ("Received", 0),
    "sample_qc": ("Sample QC", 1),
    "library_prep": ("Library prep", 2),
    "library_qc": ("Library QC", 3),
    "sequencing_setup": ("Setup", 4),
    "sequencing_run": ("Sequencing", 5),
    "basecalling": ("Basecalling", 6),
    "quality_assessment": ("Quality review", 7),
    "data_delivery": ("Delivery", 8),
    "delivered": ("Delivered", 8),
    "archived": ("Archived", 8),
}

#: The eight stages of work, the steps that a sample is shown to pass.
WORKING = tuple(code for code, (_, number) in STAGES.items() if number and code not in ("delivered", "archived"))

STATUSES = ("queued", "active", "on_hold", "done", "failed", "cancelled")
PRIORITIES = ("urgent", "high", "normal", "low")

_UNITS = {
    "ng_per_ul": "ng/µL",
    "ul": "µL",
    "ng": "ng",
    "fmol": "fmol",
    "nm": "nM",
    "bp": "bp",
    "c": "°C",
    "gb": "Gb",
    "kb": "kb",
    "pct": "%",
    "percent": "%",
    "h": "h",
    "minutes": "min",
    "days": "d",
    "bytes": "bytes",
}

#: Units of quantities that are named without one.
_UNITS_MEANT = {"concentration": "ng/µL", "volume": "µL", "mass": "ng", "molarity": "nM"}

#: Fields whose values are codes of this product, such as `under_review`; the text of all others is people's own.
_CODED = frozenset({
    "before_stage", "before_status", "cause", "condition", "contains_human_dna", "custody", "data_classification",
    "direction", "exit", "gate", "kind", "means", "method", "priority", "quantity", "resumes_as", "roles", "severity",
    "stage", "standing", "state", "status", "to", "verdict",
})  # fmt: skip

_NAMES = {
    "project_id": "Project",
    "lab_id": "Lab",
    "library_id": "Library ID (MinKNOW sample_id)",
    "experiment_id": "Experiment ID (MinKNOW protocol group)",
    "requester_email": "Requester's e-mail",
    "email": "E-mail",
    "contains_human_dna": "Contains human DNA",
    "pi_name": "Principal investigator",
    "pi_email": "Investigator's e-mail",
    "username": "User name",
    "admin": "Administrator",
    "lab_ids": "Labs",
    "sla_days": "Days for each stage",
    "a260_a280": "A260/280",
    "a260_a230": "A260/230",
    "n50": "N50",
    "ln2": "Liquid nitrogen",
    "from_at": "From",
    "until_at": "Until",
    "din": "DIN",
    "rin": "RIN",
    "qubit": "Qubit",
    "nanodrop": "NanoDrop",
    "api": "API",
    "qc": "QC",
    "id": "ID",
    "nanopore": "Nanopore",
    "facility_manager": "Facility manager",
    "hmw_gdna": "HMW gDNA",
    "gdna": "gDNA",
    "cdna": "cDNA",
    "rna": "RNA",
    "mrna": "mRNA",
    "dna": "DNA",
    "qubit_hs": "Qubit HS",
    "qubit_br": "Qubit BR",
    "qpcr": "qPCR",
    "tapestation": "TapeStation",
    "femto_pulse": "Femto Pulse",
    "mean_q": "Mean Q",
    "fmol": "fmol",
    "q": "Q",
    "position_id": "Position",
    "min_qscore": "Min Q",
    "minknow": "MinKNOW",
    "url": "URL",
    "llm": "Language model",
    "remote_models": "Remote language model",
    "md5": "MD5",
    "sha256": "SHA-256",
}


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")


def words(code: Any) -> str:
    """Return a code as words: `on_hold` becomes "On hold", abbreviations keep their capitals."""
    text = str(code)
    if text in _NAMES:
        return _NAMES[text]
    if text in STAGES:
        return STAGES[text][0]
    parts = [_NAMES.get(part, part) for part in text.replace("-", "_").split("_") if part]
    joined = " ".join(parts).replace("a260 a280", "A260/280").replace("a260 a230", "A260/230")
    return joined[:1].upper() + joined[1:]


def unit_of(name: str) -> tuple[str, str]:
    """Split a field name into what it says and the unit at its end: `volume_ul` gives ("volume", "µL")."""
    for suffix, unit in _UNITS.items():
        if name.endswith(f"_{suffix}"):
            return name[: -len(suffix) - 1], unit
    return name, _UNITS_MEANT.get(name.rsplit("_", 1)[-1], "")


def heading(name: str) -> str:
    """Return the label of a field without its unit."""
    return words(unit_of(name)[0])


def event_title(kind: str, of: str = "") -> str:
    """Return what happened as words: `sample.stage_changed` becomes "Stage changed".

    of: the kind of thing that it happened to; the noun of the event is said where it is another one.
    """
    noun, _, verb = kind.rpartition(".")
    return words(verb if not of or noun == of else f"{noun}_{verb}")


def doer(actor: Any, behind: Any = None) -> str:
    """Return who did something: a person by name, a service as one. behind: for whom a service did it."""
    name = f"{actor.name} service" if actor.kind == "service" else str(actor.name)
    return f"{name} for {behind.name}" if behind else name


def stage_title(code: str) -> str:
    """Return the name of a stage as it is written in headings."""
    return STAGES[code][0] if code in STAGES else words(code)


def stage_number(code: str) -> int:
    """Return how many of the eight segments of the meter a stage fills."""
    return STAGES[code][1] if code in STAGES else 0


def number(value: Any, name: str = "") -> str:
    """Write a number with at most four significant decimals and thin spaces between thousands.

    name: of what it is; a purity ratio has two decimals at least, as instruments show it.
    """
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        text = f"{int(value):,}".replace(",", "\u202f")
    else:
        text = f"{value:.4g}" if abs(value) < 1000 else f"{value:,.1f}".replace(",", "\u202f")
        text = f"{Decimal(text):f}" if "e-0" in text else text
    return f"{value:.2f}" if "a260_a2" in name and len(text.partition(".")[2]) < 2 else text


def plain(value: Any, name: str = "") -> str:
    """Write any value of a recorded fact: lists with commas, yes and no, numbers as `number`.

    name: of the fact; it tells codes of this product, which become words, from what people wrote, which stays.
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(plain(item, name) for item in value) or "–"
    if isinstance(value, dict) and name == "methods":
        return ", ".join(f"{heading(measured)} by {heading(method)}" for measured, method in value.items())
    if isinstance(value, dict):
        return ", ".join(_fact(key, item) for key, item in value.items() if item not in (None, "", [])) or "–"
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return stamp(value)
    if isinstance(value, str) and name in _CODED:
        return heading(value)
    return number(value, name)


def _fact(name: str, value: Any) -> str:
    return " ".join(part for part in (heading(name), plain(value, name), unit_of(name)[1]) if part)


def moment(value: Any) -> datetime:
    """Return a time that may have come as ISO text; without a zone it is UTC."""
    parsed = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def iso(value: Any) -> str:
    """Write a time for machines."""
    return moment(value).isoformat()


def stamp(value: Any) -> str:
    """Write a time in full, in the facility's zone, which it names."""
    return moment(value).astimezone(zone.get()).strftime("%Y-%m-%d %H:%M:%S %Z")


def day_time(value: Any) -> str:
    """Write a time in the facility's zone without naming it, for columns that do so in their heading."""
    return stamp(value).rsplit(" ", 1)[0]


def zone_name(value: Any = None) -> str:
    """Return the short name of the facility's zone at that time, or now."""
    return moment(value or datetime.now(UTC)).astimezone(zone.get()).strftime("%Z")


def ago(value: Any) -> str:
    """Write how long ago a time was, in one unit: 40s, 12m, 5h, 3d, 2y."""
    seconds = max(0, int((datetime.now(UTC) - moment(value)).total_seconds()))
    for size, letter in ((31_557_600, "y"), (86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def initials(name: str) -> str:
    """Return the first letters of the first and last word of a name."""
    parts = [part for part in name.replace(".", " ").split() if part]
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else parts[0][1:2])).upper() if parts else "?"


def size(count: int) -> str:
    """Write a number of bytes in the largest binary unit that leaves at least one."""
    value = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{count} bytes"


def total(count: int) -> str:
    """Write a total with commas between thousands."""
    return f"{count:,}"


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        words,
        heading,
        event_title,
        doer,
        stage_title,
        stage_number,
        number,
        plain,
        iso,
        stamp,
        day_time,
        ago,
        initials,
        size,
        counted,
        total,
    )
} | {"unit": lambda name: unit_of(name)[1]}
