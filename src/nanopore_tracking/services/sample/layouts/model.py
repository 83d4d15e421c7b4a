"""What stands where on a label: its code, its lines of text, and whether all of it fits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import segno

from nanopore_tracking.contracts.api.sample.labels import Drawing, DrawnText, LabelLine
from nanopore_tracking.kernel import errors

MARGIN_MM = 1.5
#: From one line to the next, in heights of a letter; and how wide a letter is on average, in its height.
LEADING, _LETTER = 1.3, 0.52


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A layout as it is stored."""

    id: UUID
    name: str
    width_mm: float
    height_mm: float
    code_mm: float
    font_mm: float
    lines: Sequence[LabelLine]
    code_left_mm: float
    code_top_mm: float
    text_left_mm: float
    text_top_mm: float
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What one label says; code: all that its square holds."""

    code: str
    name: str
    barcode: str = ""
    lab: str = ""
    project: str = ""
    material: str = ""
    day: date
    sample_id: UUID | None = None
    location_id: UUID | None = None
    lab_id: UUID | None = None
    printed: bool = False

    def text(self, line: LabelLine) -> str:
        """Return what a line says."""
        return self.day.isoformat() if line == "date" else str(getattr(self, line))


def placed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layout with its positions; those that nobody named: the code at the left, the text beside it."""
    said = {name: value for name, value in values.items() if value is not None}
    free = max(0.0, (said["height_mm"] - said["code_mm"]) / 2)
    left = said.get("code_left_mm", MARGIN_MM)
    usual = {
        "code_left_mm": left,
        "code_top_mm": min(MARGIN_MM, free),
        "text_left_mm": left + said["code_mm"] + MARGIN_MM,
        "text_top_mm": MARGIN_MM,
    }
    return usual | said


def fits(values: Mapping[str, Any]) -> None:
    """Raise Invalid for what would not be on the label, for text on the code, and for lines without the code."""
    wrong = [errors.FieldError(name, message) for name, message in _faults(values)]
    if "code" not in values["lines"]:
        wrong.append(errors.FieldError("lines", "The code must stand on it to be read by people too."))
    if wrong:
        said = " ".join(field.message for field in wrong)
        raise errors.Invalid(f"{said} Nothing was changed.", fields=wrong)


def _faults(at: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each field that is wrong with what is wrong, by where things stand on the label."""
    right, bottom = at["code_left_mm"] + at["code_mm"], at["code_top_mm"] + at["code_mm"]
    last = at["text_top_mm"] + (len(at["lines"]) - 1) * at["font_mm"] * LEADING + at["font_mm"]
    if at["code_mm"] > at["height_mm"]:
        yield "code_mm", "The code is higher than the label."
    elif at["code_mm"] > at["width_mm"]:
        yield "code_mm", "The code is wider than the label."
    else:
        if right > at["width_mm"]:
            yield "code_left_mm", f"The code would end at {right:g} mm; the label is {at['width_mm']:g} mm wide."
        if bottom > at["height_mm"]:
            yield "code_top_mm", f"The code would end at {bottom:g} mm; the label is {at['height_mm']:g} mm high."
    if at["text_left_mm"] + at["font_mm"] > at["width_mm"]:
        yield "text_left_mm", "No letter of the text would be on the label."
    if last > at["height_mm"]:
        message = f"{len(at['lines'])} lines would end at {last:.1f} mm; the label is {at['height_mm']:g} mm high."
        yield "lines", message
    beside = at["text_top_mm"] >= bottom or last <= at["code_top_mm"]
    if not beside and at["code_left_mm"] <= at["text_left_mm"] < right:
        yield "text_left_mm", f"The text would stand on the code, which ends at {right:g} mm."


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where a line of text stands, and how wide it may be."""

    line: LabelLine
    left_mm: float
    top_mm: float
    width_mm: float


def spots(layout: Layout) -> list[Spot]:
    """Return where the lines of a layout stand: up to the edge of the label, or to the code where that is beside."""
    found = []
    for number, line in enumerate(layout.lines):
        top = layout.text_top_mm + number * layout.font_mm * LEADING
        beside = top < layout.code_top_mm + layout.code_mm and top + layout.font_mm > layout.code_top_mm
        right = layout.code_left_mm if beside and layout.text_left_mm < layout.code_left_mm else layout.width_mm
        width = max(0.1, right - layout.text_left_mm - (MARGIN_MM if right < layout.width_mm else 0))
        found.append(Spot(line=line, left_mm=layout.text_left_mm, top_mm=top, width_mm=width))
    return found


def drawing(label: Label, layout: Layout) -> Drawing:
    """Return a label as a picture can be made of it."""
    return Drawing(
        width_mm=layout.width_mm,
        height_mm=layout.height_mm,
        code=label.code,
        code_left_mm=layout.code_left_mm,
        code_top_mm=layout.code_top_mm,
        code_mm=layout.code_mm,
        modules=["".join("1" if dark else "0" for dark in row) for row in segno.make(label.code).matrix],
        texts=[_drawn(label, layout, spot) for spot in spots(layout)],
    )


def _drawn(label: Label, layout: Layout, spot: Spot) -> DrawnText:
    text = label.text(spot.line)
    return DrawnText(
        line=spot.line,
        text=text,
        left_mm=spot.left_mm,
        top_mm=spot.top_mm,
        width_mm=spot.width_mm,
        font_mm=layout.font_mm,
        fits=len(text) * layout.font_mm * _LETTER <= spot.width_mm,
    )
