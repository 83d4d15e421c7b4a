"""A report as sections of text, tables and charts, written as one HTML file that needs nothing else, or as a PDF."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nanopore_tracking.drawing import pictures
from nanopore_tracking.drawing.shapes import Drawing

HTML, PDF = "text/html", "application/pdf"
_MARGIN = 42.0
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;color:#1d2733;background:#fff;max-width:60rem;margin:2rem auto}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-top:1px solid #c3ccd6;padding-top:1rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#4a5868}dd{margin:0}"
    "table{border-collapse:collapse;margin:.8rem 0;width:100%}caption{text-align:left;color:#4a5868}"
    "th,td{border-bottom:1px solid #c3ccd6;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}.dim{color:#4a5868}"
    "figure{margin:1rem 0;break-inside:avoid}tr{break-inside:avoid}td:nth-child(3){white-space:nowrap}"
    "@media print{body{margin:0;max-width:none;font-size:12px}th,td{padding:.2rem .3rem}h2{break-after:avoid}}"
)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a head; what is a number is set to the right. caption: what the rows are."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawing, and what its numbers mean."""

    drawing: Drawing
    definition: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a report under a heading."""

    title: str
    texts: Sequence[str] = ()
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A report. facts: names and values below its title; made: when and of what state of things it was made."""

    title: str
    made: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section] = field(default_factory=list)


def html(found: Document) -> str:
    """Return a report as one HTML file: no script, nothing from elsewhere, charts as SVG within it."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in found.facts)
    body = "".join(_section(section) for section in found.sections)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(found.title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(found.title)}</h1>"
        f'<p class="dim">{escape(found.made)}</p>'
        f"<dl>{facts}</dl>{body}</main></body></html>"
    )


def _section(found: Section) -> str:
    texts = "".join(f"<p>{escape(text)}</p>" for text in found.texts)
    figures = "".join(
        f'<figure>{pictures.svg(each.drawing)}<figcaption class="dim">{escape(each.definition)}</figcaption></figure>'
        for each in found.figures
    )
    tables = "".join(_table(table) for table in found.tables)
    return f"<section><h2>{escape(found.title)}</h2>{texts}{tables}{figures}</section>"


def _table(found: Table) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in found.head)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in found.rows)
    return (
        f"<table><caption>{escape(found.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cell(value: Any) -> str:
    return f'<td class="n">{said(value)}</td>' if isinstance(value, int | float) else f"<td>{escape(said(value))}</td>"


def said(value: Any) -> str:
    """Return a value as a cell says it; what is not known is a dash."""
    if value is None:
        return "–"
    if isinstance(value, float):
        # A little is not nothing.
        return f"{value:.6f}" if 0 < abs(value) < 0.01 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def pdf(found: Document) -> bytes:
    """Return a report as a PDF of A4 pages, with the title and the number on each."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    target = io.BytesIO()
    page = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=found.title,
        invariant=1,
    )
    page.build(_story(found, A4[0] - 2 * _MARGIN), onFirstPage=_foot(found.title), onLaterPages=_foot(found.title))
    return target.getvalue()


def _foot(title: str) -> Any:
    def draw(canvas: Any, page: Any) -> None:
        canvas.setFont(pictures.font(), 8)
        canvas.drawString(_MARGIN, 24, pictures.printable(title))
        canvas.drawRightString(page.pagesize[0] - _MARGIN, 24, str(page.page))

    return draw


def _story(found: Document, width: float) -> list[Any]:
    from reportlab.platypus import KeepTogether, Spacer

    story = [_words(found.title, 16, bold=True), _words(found.made, 8.5), Spacer(0, 8)]
    story += [_words(f"{name}: {value}", 9.5) for name, value in found.facts]
    for section in found.sections:
        story += [Spacer(0, 12), _words(section.title, 12.5, bold=True)]
        story += [_words(text, 9.5) for text in section.texts]
        for table in section.tables:
            story += [_words(table.caption, 8.5), _grid(table, width)]
        for figure in section.figures:
            graphic = pictures.graphic(figure.drawing, width)
            story.append(KeepTogether([Spacer(0, 8), graphic, _words(figure.definition, 8.5)]))
    return story


def _words(text: str, size: float, *, bold: bool = False) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    name = pictures.font()
    style = ParagraphStyle(
        "words", fontName="VeraBd" if bold else name, fontSize=size, leading=size * 1.4, spaceAfter=size * 0.25
    )
    return Paragraph(escape(pictures.printable(text), quote=False), style)


def _grid(found: Table, width: float) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table as Grid
    from reportlab.platypus import TableStyle

    cells = [[_words(name, 8, bold=True) for name in found.head]]
    cells += [[_words(said(value), 8) for value in row] for row in found.rows]
    many = len(found.head)
    grid = Grid(cells, colWidths=[width / many] * many, repeatRows=1)
    lines = [("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor("#c3ccd6")), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    grid.setStyle(TableStyle([*lines, ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 2)]))
    return grid
