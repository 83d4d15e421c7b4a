"""Divides the words of a line into segments: by gaps, looks, rules, numbers of rows, and dots that lead to a value."""

import re
from bisect import bisect_right
from itertools import pairwise, zip_longest

from nanopore_tracking.services.ai.layouts.model import Look, Segment, Sheet, Word, union

#: A gap wider than this share of the height of the letters divides two segments.
_GAP = 0.62
#: The same behind a number, whose thousands have no more than a space before them; not in print of one width.
_DIGITS_GAP = 0.4
_EVEN_GAP = 0.61
_EVEN = re.compile("cour|mono|consol", re.IGNORECASE)
#: What a line of a table with numbered rows begins with.
_NUMBER = re.compile(r"#|(?:no|nr)\.?|\d{1,3}[.)]?", re.IGNORECASE)
#: A label behind a semicolon has no more words than this.
_LONGEST_LABEL = 6
#: What divides texts in one line.
_BARS = ("|", "¦")
#: Dots or a line on which a value is written.
_OVER_PT = 3.0
LEADER = re.compile(r"[._…]{4,}|…+")
#: What is left of them on a scan.
_DOTS = re.compile(r"[._…]+")


def segments_of(line: list[Word], sheet: Sheet) -> list[Segment]:
    """Return the words of one line as segments."""
    parts: list[list[Word]] = []
    for place, word in enumerate(line):
        if word.text in _BARS and len(line) > 1:
            parts.append([])
        elif place and line[place - 1].text.endswith(";") and _labelled(line[place:]):
            line[place - 1].text = line[place - 1].text[:-1]
            parts.append([word])
        elif parts and parts[-1] and _together(parts[-1][-1], word, sheet) and not _counted(parts, word):
            parts[-1].append(word)
        else:
            parts.append([word])
    parts = [part for part in parts if part]
    kept = [part for part, after in zip_longest(parts, parts[1:]) if after is None or not _leads_to(part, after[0])]
    return [segment(_without_leaders(part), sheet.number) for part in kept]


def _labelled(words: list[Word]) -> bool:
    """Tell whether words behind a semicolon begin with a label and its colon, and not far away."""
    for before, word in pairwise([words[0], *words[: _LONGEST_LABEL + 1]]):
        if word.box[0] - before.box[2] > _GAP * word.look.size or word.text.endswith(";"):
            return False
        if word.text.endswith(":"):
            return True
    return False


def _leads_to(words: list[Word], after: Word) -> bool:
    """Tell whether words are but dots or a line, on which or behind which a value is written."""
    near = after.box[0] - words[-1].box[2] < 1.5 * after.look.size
    return near and all(LEADER.fullmatch(word.text) for word in words)


def _without_leaders(words: list[Word]) -> list[Word]:
    """Return words without the dots or the line before and behind them; these alone where nothing else is there."""
    first, last = 0, len(words)
    while first < last and _DOTS.fullmatch(words[first].text):
        first += 1
    while last > first and _DOTS.fullmatch(words[last - 1].text):
        last -= 1
    return words[first:last] or words


def segment(words: list[Word], sheet: int) -> Segment:
    """Return words as one segment, with the look of the longest."""
    look = max(words, key=lambda each: len(each.text)).look
    return Segment(
        _joined(words), union(each.box for each in words), look, words, sheet=sheet, entered=words[0].entered
    )


def gaps(own: Segment) -> list[int]:
    """Return before which words of a segment there is more than a space."""
    pairs = enumerate(pairwise(own.words), 1)
    return [place for place, (left, right) in pairs if right.box[0] - left.box[2] > _widest(right.look)]


def _joined(words: list[Word]) -> str:
    text = words[0].text
    for before, word in pairwise(words):
        tall = max(word.look.size, before.look.size)
        text += word.text if word.box[0] - before.box[2] < 0.1 * tall else f" {word.text}"
    return text


def _together(before: Word, word: Word, sheet: Sheet) -> bool:
    gap = word.box[0] - before.box[2]
    on_line = LEADER.fullmatch(before.text) and word.box[0] < before.box[2] - _OVER_PT
    if on_line or (before.text.endswith((":", ":*")) and LEADER.fullmatch(word.text)):
        # What is written on a line is not what stands before that line.
        return False
    if before.entered or word.entered or gap > _GAP * max(before.look.size, word.look.size) + 0.5:
        return False
    if gap > _widest(word.look) and before.text[-1:].isdigit() and word.text[:1].isdigit():
        # The numbers of two columns that come near each other are not one with a space before its thousands.
        return False
    if gap > 0.1 * word.look.size and (_differ(before.look, word.look) or before.text.endswith((":", ":*"))):
        return False
    return not divided(before, word, sheet)


def _counted(parts: list[list[Word]], word: Word) -> bool:
    """Tell whether a line begins with the number of a row, which stands in a column of its own."""
    if len(parts) > 1 or len(parts[0]) > 1:
        return False
    first = parts[0][0]
    return word.box[0] - first.box[2] > _widest(word.look) and _NUMBER.fullmatch(first.text) is not None


def _widest(look: Look) -> float:
    """Return how wide a space may be before it divides a number from what follows."""
    return (_DIGITS_GAP if not _EVEN.search(look.font) else _EVEN_GAP) * look.size


def _differ(one: Look, other: Look) -> bool:
    return one.bold != other.bold or one.colour != other.colour


def divided(before: Word, word: Word, sheet: Sheet) -> bool:
    """Tell whether a rule stands between two words of a line."""
    middle = (word.box[1] + word.box[3]) / 2
    left, right = (before.box[0] + before.box[2]) / 2, (word.box[0] + word.box[2]) / 2
    first = bisect_right(sheet.down, (left,))
    for rule in sheet.down[first:]:
        if rule[0] >= right:
            return False
        if rule[1] - 1 <= middle <= rule[3] + 1:
            return True
    return False
