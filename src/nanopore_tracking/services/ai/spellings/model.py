"""Corrects printed words of scanned pages by what is printed on forms: labels, headings, options, names of products.

Only what becomes known by it is corrected. What people fill in is left as it was recognised, but for letters in numbers
and digits in the codes of kits and flow cells, whose shapes say what they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from nanopore_tracking.services.ai.concepts.model import WORDS
from nanopore_tracking.services.ai.headings.model import SYNONYMS
from nanopore_tracking.services.ai.labels.model import LISTED, Labels, key_of, sample_field
from nanopore_tracking.services.ai.layouts.model import Segment, Sheet
from nanopore_tracking.services.ai.templates.model import Template

#: Letters that look alike in print.
_ALIKE = str.maketrans({"I": "l", "i": "l", "1": "l", "|": "l", "!": "l", "0": "o", "O": "o", "Q": "o"})
_AS_DIGITS = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "Z": "2"}
)
_AS_LETTERS = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"})
_CODE = re.compile(r"\b([5S][0OQ]K|FL[0OQ]|EXP)-([A-Z0-9]{3})([0-9OQDlISBZ]{3})(?=[.\s)A-Z]|$)")
_NUMBER = re.compile(r"[\dlI|OoQ]+[.,][\dlI|OoQ]+")
_PRODUCTS = ("MinION", "GridION", "PromethION", "Flongle", "NanoDrop", "Nanodrop", "Qubit", "Nuclease")
#: Of an address; a space beside it is a wide letter's edge.
_AT = re.compile(r"(?<=[\w.-]) ?@ ?(?=[\w-]+\.\w)")
_LONGEST, _MOST_WORDS = 90, 9
#: A word of so many letters may have one wrong; a longer text one in so many.
_LONG_WORD, _LONG_TEXT = 6, 12
_TOKENS = re.compile(r"[^\W\d_]+|[\W\d_]+")


def correct(sheets: Iterable[Sheet], templates: Sequence[Template], learnt: Mapping[str, str]) -> None:
    """Correct the printed texts of scanned pages. learnt: label as it was spelled → field."""
    scanned = [sheet for sheet in sheets if sheet.scanned]
    if not scanned:
        return
    printed = _Printed(templates, learnt)
    for sheet in scanned:
        for segment in sheet.segments:
            for word in segment.words:
                word.text = shaped(word.text)
            _put(segment, printed.corrected(shaped(segment.text)) or shaped(segment.text))


def shaped(text: str) -> str:
    """Return a text with codes, names of products and numbers in the letters and digits that they have."""
    text = _AT.sub("@", _CODE.sub(_code, text))
    words = [_product(word) for word in text.split(" ")]
    return " ".join(word.translate(_AS_DIGITS) if _NUMBER.fullmatch(word) else word for word in words)


def _code(found: re.Match[str]) -> str:
    kind = {"E": "EXP", "F": "FLO"}.get(found[1][0], "SQK")
    return f"{kind}-{found[2].translate(_AS_LETTERS)}{found[3].translate(_AS_DIGITS)}"


def _product(word: str) -> str:
    like = word.translate(_ALIKE)
    return next((name for name in _PRODUCTS if like == name.translate(_ALIKE)), word)


def _put(segment: Segment, text: str) -> None:
    """Give a segment its text, and each word its part of it where they still are as many."""
    if text == segment.text:
        return
    parts = text.split(" ")
    segment.text = text
    if len(parts) == len(segment.words):
        for word, part in zip(segment.words, parts, strict=True):
            word.text = part


class _Printed:
    """What is printed on forms."""

    def __init__(self, templates: Sequence[Template], learnt: Mapping[str, str]) -> None:
        self._labels = Labels(learnt, None)
        self._texts = {
            _skeleton(text): text for text in [*learnt, *(each for one in templates for each in _texts(one))]
        }
        self._keys = frozenset(key_of(text) for text in self._texts.values())
        self._words = _words() | {word for text in self._texts.values() for word in key_of(text).split()}
        self._likes = {word.translate(_ALIKE): word for word in self._words}

    def corrected(self, text: str) -> str | None:
        """Return a printed text as it is known, None where it is known already or nothing known is like it."""
        if not 1 < len(text) <= _LONGEST or "@" in text or self._known(text):
            return None
        own = self._texts.get(_skeleton(text)) or self._near(text)
        if own is not None:
            return own + ":" if text.rstrip().endswith(":") and not own.endswith(":") else own
        by_words = self._by_words(text)
        return by_words if by_words is not None and self._known(by_words) else None

    def _known(self, text: str) -> bool:
        return key_of(text) in self._keys or self._labels.find(text) is not None or sample_field(text) is not None

    def _near(self, text: str) -> str | None:
        own = _skeleton(text)
        if len(own) < _LONG_TEXT:
            return None
        most = len(own) // _LONG_TEXT
        near = [
            known
            for skeleton, known in self._texts.items()
            if abs(len(skeleton) - len(own)) <= most and _distance(skeleton, own, most) <= most
        ]
        return near[0] if len(near) == 1 else None

    def _by_words(self, text: str) -> str | None:
        """Return a text with its words as forms have them, None where one is like none of these."""
        tokens = _TOKENS.findall(text)
        words = [token for token in tokens if token[0].isalpha()]
        if not words or len(words) > _MOST_WORDS:
            return None
        found = []
        for token in tokens:
            word = token.lower()
            if not token[0].isalpha() or word in self._words:
                found.append(token)
                continue
            known = self._likes.get(token.translate(_ALIKE).lower().replace("i", "l")) or self._like(word)
            if known is None:
                return None
            found.append(known if token.islower() else known.capitalize() if known != "pi" else "PI")
        return "".join(found)

    def _like(self, word: str) -> str | None:
        if len(word) < _LONG_WORD:
            return None
        near = [each for each in self._words if len(each) >= _LONG_WORD and _distance(each, word, 1) <= 1]
        return near[0] if len(near) == 1 else None


def _skeleton(text: str) -> str:
    """Return a text without spaces, marks and case, letters that look alike as one."""
    return "".join(letter for letter in text.translate(_ALIKE).lower() if letter.isalnum())


def _texts(template: Template) -> Iterable[str]:
    yield from template.fingerprint
    yield from template.ignored
    for texts in [*template.labels.values(), *template.columns.values()]:
        yield from texts
    for group in template.groups:
        yield group.label
        yield from (option.label for option in group.options)


@cache
def _words() -> frozenset[str]:
    """Return the words of labels and headings in general."""
    many = [*LISTED, *(each for texts in SYNONYMS.values() for each in texts)]
    return WORDS | {word for text in many for word in text.split()}


def _distance(one: str, other: str, most: int) -> int:
    """Return how many letters have to be changed, left out or put in (Levenshtein); more than `most` is `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, sign in enumerate(other, 1):
            line.append(min(before[column] + 1, line[-1] + 1, before[column - 1] + (letter != sign)))
        if min(line) > most:
            return most + 1
        before = line
    return before[-1]
