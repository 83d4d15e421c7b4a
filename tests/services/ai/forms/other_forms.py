"""Makes forms of other facilities, with what they say beside each: other layouts, other words, awkward numbers.

Not the ones that the reader was developed on, so that it can be seen what it does with a form that nobody knows.
"""

import io
import random
from collections.abc import Callable, Mapping, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.services.ai.forms.contents import HEADINGS, HIDDEN, MUST_NOT, WORDINGS, Made, Style, rows, values

Layout = Callable[["Page", list[tuple[str, str, str]]], None]


class Page:
    """Draws on pages from top to bottom and keeps where each value stands."""

    def __init__(self, rng: random.Random, *, landscape: bool, turn: int) -> None:
        self.sink = io.BytesIO()
        self.size = (A4[1], A4[0]) if landscape else A4
        self.turn = turn
        # The library turns the page's size along with the page.
        across = self.size[::-1] if turn in (90, 270) else self.size
        self.canvas = Canvas(self.sink, pagesize=across, invariant=1)
        self.canvas.setPageRotation(turn)
        self.rng = rng
        self.y, self.number = 40.0, 1
        self.places: dict[str, tuple[int, tuple[float, float, float, float]]] = {}
        self.font = rng.choice(("Helvetica", "Times-Roman"))
        self.bold = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}[self.font]

    def room(self, height: float) -> bool:
        """Begin a page where the last has no room, and tell whether that was so."""
        if self.y + height <= self.size[1] - 40:
            return False
        self.canvas.showPage()
        self.canvas.setPageRotation(self.turn)
        self.number += 1
        self.y = 40.0
        return True

    def text(
        self, x: float, text: str, *, bold: bool = False, size: float = 9.5, grey: float = 0.0, name: str = ""
    ) -> float:
        """Draw a text and return where it ends; name: of the field whose value it is."""
        font = self.bold if bold else self.font
        self.canvas.setFont(font, size)
        self.canvas.setFillGray(grey)
        self.canvas.drawString(x, self.size[1] - self.y - size, text)
        end = x + float(self.canvas.stringWidth(text, font, size))
        if name and text:
            self.places[name] = (self.number, (x, self.y, end, self.y + size))
        return end

    def across(self, x0: float, x1: float, y: float | None = None) -> None:
        """Draw a rule across."""
        self.canvas.setLineWidth(0.6)
        at = self.size[1] - (self.y if y is None else y)
        self.canvas.line(x0, at, x1, at)

    def down(self, x: float, y0: float, y1: float) -> None:
        """Draw a rule down."""
        self.canvas.setLineWidth(0.6)
        self.canvas.line(x, self.size[1] - y0, x, self.size[1] - y1)


def boxed(page: Page, fields: list[tuple[str, str, str]]) -> None:
    """Boxes in two or three columns, a small grey label above each value."""
    across = page.rng.choice((2, 3))
    wide = (page.size[0] - 80) / across
    for start in range(0, len(fields), across):
        page.room(32)
        top = page.y
        for column, (name, label, value) in enumerate(fields[start : start + across]):
            x = 40 + column * wide
            page.y = top + 3
            page.text(x + 4, label, size=7, grey=0.4)
            page.y = top + 13
            page.text(x + 4, value, size=10, name=name)
            page.down(x, top, top + 28)
            page.down(x + wide, top, top + 28)
            page.across(x, x + wide, top)
            page.across(x, x + wide, top + 28)
        page.y = top + 28
    page.y += 14


def listed(page: Page, fields: list[tuple[str, str, str]]) -> None:
    """Label, colon and value in one line of one look."""
    for name, label, value in fields:
        page.room(15)
        end = page.text(50, f"{label}:" if not label.endswith("?") else label)
        page.text(end + 5, value, name=name)
        page.y += 15
    page.y += 10


def leaders(page: Page, fields: list[tuple[str, str, str]]) -> None:
    """Labels and values with dots between them."""
    for name, label, value in fields:
        page.room(16)
        end = page.text(50, label)
        dots = "." * int((220 - end) / 2.7)
        end = page.text(end + 3, dots)
        page.text(end + 4, value, name=name)
        page.y += 16
    page.y += 10


def sheet_table(page: Page, fields: list[tuple[str, str, str]]) -> None:
    """A ruled table of labels and values, side by side, twice in each row."""
    half = (len(fields) + 1) // 2
    wide = (page.size[0] - 80) / 4
    for left, right in zip(fields[:half], [*fields[half:], ("", "", "")], strict=False):
        page.room(20)
        top = page.y
        for column, (name, label, value) in ((0, left), (2, right)):
            page.y = top + 5
            page.text(44 + column * wide, label, bold=True, size=8)
            page.text(44 + (column + 1) * wide, value, size=8, name=name)
        for line in range(5):
            page.down(40 + line * wide, top, top + 19)
        page.across(40, 40 + 4 * wide, top)
        page.across(40, 40 + 4 * wide, top + 19)
        page.y = top + 19
    page.y += 14


def right_labels(page: Page, fields: list[tuple[str, str, str]]) -> None:
    """Labels flush right against a line in the middle, values flush left behind it."""
    for name, label, value in fields:
        page.room(17)
        wide = page.canvas.stringWidth(label, page.font, 9.5)
        page.text(210 - float(wide), label, grey=0.35)
        page.text(222, value, name=name)
        page.y += 17
    page.y += 10


def two_columns(page: Page, fields: list[tuple[str, str, str]]) -> None:
    """Bold labels and values in two columns without rules, with headings of parts."""
    half = (len(fields) + 1) // 2
    page.text(50, "1. General information", bold=True, size=12)
    page.y += 20
    middle = page.size[0] / 2
    for left, right in zip(fields[:half], [*fields[half:], ("", "", "")], strict=False):
        page.room(16)
        for x, (name, label, value) in ((50, left), (middle + 10, right)):
            page.text(x, label, bold=True, size=8.5)
            page.text(x + 112, value, size=8.5, name=name)
        page.y += 16
    page.y += 14


LAYOUTS: dict[str, Layout] = {
    "boxed": boxed,
    "listed": listed,
    "leaders": leaders,
    "sheet_table": sheet_table,
    "right_labels": right_labels,
    "two_columns": two_columns,
}


def table(page: Page, heads: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    """The samples: ruled or open, numbers flush left, flush right or in the middle, headings repeated or not."""
    rng = page.rng
    ruled, flush = rng.random() < 0.5, rng.choice(("left", "right", "middle"))
    numbered, repeated = rng.random() < 0.4, rng.random() < 0.6
    wide = (page.size[0] - 90) / len(heads)

    def line(texts: Sequence[str], *, bold: bool, number: str) -> None:
        if numbered:
            page.text(41, number, size=8)
        for column, text in enumerate(texts):
            x = 62 + column * wide
            end = float(page.canvas.stringWidth(text, page.bold if bold else page.font, 8))
            shift = (
                0.0 if flush == "left" or column == 0 else wide - 8 - end if flush == "right" else (wide - 8 - end) / 2
            )
            page.text(x + shift, text, bold=bold, size=8)
        page.y += 10

    def row(lines: Sequence[Sequence[str]], *, bold: bool = False, number: str = "") -> None:
        top = page.y - 3
        for texts in lines:
            line(texts, bold=bold, number=number)
        page.y += 5
        if ruled:
            for x in (38, *(59 + column * wide for column in range(len(heads) + 1))):
                page.down(x, top, page.y - 3)
            page.across(38, 59 + len(heads) * wide, top)
            page.across(38, 59 + len(heads) * wide, page.y - 3)

    page.room(60)
    split = [_split(head, wide, page) for head in heads]
    parts = range(max(len(each) for each in split))
    heading = [[each[part] if part < len(each) else "" for each in split] for part in parts]
    row(heading, bold=True)
    for number, texts in enumerate(body, 1):
        if page.room(18) and repeated:
            row(heading, bold=True)
        row([texts], number=str(number))
    page.y += 12


def _split(head: str, wide: float, page: Page) -> list[str]:
    """Return a heading in lines that fit its column."""
    lines: list[str] = []
    for word in head.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and float(page.canvas.stringWidth(joined, page.bold, 8)) > wide - 10:
            lines.append(word)
        elif lines:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def turned_table(page: Page, heads: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    """The samples side by side, headings below each other."""
    page.room(len(heads) * 15 + 20)
    wide = (page.size[0] - 190) / max(len(body), 1)
    for row, head in enumerate(heads):
        page.text(45, head, bold=True, size=8)
        for column, texts in enumerate(body):
            page.text(160 + column * wide, texts[row], size=8)
        page.y += 15
    page.y += 10


def make(
    layout: str,
    seed: int,
    *,
    wordings: Mapping[str, tuple[str, ...]] = WORDINGS,
    headings: Mapping[str, tuple[str, ...]] = HEADINGS,
) -> Made:
    """Return one form of another facility."""
    rng = random.Random(f"{layout}/{seed}")
    flat = rng.random() < 0.2
    page = Page(rng, landscape=rng.random() < 0.25, turn=rng.choice((0, 0, 0, 90, 270)))
    turned = rng.random() < 0.2
    count = rng.randint(3, 6) if turned else rng.randint(4, 60 if flat else 30)
    told, samples_ = values(rng, count), rows(rng, count)
    style = Style(rng.random() < 0.3, rng.choice(("µ", "u")), rng.random() < 0.2, rng.random() < 0.2)
    page.text(
        40, rng.choice(("Sequencing order", "Long-read request form", "Nanopore service order")), bold=True, size=15
    )
    page.y += 30
    names = [name for name in WORDINGS if name in told]
    LAYOUTS[layout](page, [(name, rng.choice(wordings[name]), told[name][0]) for name in names])
    hidden = rng.random() < 0.3
    if hidden:
        page.text(60, HIDDEN, size=8, grey=1.0)
        page.y += 14
    columns = [name for name in HEADINGS if name in ("sample_name", "qubit_ng_per_ul") or rng.random() < 0.85]
    heads = [rng.choice(headings[name]).format(ul=f"{style.micro}L", conc=style.unit()) for name in columns]
    body = [[style.written(name, row[name]) for name in columns] for row in samples_]
    (turned_table if turned else table)(page, heads, body)
    page.canvas.showPage()
    page.canvas.save()
    kept = [{name: row[name] for name in columns if row[name] is not None} for row in samples_]
    fields = {name: value for name, (_, value) in told.items()}
    return Made(
        page.sink.getvalue(), layout, fields, kept, MUST_NOT if hidden else (), page.places, page.turn, page.size
    )
