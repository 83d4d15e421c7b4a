"""What an excursion must say, what a container learns of it, and how it is judged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import NewExcursion, Verdict
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.custody.model import Happening
from nanopore_tracking.services.sample.locations.model import Location

#: More containers than this learn of an excursion place by place: of a freezer with more, record it of its shelves.
MOST = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ExcursionFinding:
    """That a tube of a sample was too warm, as it is stored."""

    id: UUID
    excursion_id: UUID
    sample_id: UUID
    sample_code: str
    lab_id: UUID
    verdict: Verdict | None
    version: int


def check(asked: NewExcursion, location: Location, *, now: datetime) -> None:
    """Raise Invalid for a time that is none or has not come, and for a temperature that is not above the target."""
    wrong = []
    if asked.until_at <= asked.from_at:
        wrong.append(errors.FieldError("until_at", "This must be after the beginning."))
    if asked.until_at > now:
        wrong.append(errors.FieldError("until_at", "This is in the future; record it when it is over."))
    target = location.temperature_target_c
    if target is not None and asked.max_temperature_c <= target:
        message = f"{location.path} is set to {target:g} °C; {asked.max_temperature_c:g} °C is not too warm for it."
        wrong.append(errors.FieldError("max_temperature_c", message))
    if wrong:
        said = " ".join(field.message for field in wrong)
        raise errors.Invalid(f"The excursion cannot be recorded. {said} Nothing was recorded.", fields=wrong)


def few(count: int, location: Location) -> None:
    """Raise Conflict where more containers were in a place than can learn of it at once."""
    if count > MOST:
        raise errors.Conflict(
            f"More than {MOST} containers were in {location.path}. Nothing was recorded; record it of its parts.",
            type="too-many",
        )


def happening(asked: NewExcursion, location: Location, *, at: datetime) -> Happening:
    """Return what each container learns now; when it was warm is in the note, as events stand in the order of time."""
    times = f"{asked.from_at:%Y-%m-%d %H:%M} to {asked.until_at:%Y-%m-%d %H:%M} UTC"
    note = f"{location.path} reached {asked.max_temperature_c:g} °C, {times}: {asked.note.strip()}"
    return Happening(kind="excursion", temperature_c=asked.max_temperature_c, note=note, happened_at=at)


def judged(finding: ExcursionFinding) -> None:
    """Raise Conflict where a finding was judged before."""
    if finding.verdict is not None:
        message = f"What it means for {finding.sample_code} was judged before. Nothing was changed."
        raise errors.Conflict(message, type="not-allowed")


def told(finding: ExcursionFinding, values: dict[str, Any]) -> dict[str, Any]:
    """Return what an event says of a judged finding."""
    return {
        "finding_id": finding.id,
        "excursion_id": finding.excursion_id,
        "sample_id": finding.sample_id,
        **values,
    }
