"""The shape of a reading: fields and rows of a form, each value with what was written, its place and its doubts."""

from typing import Literal

import msgspec

#: How a value was found; `none` where nothing is on the form.
Method = Literal["table", "label", "mark", "form_field", "prose", "none"]
State = Literal["read", "blank", "needs_review"]
Role = Literal["sample", "control"]
Value = str | float | bool | list[str] | None
#: Left, top, right, bottom in points from the top left corner of the page as it is shown.
Box = tuple[float, float, float, float]


class Page(msgspec.Struct, frozen=True):
    """One page as it is shown, turned the way a reader sees it. Texts without pages have one of no size.

    scanned: it holds no text, only its picture.
    """

    number: int
    width_pt: float
    height_pt: float
    scanned: bool = False


class Read(msgspec.Struct, kw_only=True):
    """One value: raw as it was written, value in our words and units, and where it stands.

    unit: of the value; place: where it stands in a file without pages, such as `B4`; confidence:
    0 to 1, as docs/forms.md says; doubt: why a person must look.
    """

    field: str
    raw: str | None = None
    value: Value = None
    unit: str | None = None
    page: int | None = None
    box: Box | None = None
    place: str = ""
    method: Method = "none"
    confidence: float = 0.0
    state: State = "blank"
    doubt: str = ""


class Row(msgspec.Struct, kw_only=True):
    """One row of the sample table; number: as it is printed on the form, cells: by the names that manifests use."""

    number: int | None = None
    role: Role = "sample"
    cells: dict[str, Read] = {}


class FormReading(msgspec.Struct, kw_only=True, tag="form"):
    """All that was read. version: of the reader; text: what each page says to the eye, for searching and models."""

    method: Literal["pattern"] = "pattern"
    version: int
    template: str | None = None
    template_version: int | None = None
    pages: list[Page] = []
    fields: list[Read] = []
    rows: list[Row] = []
    warnings: list[str] = []
    text: list[str] = []
