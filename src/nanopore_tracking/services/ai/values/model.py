"""Reads single values of forms: dates, counts, sizes, addresses, people; says what is doubtful, makes nothing up."""

import datetime as dt
import re
from collections.abc import Callable

import msgspec

from nanopore_tracking.services.ai.cells.model import is_blank
from nanopore_tracking.services.ai.fields.model import FormField
from nanopore_tracking.services.ai.quantities.model import number_of
from nanopore_tracking.services.ai.readings.model import Value


class Meaning(msgspec.Struct, frozen=True):
    """What a value means. fits: 1 where its shape proves the kind, less where any text would do, 0 where it cannot."""

    value: Value
    fits: float
    unit: str | None = None
    doubt: str = ""


_WRONG = Meaning(None, 0.0)
_FILL_IN = re.compile(
    r"^(?:_{3,}|\.{4,}|click (?:or tap )?here to enter.*|enter text.*|choose an item\.?|select\b.{0,20}|"
    r"please (?:select|"
    r"choose|specify)\b.{0,20}|\[\s*\]|n/a|none given|not applicable|not specified|tbd|to be determined|\(blank\))$",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w.@-])(?:\+|\(?\d)[\d ().x/-]{5,22}\d(?![\w@])")
_COUNT = re.compile(
    r"(?:~|≈|ca?\.|circa|approx\.?|about)?\s*(\d{1,5})(?:[.,]0)?(?:\s*(?:x|×))?(?:\s+[a-z() ]{1,40})?\.?", re.IGNORECASE
)
_UNSURE = re.compile(r"^(?:~|≈|±|ca?\.|circa|approx\.?|approximately|about|around)\s*", re.IGNORECASE)
_COUNTING = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_NUMBERS = {word: index for index, word in enumerate(_COUNTING.split())}
_SIZE = re.compile(
    r"([\d][\d.,'’ ]*)\s*(gbp|gb|g|giga ?bases?|gigabase pairs|mbp|mb|m|mega ?bases?|megabase pairs|kbp|kb|k|"
    r"kilo ?bases?|"
    r"bp|bases|base pairs|nt)\b\.?",
    re.IGNORECASE,
)
_SCALES = {"g": 1e9, "m": 1e6, "k": 1e3, "b": 1.0, "n": 1.0}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"), "ymd"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})"), "ymd"),
    (re.compile(rf"{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.IGNORECASE), "Mdy"),
    (re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\.?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+(\d{{4}})", re.IGNORECASE), "dMy"),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})"), "dmy"),
    (re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})"), "either"),
)
_PERSON = re.compile(r"[^\W\d_][\w.'’-]*(?:[ ,]+(?:[^\W\d_][\w.'’-]*|\([^)]*\)))*,?\.?")
_CODE = re.compile(r"(?=.*[\d-])[\w./#: -]{2,60}")
_MONEY = re.compile(r"(?:[$€£]|USD|EUR|GBP)\s*([\d.,']+)|([\d.,']+)\s*(?:[$€£]|USD|EUR|GBP)", re.IGNORECASE)
_YES, _NO = frozenset({"yes", "y", "true", "x", "ja"}), frozenset({"no", "n", "false", "nein"})


def is_nothing(text: str) -> bool:
    """Tell whether nothing was filled in, or only a sign for nothing."""
    bare = text.strip(" _.:…")
    return is_blank(text) or not bare or not re.search(r"\w", bare) or bool(_FILL_IN.match(text.strip()))


def meaning(text: str, field: FormField) -> Meaning:
    """Return what a text means as the value of a field."""
    return _READERS[field.kind](" ".join(text.split()) if field.kind != "long_text" else text.strip())


def _text(text: str) -> Meaning:
    return Meaning(text, 0.97 if len(text) <= 120 else 0.6)


def _long(text: str) -> Meaning:
    return Meaning(text, 0.97)


def _code(text: str) -> Meaning:
    text = text.rstrip(" .,;")
    if len(text) > 80:
        return _WRONG
    words = not any(each.isdigit() for each in text) and len(text.split()) > 2
    doubt = "This looks like a sentence, not like a number or code." if words else ""
    return Meaning(text, 1.0 if _CODE.fullmatch(text) else 0.7, None, doubt)


def _choice(text: str) -> Meaning:
    return Meaning(text, 0.97) if len(text) <= 100 else _WRONG


def _person(text: str) -> Meaning:
    name = EMAIL.split(text)[0].strip(" ,;<(-–")
    if name and _PERSON.fullmatch(name) and len(name) <= 80:
        return Meaning(name, 1.0 if " " in name else 0.9)
    return _WRONG


def _email(text: str) -> Meaning:
    whole, begun = re.sub(r"\s+", "", text), EMAIL.search(text)
    if text.count("@") == 1 and (begun is None or begun[0].endswith("-")) and EMAIL.fullmatch(whole):
        # An address that is too long for its place is broken where no space belongs.
        return Meaning(whole, 0.95)
    found = EMAIL.findall(text.replace("mailto:", ""))
    rest = EMAIL.sub("", text.replace("mailto:", "")).strip(" <>;,()[]")
    if not found or len(rest) > 40:
        return _WRONG
    more = len(set(found)) > 1
    return Meaning(
        found[0].rstrip("."), 0.8 if more else 1.0, None, "More than one address stands here." if more else ""
    )


def _phone(text: str) -> Meaning:
    bare = re.sub(r"^(?:tel|phone|t|mobile)\b[.:]?\s*", "", text, flags=re.IGNORECASE)
    digits = re.sub(r"\D", "", bare)
    fits = 3 <= len(digits) <= 17 and re.fullmatch(r"[+\d][\d ().x/–-]*(?:ext\.?\s*\d+)?|\([\d][\d ().x/–-]*", bare)
    return Meaning(bare, 1.0 if len(digits) >= 6 else 0.8) if fits else _WRONG


def _count(text: str) -> Meaning:
    bare = text.strip().lower().rstrip(".")
    word = bare.split(" ")[0] if bare else ""
    if word in _NUMBERS and (word == bare or len(bare) < 40):
        return Meaning(float(_NUMBERS[word]), 1.0 if word == bare else 0.9)
    found = _COUNT.fullmatch(text.strip())
    if found is None:
        return _WRONG
    doubt = "This number was written as approximate." if _UNSURE.match(text) else ""
    return Meaning(float(found[1]), 1.0 if bare == found[1] else 0.9, None, doubt)


def _size(text: str) -> Meaning:
    unsure = _UNSURE.match(text)
    bare = text[unsure.end() :] if unsure else text
    found = _SIZE.match(bare)
    if found is None:
        number = re.fullmatch(r"[\d.,' ]+", bare)
        doubt = "No unit is written beside this size, so that it is not known what it means."
        return Meaning(None, 0.9, None, doubt) if number else _WRONG
    rest = bare[found.end() :].strip(" .,;)")
    number_ = number_of(found[1].strip(" .,"), None)
    if number_ is None:
        return Meaning(None, 0.9, None, "It is not certain whether a mark here stands before decimals or thousands.")
    if re.match(r"[-–]\s*\d|to\s+\d", rest):
        return Meaning(None, 0.9, None, "This is a range, not one size.")
    value = float(format(number_ * _SCALES[found[2][0].lower()], ".12g"))
    doubt = "This size was written as approximate." if unsure else ""
    return Meaning(value, 0.8 if rest else 1.0, "bp", doubt)


def _date(text: str) -> Meaning:
    bare = re.sub(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", "", text.strip().rstrip("."), flags=re.IGNORECASE)
    bare = re.sub(r"[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?$", "", bare, flags=re.IGNORECASE)
    for pattern, order in _DATES:
        found = pattern.fullmatch(bare)
        if found is not None:
            return _dated(found.groups(), order)
    return _WRONG


def _dated(parts: tuple[str, ...], order: str) -> Meaning:
    doubt = ""
    if order == "either":
        first, second = int(parts[0]), int(parts[1])
        # Forms of American facilities write the month first; only a number over twelve proves which is the day.
        order = "dmy" if first > 12 else "mdy"
        if first <= 12 and second <= 12 and first != second:
            doubt = "Day and month may be the other way round; it was read with the month first."
    named = dict(zip(order.lower(), parts, strict=True))
    month = named["m"]
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
        date = dt.date(int(named["y"]), number, int(named["d"]))
    except ValueError:
        return _WRONG
    return Meaning(date.isoformat(), 1.0, None, doubt)


def _yes_no(text: str) -> Meaning:
    word = text.strip(" .").casefold()
    return Meaning(word in _YES, 1.0) if word in _YES | _NO else _WRONG


def _money(text: str) -> Meaning:
    found = _MONEY.search(text)
    number = number_of((found[1] or found[2]).strip(".,"), ".") if found else None
    unit = re.sub(r"[\d.,'\s]", "", found[0]) if found else None
    return Meaning(number, 1.0, unit) if number is not None else _WRONG


_READERS: dict[str, Callable[[str], Meaning]] = {
    "text": _text, "code": _code, "choice": _choice, "person": _person, "email": _email, "phone": _phone,
    "count": _count, "date": _date, "size": _size, "yes_no": _yes_no, "money": _money, "long_text": _long,
}  # fmt: skip
