"""Reads a submission form; the function `read_form` runs in the sandbox. Pure: no clock, no network, no database."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from nanopore_tracking.services.ai.answers.model import answers, settle
from nanopore_tracking.services.ai.cards import model as cards
from nanopore_tracking.services.ai.grids.model import Lacking, Refused
from nanopore_tracking.services.ai.headings.model import plain
from nanopore_tracking.services.ai.heads.model import Heads
from nanopore_tracking.services.ai.labels.model import Labels, key_of, role_of, sample_field
from nanopore_tracking.services.ai.layouts.model import Layout, Segment, Sheet, rows_of
from nanopore_tracking.services.ai.lines.model import Finder
from nanopore_tracking.services.ai.marks import model as marks
from nanopore_tracking.services.ai.neighbours.model import Pair
from nanopore_tracking.services.ai.pairs.model import Pairs, segments_of
from nanopore_tracking.services.ai.papers import model as papers
from nanopore_tracking.services.ai.pdfs import model as pdfs
from nanopore_tracking.services.ai.prose import model as prose
from nanopore_tracking.services.ai.rasters import model as rasters
from nanopore_tracking.services.ai.readings.model import Box, FormReading, Page, Read, Row, Stranger
from nanopore_tracking.services.ai.recognitions import model as recognitions
from nanopore_tracking.services.ai.rows.model import Table
from nanopore_tracking.services.ai.samples.model import Reader, known_columns
from nanopore_tracking.services.ai.scans import model as scanned
from nanopore_tracking.services.ai.scans.model import Scan, Wanted
from nanopore_tracking.services.ai.spellings import model as spellings
from nanopore_tracking.services.ai.strangers import model as strangers
from nanopore_tracking.services.ai.suspicions.model import hidden_warning, is_order, may_order, order_warning
from nanopore_tracking.services.ai.templates.model import Template, recognise
from nanopore_tracking.services.ai.transcripts import model as transcripts
from nanopore_tracking.services.ai.wordfiles import model as wordfiles

__all__ = ["VERSION", "Box", "FormReading", "Kind", "Options", "Page", "Read", "Refusal", "Row", "read", "read_form"]

#: Of the reader: a reading is repeated where it was made by an older one.
VERSION = 3
#: A form on which more fields have labels than this is no letter.
_MOST_IN_LETTERS = 8
#: What stands behind a label in a letter is longer than this only where the sentence goes on.
_LONGEST_IN_LETTERS = 30
Kind = Literal["pdf", "docx", "xlsx", "csv", "png", "jpeg", "tiff", "webp"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a form is to be read; learnt: label as it was spelled → field, as people confirmed it.

    lines: whether its lines are told as well, with the places of their words; pages: those that
    hold the form, None where nobody said; scans: what was recognised on pages of which only a picture is there, None
    where that was not tried; learnt_on: by the name of a template, what people confirmed on its forms; template: the
    name of the one that a person chose, blank for the one that is recognised.
    """

    kind: Kind
    templates: list[Template] = []
    learnt: dict[str, str] = {}
    lines: bool = False
    pages: list[int] | None = None
    scans: list[Scan] | None = None
    learnt_on: dict[str, dict[str, str]] = {}
    template: str = ""


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why the form cannot be read, as a sentence; need: `pages` or `password`, where a person could say that."""

    message: str
    need: str = ""
    page_count: int | None = None


def read(content: bytes, asked: Options) -> FormReading:
    """Return what the form says, read as it is asked; Refused with a sentence when it cannot be read."""
    return _read(_layout(content, asked.kind, asked.pages), asked)


def _read(layout: Layout, asked: Options) -> FormReading:
    scans = asked.scans or []
    scanned.put_in(layout, scans)
    spellings.correct(layout.sheets, asked.templates, asked.learnt)
    texts = [[" ".join(each.text for each in row) for row in rows_of(sheet.segments)] for sheet in layout.sheets]
    template = next((each for each in asked.templates if each.name == asked.template), None) or recognise(
        asked.templates, {key_of(line) for page in texts for line in page} | _keys(layout), key_of
    )
    learnt = {**asked.learnt, **(asked.learnt_on.get(template.name, {}) if template else {})}
    form = _Form(layout, template, learnt)
    reading = form.read()
    reading.pages = [page for sheet in layout.sheets for page in papers.pages(sheet)]
    if all(sheet.paged for sheet in layout.sheets):
        scanned.temper(reading, scans, layout.sheets)
    else:
        reading.warnings += [told for sheet in layout.sheets if (told := papers.cut(sheet))]
    reading.text = ["\n".join(page) for page in texts]
    form.tell_strangers(reading)
    if asked.lines:
        reading.lines = transcripts.lines_of(layout.sheets)
    return reading


def read_form(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield one message about a form as JSON: the reading, a refusal, or the pages that have to be recognised first."""
    asked = msgspec.json.decode(options, type=Options)
    # Looking for garbage takes time; the process lives for one form and gives everything back by its end.
    gc.disable()
    try:
        layout = _layout(content, asked.kind, asked.pages)
        wanted = [sheet.number for sheet in layout.sheets if sheet.scanned]
        if wanted and asked.scans is None and recognitions.installed():
            yield msgspec.json.encode(Wanted(wanted))
            return
        yield msgspec.json.encode(_read(layout, asked))
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


def _layout(content: bytes, kind: Kind, pages: Sequence[int] | None) -> Layout:
    if not content:
        raise Refused("The file holds nothing at all. Nothing was read.")
    if kind in rasters.PICTURES:
        return Layout(sheets=rasters.sheets(content, pages))
    if kind == "pdf":
        return pdfs.read(content, pages)
    if kind == "docx":
        return wordfiles.read(content)
    if kind == "xlsx":
        return papers.workbook(content)
    return papers.text(content)


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
        self._tables: list[Table] = []
        self._paired: list[tuple[Sheet, list[Pair]]] = []
        self._heads = Heads(self._columns)
        self._strange: dict[int, tuple[list[Stranger], list[Pair]]] = {}

    def read(self) -> FormReading:
        """Return everything that the form says."""
        self._suspect()
        finder = Finder(self._columns, self._is_label)
        tables = finder.find(self._layout.sheets)
        self._used |= finder.blank.union(*(table.used for table in tables))
        self._tables = tables
        self._in_tables = set(self._used)
        chosen = marks.read(self._layout.sheets, self._template, self._labels)
        self._used |= chosen.used
        reads, more = self._pairs()
        samples = self._samples.read([*tables, *more])
        empty = {each.field for each in chosen.reads if each.raw is None}
        # Where nothing is marked, what stands beside the question is its options.
        fields = settle([*chosen.reads, *(each for each in reads if each.field not in empty)])
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
        letter = prose.is_letter(self._layout.sheets, self._in_tables)
        for sheet in self._layout.sheets:
            free = [each for each in sheet.segments if id(each) not in self._used]
            for table in cards.turned(free, self._name_of):
                self._used |= table.used
                tables.append(table)
            free = [each for each in free if id(each) not in self._used]
            pairs = Pairs(sheet, free, self._labels, letter=letter).pairs()
            made, taken = cards.from_pairs(pairs, self._name_of)
            if made is not None:
                tables.append(made)
            rest = [pair for pair in pairs if id(pair) not in taken]
            reads += answers(rest, self._sheets)
            self._used |= segments_of(pairs)
            self._paired.append((sheet, pairs))
            if sum(pair.label.known is not None for pair in pairs) < _MOST_IN_LETTERS:
                reads += answers(self._strangers(sheet), self._sheets)
        return reads, tables

    def _strangers(self, sheet: Sheet) -> list[Pair]:
        """Return what looks like labels and values on a page whose labels are hardly known; a shape may tell what."""
        if sheet.number not in self._strange:
            free = [each for each in sheet.segments if id(each) not in self._used]
            headings, used = strangers.tables(sheet, free, self._heads.knows)
            pairs = strangers.pairs([each for each in free if id(each) not in used], self._knows)
            self._strange[sheet.number] = headings, pairs
        return self._strange[sheet.number][1]

    def tell_strangers(self, reading: FormReading) -> None:
        """Add to the reading which labels are on the form, and what nobody knows."""
        found = [each for sheet, pairs in self._paired for each in strangers.paired(sheet, pairs, self._knows)]
        for table in self._tables:
            found += strangers.headings(table, self._heads.knows, self._sheets)
        for sheet in self._layout.sheets:
            pairs = self._strangers(sheet)
            found += [*self._strange[sheet.number][0], *strangers.paired(sheet, pairs, self._knows)]
        reading.strangers = strangers.sorted_out(found)
        texts = [pair.label.text for _, pairs in self._paired for pair in pairs if pair.label.known is not None]
        keys = {key_of(text) for text in [*texts, *(each.text for each in reading.strangers)]}
        reading.labels = sorted(key for key in keys if key)

    def _knows(self, text: str) -> bool:
        ignored = self._labels.ignores(text) or role_of(text) is not None
        bare = text.strip(" :*")
        return ignored or self._labels.find(bare) is not None or self._heads.knows(bare)

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
            self._warnings.append(
                f"The form says {told:g} {'sample' if told == 1 else 'samples'}, its table has {len(rows)}."
            )
        names: dict[str, int] = {}
        for row in rows:
            name = row.cells.get("sample_name")
            if name is not None and isinstance(name.value, str):
                names[name.value] = names.get(name.value, 0) + 1
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            self._warnings.append(f"These sample names stand more than once: {', '.join(twice[:10])}.")
