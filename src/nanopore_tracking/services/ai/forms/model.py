"""Reads a submission form; the function `read_form` runs in the sandbox. Pure: no clock, no network, no database."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from nanopore_tracking.services.ai.answers.model import answers, settle
from nanopore_tracking.services.ai.cards import model as cards
from nanopore_tracking.services.ai.grids.model import Lacking, Refused
from nanopore_tracking.services.ai.headings.model import plain
from nanopore_tracking.services.ai.labels.model import Labels, key_of, sample_field
from nanopore_tracking.services.ai.layouts.model import Layout, Segment, rows_of
from nanopore_tracking.services.ai.lines.model import Finder, Table
from nanopore_tracking.services.ai.marks import model as marks
from nanopore_tracking.services.ai.pairs.model import Pairs, segments_of
from nanopore_tracking.services.ai.papers import model as papers
from nanopore_tracking.services.ai.pdfs import model as pdfs
from nanopore_tracking.services.ai.prose import model as prose
from nanopore_tracking.services.ai.readings.model import Box, FormReading, Page, Read, Row
from nanopore_tracking.services.ai.samples.model import Reader, known_columns
from nanopore_tracking.services.ai.suspicions.model import hidden_warning, is_order, may_order, order_warning
from nanopore_tracking.services.ai.templates.model import Template, recognise
from nanopore_tracking.services.ai.transcripts import model as transcripts
from nanopore_tracking.services.ai.wordfiles import model as wordfiles

__all__ = ["VERSION", "Box", "FormReading", "Kind", "Options", "Page", "Read", "Refusal", "Row", "read", "read_form"]

#: Of the reader: a reading is repeated where it was made by an older one.
VERSION = 1
#: A form on which more fields have labels than this is no letter.
_MOST_IN_LETTERS = 8
#: What stands behind a label in a letter is longer than this only where the sentence goes on.
_LONGEST_IN_LETTERS = 30
Kind = Literal["pdf", "docx", "xlsx", "csv"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a form is to be read; learnt: label as it was spelled → field, as people confirmed it.

    lines: whether its lines are told as well, with the places of their words; pages: those that
    hold the form, None where nobody said.
    """

    kind: Kind
    templates: list[Template] = []
    learnt: dict[str, str] = {}
    lines: bool = False
    pages: list[int] | None = None


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why the form cannot be read, as a sentence; need: `pages` or `password`, where a person could say that."""

    message: str
    need: str = ""
    page_count: int | None = None


def read(
    content: bytes,
    kind: str,
    templates: Sequence[Template],
    *,
    learnt: Mapping[str, str],
    pages: Sequence[int] | None = None,
    lines: bool = False,
) -> FormReading:
    """Return what the form says; Refused with a sentence when it cannot be read."""
    if not content:
        raise Refused("The file holds nothing at all. Nothing was read.")
    layout = _layout(content, kind, pages)
    texts = [[" ".join(each.text for each in row) for row in rows_of(sheet.segments)] for sheet in layout.sheets]
    template = recognise(templates, {key_of(line) for page in texts for line in page} | _keys(layout), key_of)
    reading = _Form(layout, template, learnt).read()
    if all(sheet.paged for sheet in layout.sheets):
        reading.pages = [Page(sheet.number, sheet.width_pt, sheet.height_pt) for sheet in layout.sheets]
    reading.text = ["\n".join(page) for page in texts]
    if lines:
        reading.lines = transcripts.lines_of(layout.sheets)
    return reading


def read_form(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield one message about a form as JSON: the reading, or a refusal."""
    asked = msgspec.json.decode(options, type=Options)
    # Looking for garbage takes time; the process lives for one form and gives everything back by its end.
    gc.disable()
    try:
        form = read(content, asked.kind, asked.templates, learnt=asked.learnt, pages=asked.pages, lines=asked.lines)
        yield msgspec.json.encode(form)
    except Lacking as lacking:
        yield msgspec.json.encode(Refusal(lacking.message, lacking.need, lacking.page_count))
    except Refused as refused:
        yield msgspec.json.encode(Refusal(refused.message))
    finally:
        gc.enable()


def stopped(cause: str) -> str:
    """Return what people are told when the reader of their form had to be stopped; cause: one of the sandbox."""
    why = {
        "time": "Reading the form took longer than any form may take.",
        "output": "The form holds more text than any form.",
    }.get(cause, "The form makes its reader break down, as damaged files and those made to do harm do.")
    return f"{why} Nothing was read, nothing was lost: print the form to a new PDF and upload that."


def _goes_on(raw: str) -> bool:
    """Tell whether what stands behind a label in a letter is more than a value: the rest of its sentence."""
    return len(raw) > _LONGEST_IN_LETTERS or raw.endswith(".") or ". " in raw or " x " in raw


def _layout(content: bytes, kind: str, pages: Sequence[int] | None) -> Layout:
    if kind == "pdf":
        return pdfs.read(content, pages)
    if kind == "docx":
        return wordfiles.read(content)
    if kind == "xlsx":
        return papers.workbook(content)
    if kind == "csv":
        return papers.text(content)
    raise Refused("Forms of this kind of file are not read: PDF, DOCX, XLSX and CSV are. Nothing was read.")


def _keys(layout: Layout) -> set[str]:
    return {key_of(each.text) for sheet in layout.sheets for each in sheet.segments if len(each.text) < 90}


class _Form:
    """Reads one form: tables first, then groups of options, then labels, then sentences."""

    def __init__(self, layout: Layout, template: Template | None, learnt: Mapping[str, str]) -> None:
        self._layout = layout
        self._template = template
        self._sheets = {sheet.number: sheet for sheet in layout.sheets}
        self._labels = Labels(learnt, template)
        self._columns = known_columns(learnt, template)
        barcodes = frozenset(plain(text) for text, field in learnt.items() if field == "barcode")
        self._samples = Reader(self._columns, self._sheets, barcodes)
        self._used: set[int] = set()
        self._in_tables: set[int] = set()
        self._warnings = list(layout.warnings)

    def read(self) -> FormReading:
        """Return everything that the form says."""
        self._suspect()
        tables = Finder(self._columns, self._is_label).find(self._layout.sheets)
        for table in tables:
            self._used |= table.used
        self._in_tables = set(self._used)
        chosen = marks.read(self._layout.sheets, self._template, self._labels)
        self._used |= chosen.used
        reads, more = self._pairs()
        samples = self._samples.read([*tables, *more])
        fields = settle([*chosen.reads, *reads])
        fields = self._prose(fields)
        self._warnings += samples.warnings
        self._compare(fields, samples.rows)
        return FormReading(
            version=VERSION,
            template=self._template.name if self._template else None,
            template_version=self._template.version if self._template else None,
            fields=fields,
            rows=samples.rows,
            warnings=list(dict.fromkeys(self._warnings)),
        )

    def _suspect(self) -> None:
        """Warn of hidden text and of orders; the latter stand for nothing but a comment."""
        for sheet in self._layout.sheets:
            if any(any(letter.isalnum() for letter in text) for text in sheet.hidden):
                self._warnings.append(hidden_warning(sheet.number, [text for text in sheet.hidden if text.strip()]))
            rows = rows_of(sheet.segments)
            page = "\n".join(each.text for row in rows for each in row)
            lines = "\n".join(" ".join(each.text for each in row) for row in rows)
            for row in rows if may_order(page) or may_order(lines) else []:
                line = " ".join(each.text for each in row)
                if is_order(line) or any(is_order(each.text) for each in row):
                    self._warnings.append(order_warning(line))

    def _is_label(self, segment: Segment) -> bool:
        text = segment.text.rstrip()
        return text.endswith(":") and self._labels.find(text.rstrip(" :*")) is not None

    def _name_of(self, text: str) -> str | None:
        learnt = self._columns.learnt.get(plain(text.rstrip(": *")))
        return learnt or sample_field(text)

    def _pairs(self) -> tuple[list[Read], list[Table]]:
        reads: list[Read] = []
        tables: list[Table] = []
        for sheet in self._layout.sheets:
            free = [each for each in sheet.segments if id(each) not in self._used]
            for table in cards.turned(free, self._name_of):
                self._used |= table.used
                tables.append(table)
            free = [each for each in free if id(each) not in self._used]
            pairs = Pairs(sheet, free, self._labels).pairs()
            made, taken = cards.from_pairs(pairs, self._name_of)
            if made is not None:
                tables.append(made)
            rest = [pair for pair in pairs if id(pair) not in taken]
            reads += answers(rest, self._sheets)
            self._used |= segments_of(pairs)
        return reads, tables

    def _prose(self, fields: list[Read]) -> list[Read]:
        """Return all fields with what sentences say of them: in a letter, labels are mostly words of sentences."""
        known = {each.field: each for each in fields if each.value is not None or each.raw}
        found = prose.read(self._layout.sheets, self._in_tables) if len(known) < _MOST_IN_LETTERS else []
        if not found:
            reference = prose.reference(self._layout.sheets) if "quote_id" not in known else None
            return [*fields, *([reference] if reference is not None else [])]
        said = {each.field: each for each in found}
        long = {name for name, each in known.items() if each.value is None or _goes_on(str(each.raw))}
        kept = [each for each in fields if each.field in known and (each.field not in said or each.field not in long)]
        return kept + [each for each in found if each.field not in known or each.field in long]

    def _compare(self, fields: list[Read], rows: list[Row]) -> None:
        """Warn where the form contradicts itself: the count of its samples, names that stand twice."""
        told = next((each.value for each in fields if each.field == "sample_count"), None)
        counts = {len(rows), sum(row.role == "sample" for row in rows)}
        if isinstance(told, float) and rows and told not in counts:
            self._warnings.append(f"The form says {told:g} samples, its table has {len(rows)}.")
        names: dict[str, int] = {}
        for row in rows:
            name = row.cells.get("sample_name")
            if name is not None and isinstance(name.value, str):
                names[name.value] = names.get(name.value, 0) + 1
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            self._warnings.append(f"These sample names stand more than once: {', '.join(twice[:10])}.")
