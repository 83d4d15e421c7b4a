"""What can be loaded on a flow cell, with its barcodes, and when it can be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.manifest import Kind
from nanopore_tracking.services.sample.chain.model import FORMULA
from nanopore_tracking.services.sample.flow_cells.model import Hurdle

_LOADABLE = ("qc_passed", "pooled", "loaded")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A barcode of what is loaded, and the sample that it stands for; key: what two are compared by."""

    kit: str
    barcode: str
    key: str
    alias: str
    sample_id: UUID
    sample_code: str
    kind: Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """A barcode that was on a flow cell: by which load, of which sample, and whether it was washed since."""

    key: str
    barcode: str
    kit: str
    alias: str
    sample_id: UUID
    sample_code: str
    loaded: str
    load: int
    washed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Cargo:
    """A pool or a library; molarity_nm is fmol/µL; kits: that it was prepared with."""

    noun: Literal["pool", "library"]
    id: UUID
    code: str
    state: str
    left_ul: float | None
    molarity_nm: float | None
    kits: Sequence[str]
    tags: Sequence[Tag]

    @property
    def left_fmol(self) -> float | None:
        """The amount that is left of it."""
        return None if self.left_ul is None or self.molarity_nm is None else self.left_ul * self.molarity_nm

    def fmol(self, volume_ul: float) -> tuple[float | None, str | None]:
        """Return the amount in a volume, and how it was computed; None where it was not measured."""
        return (None, None) if self.molarity_nm is None else (self.molarity_nm * volume_ul, FORMULA)


def carried_over(tags: Sequence[Tag], used: Sequence[Used]) -> list[Used]:
    """Return what other samples had on a flow cell under a barcode of these; the same sample again is no harm."""
    mine = {tag.key: tag.sample_id for tag in tags}
    return [before for before in used if before.key in mine and before.sample_id != mine[before.key]]


def carry_over_hurdle(cell: str, found: Sequence[Used]) -> Iterator[Hurdle]:
    """Yield that barcodes were on the flow cell before, with what that means; nothing where none was."""
    if not found:
        return
    named = ", ".join(_placed(each) for each in found[:6])
    more = f" and {len(found) - 6} more" if len(found) > 6 else ""
    dry = all(each.washed for each in found)
    note = (
        "A wash removes about 99.9 % of what was there; the rest is read under the same barcode and counted for the "
        "new sample (carry-over)."
        if dry
        else "It was not washed since, so that reads of both samples cannot be told apart."
    )
    yield Hurdle(
        code="barcode-carry-over",
        met=False,
        message=f"{cell} ran {named}{more} before. {note}",
        how="Use other barcodes or another flow cell, or say why these are used again.",
    )


def _placed(each: Used) -> str:
    washed = ", washed since" if each.washed else ""
    return f"{each.barcode} ({each.sample_code} in {each.loaded}, load {each.load}{washed})"


def cargo_hurdles(cargo: Cargo, volume_ul: float | None) -> Iterator[Hurdle]:
    """Yield what must be so of a pool or library before it is loaded; no reason passes over these."""
    ready = cargo.state in _LOADABLE
    yield Hurdle(
        code="qc-passed",
        met=ready,
        message=f"The {cargo.noun} {cargo.code} is {cargo.state.replace('_', ' ')}.",
        how="Let it pass its QC.",
    )
    if volume_ul is not None:
        enough = cargo.left_ul is not None and volume_ul <= cargo.left_ul + 1e-6
        left = "not known" if cargo.left_ul is None else f"{cargo.left_ul:,.4g} µL"
        yield Hurdle(
            code="enough",
            met=enough,
            message=f"{volume_ul:,.4g} µL of {cargo.code} are wanted; what is left is {left}.",
            how="Load less, or measure its volume.",
        )
