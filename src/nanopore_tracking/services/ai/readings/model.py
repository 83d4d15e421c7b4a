"""The shape of a reading: fields and rows of a form, each value with what was written, its place and its doubts."""

from typing import Literal

import msgspec

#: How a value was found; `none` where nothing is on the form.
Method = Literal["table", "label", "mark", "form_field", "prose", "llm", "none"]
#: How a whole form is read: by rules, by a language model whose values are checked, by rules that it helps, and that
#: with what was learnt.
Way = Literal["pattern", "llm", "hybrid", "rag"]
#: By what a text is nearest to another.
Nearness = Literal["meaning", "spelling"]
State = Literal["read", "blank", "needs_review"]
Role = Literal["sample", "control"]
Value = str | float | bool | list[str] | None
#: Left, top, right, bottom in points from the top left corner of the page as it is shown.
Box = tuple[float, float, float, float]


class Page(msgspec.Struct, frozen=True):
    """One page as it is shown, turned the way a reader sees it.

    scanned: it holds no text, only its picture; drawn: the version of the sums by which it was made from the content of
    a file that has no pages, 0 for a page of the file itself; sheet: the sheet of a workbook that it shows, and where
    that is cut into pages which of them it is.
    """

    number: int
    width_pt: float
    height_pt: float
    scanned: bool = False
    drawn: int = 0
    sheet: str = ""


class Read(msgspec.Struct, kw_only=True):
    """One value: raw as it was written, value in our words and units, and where it stands.

    unit: of the value; place: where it stands in a file without pages, such as `B4`; confidence:
    0 to 1, as docs/forms.md says; doubt: why a person must look. model: the language model that said it, None for
    rules; unconfirmed: a model said it, and the document does not bear it out.
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
    model: str | None = None
    unconfirmed: bool = False


class Row(msgspec.Struct, kw_only=True):
    """One row of the sample table; number: as it is printed on the form, cells: by the names that manifests use."""

    number: int | None = None
    role: Role = "sample"
    cells: dict[str, Read] = {}


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One line of a page as it is seen, with the places of its words.

    words: where each begins in the text, with its box; parts: where each of its segments begins, with its place in a
    file without pages; gap: the line does not follow closely on the one before; order: it gives orders to a program.
    """

    page: int | None
    text: str
    words: list[tuple[int, Box]]
    parts: list[tuple[int, str]]
    gap: bool
    order: bool


class Stranger(msgspec.Struct, frozen=True, array_like=True):
    """A text that looks like a label or a heading and that nobody knows; raw: what stands beside or below it, where."""

    kind: Literal["label", "heading"]
    text: str
    raw: str
    page: int | None
    box: Box | None
    place: str


class Hint(msgspec.Struct, frozen=True):
    """What a stranger may be; like: the known text that it is nearest to, by `meaning` or `spelling`; score: 0 to 1."""

    stranger: Stranger
    field: str
    like: str
    way: Nearness
    score: float


class FormReading(msgspec.Struct, kw_only=True, tag="form"):
    """All that was read. version: of the reader; text: what each page says to the eye, for searching and models.

    method: the one that was used, wanted: the one that was chosen; model, prompt_version, tokens: of the language model
    that was asked, None where none was; lines: for it, where they are wanted; labels: in one spelling, by which forms
    are alike; strangers: what nobody knows; hints: what these may be; vocabulary: how many learnt labels it knew;
    meanings: the model by which texts were compared, None for their spelling.
    """

    method: Way = "pattern"
    wanted: Way = "pattern"
    version: int
    model: str | None = None
    prompt_version: int | None = None
    vocabulary: int | None = None
    meanings: str | None = None
    tokens: int | None = None
    template: str | None = None
    template_version: int | None = None
    pages: list[Page] = []
    fields: list[Read] = []
    rows: list[Row] = []
    warnings: list[str] = []
    text: list[str] = []
    lines: list[Line] = []
    labels: list[str] = []
    strangers: list[Stranger] = []
    hints: list[Hint] = []
