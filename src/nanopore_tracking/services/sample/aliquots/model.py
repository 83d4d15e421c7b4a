"""How much there is of a sample, and how much of it can be taken."""

from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.samples.model import Sample

#: Volumes are compared up to this; no pipette is more exact.
TOLERANCE_UL = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Aliquot:
    """An aliquot as it is stored."""

    id: UUID
    code: str
    sample_id: UUID
    volume_ul: float
    used_ul: float


def take(sample: Sample, *, taken_ul: float, volume_ul: float) -> float:
    """Return what there is of a sample before so much is taken; taken_ul: what was taken since it was measured.

    Conflict where there is less, where nobody knows how much there is, or where the sample left the way.
    """
    if not sample.open:
        raise errors.Conflict(
            f"The sample {sample.code} is {sample.status}. Nothing was taken; resume it first.", type="not-allowed"
        )
    if sample.volume_ul is None:
        raise errors.Conflict(
            f"Nobody knows how much there is of the sample {sample.code}. Nothing was taken; measure its volume first.",
            type="volume-unknown",
        )
    left_ul = sample.volume_ul - taken_ul
    if volume_ul > left_ul + TOLERANCE_UL:
        raise errors.Conflict(
            f"There are {max(left_ul, 0):,.4g} µL of the sample {sample.code}, and {volume_ul:,.4g} µL are to be "
            "taken. Nothing was taken; take less, or measure the volume again.",
            type="not-enough",
            available_ul=max(left_ul, 0),
        )
    return max(left_ul, volume_ul)


def mass_ng(sample: Sample, *, volume_ul: float, said_ng: float | None) -> float | None:
    """Return the mass of what is taken; Invalid where more is said than the concentration that counts allows."""
    if sample.qubit_ng_per_ul is None:
        return said_ng
    most = sample.qubit_ng_per_ul * volume_ul
    if said_ng is None:
        return most or None
    if said_ng > most * 1.001:
        message = f"{volume_ul:,.4g} µL at {sample.qubit_ng_per_ul:,.4g} ng/µL hold {most:,.4g} ng."
        raise errors.Invalid(
            f"So much mass is not in it. {message} Nothing was taken.", fields=[errors.FieldError("mass_ng", message)]
        )
    return said_ng


def use(aliquot: Aliquot, volume_ul: float) -> None:
    """Raise Conflict where an aliquot does not hold so much any more."""
    left_ul = aliquot.volume_ul - aliquot.used_ul
    if volume_ul > left_ul + TOLERANCE_UL:
        raise errors.Conflict(
            f"There are {left_ul:,.4g} µL left of the aliquot {aliquot.code}, and {volume_ul:,.4g} µL are to be used. "
            "Nothing was changed; use less, or take another aliquot.",
            type="not-enough",
            available_ul=left_ul,
        )
