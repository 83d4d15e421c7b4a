"""Makes forms of other facilities as workbooks, documents and texts, in the ways in which people lay these out."""

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font

from tests.services.ai.forms.contents import HEADINGS, WORDINGS, Made, Style, rows, values
from tests.services.ai.forms.test_kinds import document, paragraph
from tests.services.ai.forms.test_kinds import rows as table

#: Labels and what is filled in, as it is written.
Lines = list[tuple[str, str]]
_TITLES = ("Sequencing order", "Long-read request form", "Nanopore service order")
_SECTIONS = ("Contact", "Project", "Sequencing")


@dataclass
class Said:
    """What a form says: labels and values, headings, and cells as numbers or texts."""

    rng: random.Random
    lines: Lines
    heads: list[str]
    body: list[list[Any]]


def _cell(text: str) -> Any:
    """Return a number where a text is one, as a person types it into a workbook."""
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _dated(text: str) -> Any:
    for way in ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, way).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return text


def _saved(book: openpyxl.Workbook) -> bytes:
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _samples(sheet: Any, said: Said, row: int, column: int = 1) -> None:
    for across, head in enumerate(said.heads):
        sheet.cell(row, column + across, head).font = Font(bold=True)
    for down, cells in enumerate(said.body, 1):
        for across, text in enumerate(cells):
            sheet.cell(row + down, column + across, _cell(text) if across else text or None)


def moved(said: Said) -> bytes:
    """Return a workbook whose form begins in column B, below a title, with sections and values as numbers and dates."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = said.rng.choice(_TITLES)
    sheet["B2"].font = Font(bold=True, size=16)
    row = 4
    for number, (label, text) in enumerate(said.lines):
        if number % 9 == 0:
            sheet.cell(row, 2, _SECTIONS[number // 9 % 3]).font = Font(bold=True)
            row += 1
        sheet.cell(row, 2, f"{label} *" if number % 5 == 0 else label)
        sheet.cell(row, 4, _dated(text) if isinstance(_dated(text), date) else _cell(text))
        row += 1
    _samples(sheet, said, row + 2, 2)
    return _saved(book)


def paired(said: Said) -> bytes:
    """Return a workbook with two labels and their values in each row."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = said.rng.choice(_TITLES)
    half = (len(said.lines) + 1) // 2
    for column, lines in ((1, said.lines[:half]), (4, said.lines[half:])):
        for row, (label, text) in enumerate(lines, 3):
            sheet.cell(row, column, f"{label}:").font = Font(bold=True)
            sheet.cell(row, column + 1, text)
    _samples(sheet, said, half + 5)
    return _saved(book)


def above(said: Said) -> bytes:
    """Return a workbook whose labels stand in rows of bold cells above their values."""
    book = openpyxl.Workbook()
    sheet = book.active
    row = 1
    for start in range(0, len(said.lines), 4):
        for column, (label, text) in enumerate(said.lines[start : start + 4], 1):
            sheet.cell(row, column, label).font = Font(bold=True)
            sheet.cell(row + 1, column, text)
        row += 3
    _samples(sheet, said, row + 1)
    return _saved(book)


def wide(said: Said) -> bytes:
    """Return a workbook with all labels in one row and all values in the next, as forms on the web are exported."""
    book = openpyxl.Workbook()
    sheet = book.active
    for column, (label, text) in enumerate(said.lines, 1):
        sheet.cell(1, column, label)
        sheet.cell(2, column, text)
    _samples(book.create_sheet("Samples"), said, 1)
    return _saved(book)


def grouped(said: Said) -> bytes:
    """Return a workbook with its units in a row below the headings, a sum below the samples, and notes at the end."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row, (label, text) in enumerate(said.lines, 1):
        sheet.cell(row, 1, label)
        sheet.cell(row, 2, text)
    start = len(said.lines) + 3
    sheet.cell(start - 1, 1, "Samples").font = Font(bold=True)
    _samples(sheet, said, start, 1)
    end = start + len(said.body) + 1
    sheet.cell(end, 1, "Total").font = Font(bold=True)
    sheet.cell(end, 2, sum(_cell(cells[1]) for cells in said.body if len(cells) > 1 and cells[1]))
    sheet.cell(end + 2, 1, "Please bring your samples on ice.")
    sheet.cell(end + 3, 1, "Questions: ask at the desk.")
    return _saved(book)


def merged(said: Said) -> bytes:
    """Return a workbook with merged cells for labels and values, and the samples on a sheet of their own."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Order"
    sheet.merge_cells("A1:F1")
    sheet["A1"] = said.rng.choice(_TITLES)
    sheet["A1"].alignment = Alignment(horizontal="center")
    for row, (label, text) in enumerate(said.lines, 3):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=6)
        sheet.cell(row, 1, label)
        sheet.cell(row, 3, text)
    samples = book.create_sheet("Sample list")
    samples["A1"] = "One row for each tube"
    samples.cell(3, 1, "No.")
    for down in range(len(said.body)):
        samples.cell(4 + down, 1, down + 1)
    _samples(samples, said, 3, 2)
    return _saved(book)


def cells(said: Said) -> bytes:
    """Return a document whose labels and values are cells of one table, two pairs in each row."""
    pairs = [part for label, text in said.lines for part in (f"{label}:", text)]
    pairs += [""] * (-len(pairs) % 4)
    lines = [pairs[start : start + 4] for start in range(0, len(pairs), 4)]
    title = paragraph(said.rng.choice(_TITLES), "<w:b/>")
    return document(title + table(lines) + paragraph("Samples") + table(_texts(said)))


def tabbed(said: Said) -> bytes:
    """Return a document of bold labels with their values behind a tab."""
    body = "".join(
        f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{label}</w:t></w:r><w:r><w:tab/><w:t>{text}</w:t></w:r></w:p>"
        for label, text in said.lines
    )
    return document(body + table(_texts(said)))


def controls(said: Said) -> bytes:
    """Return a document whose values are controls that a person fills in."""
    body = "".join(
        f"<w:tr><w:tc>{paragraph(label)}</w:tc><w:tc><w:p><w:sdt><w:sdtContent><w:r><w:t>{text}</w:t></w:r>"
        "</w:sdtContent></w:sdt></w:p></w:tc></w:tr>"
        for label, text in said.lines
    )
    return document(f"<w:tbl>{body}</w:tbl>{paragraph('Your samples')}{table(_texts(said))}")


def lines(said: Said) -> bytes:
    """Return a document whose cells hold a label and, in a line below it, what is filled in; two of them in a row."""
    parts = [f"<w:tc>{paragraph(label, '<w:b/>')}{paragraph(text)}</w:tc>" for label, text in said.lines]
    parts += [f"<w:tc>{paragraph('')}</w:tc>"] * (len(parts) % 2)
    body = "".join(f"<w:tr>{parts[start]}{parts[start + 1]}</w:tr>" for start in range(0, len(parts), 2))
    return document(f"<w:tbl>{body}</w:tbl>{table(_texts(said))}")


def broken(said: Said) -> bytes:
    """Return a document in which lines of a paragraph are labels and values."""
    runs = "<w:r><w:br/></w:r>".join(f"<w:r><w:t>{label}: {text}</w:t></w:r>" for label, text in said.lines)
    return document(f"<w:p>{runs}</w:p>{table(_texts(said))}")


def below(said: Said) -> bytes:
    """Return a document with each value in a paragraph below that of its label."""
    body = "".join(paragraph(f"{label}:", "<w:b/>") + paragraph(text) for label, text in said.lines)
    return document(body + table(_texts(said)))


def _texts(said: Said) -> Sequence[Sequence[str]]:
    return [said.heads, *said.body]


def _written(lines: Sequence[Sequence[str]], *, between: str, encoding: str) -> bytes:
    sink = io.StringIO()
    csv.writer(sink, delimiter=between, lineterminator="\r\n").writerows(lines)
    return sink.getvalue().encode(encoding)


def semicolons(said: Said) -> bytes:
    """Return texts between semicolons, with a title and all lines as long as the table's."""
    wide = len(said.heads)
    lines = [[said.rng.choice(_TITLES)], [], *([label, "", text] for label, text in said.lines), [], *_texts(said)]
    return _written([[*line, *[""] * (wide - len(line))] for line in lines], between=";", encoding="utf-8-sig")


def tabs(said: Said) -> bytes:
    """Return texts between tabs, two pairs in each line, as a spreadsheet saves them."""
    pairs = [part for each in said.lines for part in (*each, "")]
    lines = [pairs[start : start + 6] for start in range(0, len(pairs), 6)]
    return _written([*lines, [], *_texts(said)], between="\t", encoding="utf-16")


def remarked(said: Said) -> bytes:
    """Return texts between commas whose first lines are remarks."""
    lines = [
        [f"# {said.rng.choice(_TITLES)}"],
        ["# Fill in all lines."],
        *([f"{label}:", text] for label, text in said.lines),
    ]
    return _written([*lines, [], *_texts(said)], between=",", encoding="latin-1")


#: Each layout with its kind of file.
LAYOUTS: dict[str, tuple[str, Callable[[Said], bytes]]] = {
    **{each.__name__: ("xlsx", each) for each in (moved, paired, above, wide, grouped, merged)},
    **{each.__name__: ("docx", each) for each in (cells, tabbed, controls, lines, broken, below)},
    **{each.__name__: ("csv", each) for each in (semicolons, tabs, remarked)},
}


def make(layout: str, seed: int) -> Made:
    """Return one form of another facility."""
    rng = random.Random(f"{layout}/{seed}")
    kind, drawn = LAYOUTS[layout]
    count = rng.randint(3, 40)
    told, samples = values(rng, count), rows(rng, count)
    style = Style(kind != "xlsx" and rng.random() < 0.3, rng.choice(("µ", "u")), rng.random() < 0.2, False)
    names = [name for name in WORDINGS if name in told]
    columns = [name for name in HEADINGS if name in ("sample_name", "qubit_ng_per_ul") or rng.random() < 0.85]
    heads = [rng.choice(HEADINGS[name]).format(ul=f"{style.micro}L", conc=style.unit()) for name in columns]
    body = [[style.written(name, row[name]) for name in columns] for row in samples]
    lines = [(rng.choice(WORDINGS[name]), told[name][0]) for name in names]
    content = drawn(Said(rng, lines, heads, body))
    kept = [{name: row[name] for name in columns if row[name] is not None} for row in samples]
    return Made(content, layout, {name: value for name, (_, value) in told.items()}, kept)
