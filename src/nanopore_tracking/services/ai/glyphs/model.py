"""Puts the letters of a page together into words and tells which are hidden from whoever looks at the page."""

import ctypes
import math
import re
from collections import Counter
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

from nanopore_tracking.services.ai.drawings.model import Drawn, alike, background
from nanopore_tracking.services.ai.layouts.model import Look, Sheet, Word, union
from nanopore_tracking.services.ai.placements.model import Placement
from nanopore_tracking.services.ai.readings.model import Box

#: More than a page of the smallest print holds.
MOST_LETTERS = 60_000
#: Letters smaller than this cannot be read on paper.
_SMALLEST_PT = 3.0
_BOLD_WEIGHT = 600
_UNSEEN_MODES = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
#: Dots or a line on which a value is written: no part of it, even without a space between them.
_SHORTEST_LEADER = 4
_LEADER = re.compile(r"[._…]{4}")
_PARTS = re.compile(r"[._…]{4,}|(?:(?![._…]{4}).)+")
#: What pdfium gives for a hyphen at the end of a line, and other signs that stand for ordinary ones.
_SIGNS = {2: "-", 0xAD: "-", 0xFFFE: "-", 0x2011: "-"}


@dataclass(slots=True)
class Shape:
    """What all letters of one text object share. direction: quarter turns on the page as it is shown."""

    look: Look
    direction: int
    turn: int
    unseen: str


@dataclass(slots=True)
class Placed:
    """A word and whether it is hidden."""

    word: Word
    direction: int
    hidden: bool


def read(page: pdfium.PdfPage, placement: Placement, drawn: Drawn) -> list[Placed]:
    """Return the words of a page, still in places of the page as it is shown."""
    text = page.get_textpage()
    try:
        return _Words(text.raw, placement, drawn).read()
    finally:
        text.close()


class _Words:
    """Reads the letters of one page in the order of the file; places are the file's own until a word is complete."""

    def __init__(self, text: raw.FPDF_TEXTPAGE, placement: Placement, drawn: Drawn) -> None:
        self._text = text
        self._placement = placement
        self._drawn = drawn
        self._shapes: dict[int, Shape] = {}
        self._fonts: dict[int, tuple[str, bool]] = {}
        self._found: list[Placed] = []
        self._letters: list[str] = []
        self._boxes: list[Box] = []
        self._box: Box = (0.0, 0.0, 0.0, 0.0)
        self._last: Box = (0.0, 0.0, 0.0, 0.0)
        self._shape: Shape | None = None
        self._matrix, self._size = raw.FS_MATRIX(), ctypes.c_float(10.0)
        self._colour = tuple(ctypes.c_uint() for _ in range(4))

    def read(self) -> list[Placed]:
        count = min(raw.FPDFText_CountChars(self._text), MOST_LETTERS)
        rectangle = raw.FS_RECTF()
        text, by_reference = self._text, ctypes.byref(rectangle)
        letter_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
        for index in range(count):
            code = letter_of(text, index)
            letter = chr(code) if code > 32 and code not in _SIGNS else _SIGNS.get(code, " ")
            if letter.isspace():
                self._end()
                continue
            box_of(text, index, by_reference)
            box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            shape = self._shape_of(index)
            if self._letters and self._goes_on(box, shape):
                whole = self._box
                self._box = (
                    min(whole[0], box[0]), min(whole[1], box[1]), max(whole[2], box[2]), max(whole[3], box[3])
                )  # fmt: skip
            else:
                self._end()
                self._shape, self._box = shape, box
            self._letters.append(letter)
            self._boxes.append(box)
            self._last = box
        self._end()
        return self._found

    def _goes_on(self, box: Box, shape: Shape) -> bool:
        """Tell whether a letter belongs to the word before it."""
        before, own = self._last, self._shape
        if own is None or (shape is not own and (shape.direction != own.direction or shape.unseen != own.unseen)):
            return False
        turns = (own.direction - self._placement.rotation) % 4
        if turns == 0:
            gap, apart = box[0] - before[2], box[1] + box[3] - before[1] - before[3]
        elif turns == 2:
            gap, apart = before[0] - box[2], box[1] + box[3] - before[1] - before[3]
        else:
            gap = before[1] - box[3] if turns == 1 else box[1] - before[3]
            apart = box[0] + box[2] - before[0] - before[2]
        size = own.look.size if shape is own else max(own.look.size, shape.look.size)
        return -0.6 * size < gap < 0.18 * size and abs(apart) < 1.2 * size

    def _end(self) -> None:
        text, shape = "".join(self._letters), self._shape
        if text and shape is not None:
            if len(text) > _SHORTEST_LEADER and _LEADER.search(text):
                for part in _PARTS.finditer(text):
                    self._add(part[0], union(self._boxes[part.start() : part.end()]), shape)
            else:
                self._add(text, self._box, shape)
        self._letters, self._boxes = [], []

    def _add(self, text: str, own: Box, shape: Shape) -> None:
        box = self._placement.shown(own)
        self._found.append(Placed(Word(text, box, shape.look), shape.direction, self._hidden(box, shape)))

    def _hidden(self, box: Box, shape: Shape) -> bool:
        width_pt, height_pt = self._placement.width_pt, self._placement.height_pt
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if shape.unseen or not (0 <= middle[0] <= width_pt and 0 <= middle[1] <= height_pt):
            return True
        behind, covered = background(self._drawn, box, shape.turn)
        return covered or (behind is not None and alike(shape.look.colour, behind))

    def _shape_of(self, index: int) -> Shape:
        thing = raw.FPDFText_GetTextObject(self._text, index)
        address = ctypes.c_void_p.from_buffer(thing).value or 0
        known = self._shapes.get(address)
        if known is None:
            known = self._shapes[address] = self._new_shape(index, thing, self._drawn.turns.get(address, 0))
        return known

    def _font(self, thing: raw.FPDF_PAGEOBJECT) -> tuple[str, bool]:
        font = raw.FPDFTextObj_GetFont(thing)
        address = ctypes.c_void_p.from_buffer(font).value or 0
        if address not in self._fonts:
            self._fonts[address] = _font(font) if font else ("", False)
        return self._fonts[address]

    def _new_shape(self, index: int, thing: raw.FPDF_PAGEOBJECT, turn: int) -> Shape:
        # Browsers make an object of each word: what is asked of it is asked into the same place.
        matrix, size, (red, green, blue, alpha) = self._matrix, self._size, self._colour
        size.value = 10.0
        raw.FPDFText_GetMatrix(self._text, index, matrix)
        if not thing:
            return Shape(Look(), 0, turn, "")
        raw.FPDFTextObj_GetFontSize(thing, size)
        tall = size.value * math.hypot(matrix.c, matrix.d)
        angle = round(-math.degrees(math.atan2(matrix.b, matrix.a)) / 90) % 4
        raw.FPDFPageObj_GetFillColor(thing, red, green, blue, alpha)
        name, bold = self._font(thing)
        look = Look(name, bold, round(tall, 1), (red.value, green.value, blue.value))
        unseen = ""
        if raw.FPDFTextObj_GetTextRenderMode(thing) in _UNSEEN_MODES or alpha.value < 25:
            unseen = "drawn invisibly"
        elif tall < _SMALLEST_PT:
            unseen = "too small"
        return Shape(look, (angle + self._placement.rotation) % 4, turn, unseen)


def _font(font: raw.FPDF_FONT) -> tuple[str, bool]:
    """Return the name of a font without the letters of its subset, and whether it is bold."""
    buffer = ctypes.create_string_buffer(128)
    raw.FPDFFont_GetBaseFontName(font, buffer, 128)
    name = buffer.value.decode("latin-1").rpartition("+")[2]
    plain = name.lower()
    bold = any(word in plain for word in ("bold", "black", "heavy", "semibd", "demi"))
    return name, bold or raw.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT


def turned(words: list[Placed]) -> int:
    """Return in which direction most of the page's text runs, in quarter turns."""
    letters: Counter[int] = Counter()
    for each in words:
        if not each.hidden:
            letters[each.direction] += len(each.word.text)
    return letters.most_common(1)[0][0] if letters else 0


def hidden(words: list[Placed]) -> list[str]:
    """Return the texts that nobody sees, each as one."""
    texts: list[list[str]] = []
    before = False
    for each in words:
        if each.hidden and before:
            texts[-1].append(each.word.text)
        elif each.hidden:
            texts.append([each.word.text])
        before = each.hidden
    return [" ".join(text)[:500] for text in texts]


def strays(words: list[Placed], sheet: Sheet) -> list[Word]:
    """Return the visible words, those that run in another direction than the page left out."""
    return [each.word for each in words if not each.hidden and each.direction == sheet.turned]
