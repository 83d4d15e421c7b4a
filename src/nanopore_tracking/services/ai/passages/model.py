"""Takes a protocol apart into passages: what stands together under one heading, with its page; run in the sandbox."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from nanopore_tracking.services.ai.cells.model import visible
from nanopore_tracking.services.ai.grids.model import Refused
from nanopore_tracking.services.ai.layouts.model import Look, Segment, Sheet, rows_of
from nanopore_tracking.services.ai.pdfs import model as pdfs
from nanopore_tracking.services.ai.texts import model as texts
from nanopore_tracking.services.ai.wordfiles import model as wordfiles

Kind = Literal["pdf", "docx", "text"]
#: A passage longer than this is divided where a line ends; one shorter goes on with the next of the same heading.
_LONGEST, _SHORTEST = 900, 200
_MOST = 2000
_LONGEST_HEADING = 120
#: A heading is so much larger than most of the text, or bold where most is not.
_LARGER = 1.12
_MARKDOWN = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,})$")
_EVERY_PAGE = range(1, pdfs.MOST_PAGES + 1)


class Passage(msgspec.Struct, frozen=True):
    """A part of a protocol. heading: under which it stands, empty before the first; page: None without pages."""

    heading: str
    body: str
    page: int | None


class Protocol(msgspec.Struct, frozen=True, tag="protocol"):
    """A protocol taken apart."""

    passages: list[Passage]
    warnings: list[str] = []


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why a protocol cannot be read, as a sentence."""

    message: str


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    heading: bool
    apart: bool
    page: int | None


def read_protocol(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield one message about a protocol as JSON: its passages, or a refusal. options: its kind as JSON."""
    try:
        yield msgspec.json.encode(read(content, msgspec.json.decode(options, type=Kind)))
    except Refused as refused:
        yield msgspec.json.encode(Refusal(refused.message))


def read(content: bytes, kind: Kind) -> Protocol:
    """Return the passages of a protocol; Refused with a sentence where it holds no text."""
    warnings: list[str] = []
    if kind == "text":
        lines = _of_text(texts.decode(content, warnings))
    else:
        layout = pdfs.read(content, _EVERY_PAGE) if kind == "pdf" else wordfiles.read(content)
        # That pages were chosen is said for forms; here they are all that are read.
        warnings += [each for each in layout.warnings if not each.startswith("Of ")]
        lines = _of_sheets(layout.sheets)
    passages = _passages(lines)
    if not passages:
        raise Refused("No text was found in this file, as in a picture of one. Nothing was kept; upload one with text.")
    if len(passages) > _MOST:
        warnings.append(f"Only the first {_MOST:,} passages were kept.")
    return Protocol(passages[:_MOST], warnings)


def _of_text(text: str) -> list[_Line]:
    """Return the lines of a plain text or of Markdown."""
    found: list[_Line] = []
    apart = True
    for raw in text.splitlines():
        line = visible(raw).strip()
        marked = _MARKDOWN.match(line)
        if _UNDERLINE.match(line) and found and not apart and len(found[-1].text) <= _LONGEST_HEADING:
            found[-1] = _Line(found[-1].text, heading=True, apart=True, page=None)
        elif line:
            found.append(_Line(marked[1] if marked else line, marked is not None, apart, None))
        apart = not line
    return found


def _of_sheets(sheets: Sequence[Sheet]) -> list[_Line]:
    usual = Counter(
        each.look for sheet in sheets for each in sheet.segments for _ in range(max(1, len(each.text) // 10))
    )
    common = usual.most_common(1)[0][0] if usual else Look()
    found = []
    for sheet in sheets:
        before: list[Segment] = []
        for row in rows_of(sheet.segments):
            text = " ".join(each.text for each in row).strip()
            gap = not before or row[0].box[1] - max(each.box[3] for each in before) > 0.6 * max(row[0].height, 6.0)
            page = sheet.number if sheet.paged else None
            if text:
                found.append(_Line(text, _is_heading(row, text, common), gap, page))
            before = row
    return found


def _is_heading(row: Sequence[Segment], text: str, common: Look) -> bool:
    if len(text) > _LONGEST_HEADING or not any(letter.isalpha() for letter in text):
        return False
    larger = all(each.look.size >= _LARGER * common.size for each in row)
    bold = all(each.look.bold for each in row) and not common.bold and not text.endswith((".", ":", ","))
    return larger or bold


def _passages(lines: Sequence[_Line]) -> list[Passage]:
    found: list[Passage] = []
    heading, body, page = "", list[str](), None
    for line in lines:
        length = sum(map(len, body))
        ends = line.heading or (line.apart and length >= _SHORTEST) or length + len(line.text) > _LONGEST
        if ends and body:
            found.append(Passage(heading, "\n".join(body), page))
            body = []
        if line.heading:
            heading = line.text
            continue
        if not body:
            page = line.page
        body.append(line.text[: 4 * _LONGEST])
    return [*found, Passage(heading, "\n".join(body), page)] if body else found
