"""Reads numbers as people write them: which mark stands before decimals, which unit, and what that is in ours."""

import re
import unicodedata
from typing import Literal

#: Which mark stands before the decimals in a file's numbers; None while nothing in it tells.
DecimalMark = Literal[".", ",", None]

_INTEGER = re.compile(r"[+-]?\d+")
_DOT = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d{1,3})?")
_GROUPED_DOT = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_COMMA = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
#: One mark and three digits behind it: decimals or thousands.
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_GROUP_SPACE = re.compile(r"(?<=\d)[ \u2009\u202f'’](?=\d{3}(?:\D|$))")
_WITH_UNIT = re.compile(r"([+-]?\d[\d.,'’ \u2009\u202f]*(?:[eE][+-]?\d+(?=\s))?)\s*([^\d\s.,].*)")
_KINDS = (_DOT, _COMMA, _GROUPED_DOT, _GROUPED_COMMA)


def is_number(text: str) -> bool:
    """Tell whether the text is a number and nothing else, whatever its marks."""
    text = _GROUP_SPACE.sub("", text)
    return any(kind.fullmatch(text) for kind in _KINDS)


def is_grouped(text: str) -> bool:
    """Tell whether a number has one mark with three digits behind it, which may be of decimals or of thousands."""
    return _EITHER.fullmatch(text) is not None


def split_unit(text: str) -> tuple[str, str] | None:
    """Return the number and the unit behind it, both as written, or None."""
    found = _WITH_UNIT.fullmatch(text)
    return (found[1].strip(), found[2].strip()) if found and is_number(found[1].strip()) else None


def number_of(text: str, mark: DecimalMark, *, commas: bool = False) -> float | None:
    """Return a number, infinite for one that is too large, None when its mark may be of decimals or of thousands.

    commas: it comes from where people write decimal commas, so that without a proof a point may be of thousands too.
    """
    text = _GROUP_SPACE.sub("", text)
    either = _EITHER.fullmatch(text) is not None
    if _DOT.fullmatch(text):
        return None if either and (mark == "," or (commas and mark is None)) else float(text)
    if _COMMA.fullmatch(text) and not (either and mark == "."):
        return None if either and mark is None else float(text.replace(",", "."))
    if _GROUPED_DOT.fullmatch(text):
        return float(text.replace(",", ""))
    return float(text.replace(".", "").replace(",", ".")) if _GROUPED_COMMA.fullmatch(text) else None


def decimal_mark_of(texts: list[str]) -> DecimalMark:
    """Return the decimal mark that the numbers among the texts prove, None when they prove none or both."""
    proven = {_proven(text) for text in texts} - {None}
    return proven.pop() if len(proven) == 1 else None


def _proven(text: str) -> DecimalMark:
    """Return the decimal mark that one number leaves no doubt about."""
    split = split_unit(text)
    number = _GROUP_SPACE.sub("", split[0] if split else text)
    if _INTEGER.fullmatch(number) or _EITHER.fullmatch(number):
        return None
    if _DOT.fullmatch(number) or _GROUPED_DOT.fullmatch(number):
        return "." if "." in number or "," in number else None
    return "," if _COMMA.fullmatch(number) or _GROUPED_COMMA.fullmatch(number) else None


#: The field's unit → other units, spelled as `unit_key` spells them → what one of it is in the field's unit.
UNITS: dict[str, dict[str, float]] = {
    "µL": {"ul": 1.0, "microliter": 1.0, "nl": 0.001, "ml": 1000.0, "milliliter": 1000.0, "l": 1e6},
    "ng/µL": {
        "ng/ul": 1.0,
        "ng/microliter": 1.0,
        "ug/ml": 1.0,
        "mg/l": 1.0,
        "pg/nl": 1.0,
        "ug/ul": 1000.0,
        "mg/ml": 1000.0,
        "g/l": 1000.0,
        "pg/ul": 0.001,
        "ng/ml": 0.001,
        "ug/l": 0.001,
        "pg/ml": 1e-6,
    },
    "bp": {"bp": 1.0, "bps": 1.0, "b": 1.0, "base": 1.0, "nt": 1.0, "kb": 1000.0, "kbp": 1000.0, "mb": 1e6, "mbp": 1e6},
}
#: `nanograms per microlitre` and some more; anything longer is no unit.
_LONGEST_UNIT = 40
#: Units of other things, which a heading may name and none of our fields has.
FOREIGN_UNITS = frozenset({"nm", "pm", "fmol", "pmol", "nmol", "um", "%", "ng", "ug", "pg", "mg", "fmol/ul", "pmol/ul"})
_WORDS = (
    (re.compile(r"\s*(?:·|⋅|∙|\*|\bper\b|/)\s*"), "/"),
    (re.compile(r"(?<=[a-z])\s*[-−]\s*1$"), ""),
    (re.compile(r"(?<=g)\s+([unm]?l)$"), r"/\1"),
    (re.compile(r"\b(micro|milli|nano)\s*lit(?:re|er)s?\b"), r"\1liter"),
    (re.compile(r"\bmcg\b|\bmicrograms?\b"), "ug"),
    (re.compile(r"\bnanograms?\b"), "ng"),
    (re.compile(r"\bmcl\b"), "ul"),
    (re.compile(r"\bbase ?pairs?\b"), "bp"),
    (re.compile(r"\bbases\b"), "base"),
    (re.compile(r"\bnucleotides?\b"), "nt"),
)


def unit_key(text: str) -> str:
    """Return a unit in one spelling: any µ is `u`, any fraction is `/`, without case and spaces."""
    key = unicodedata.normalize("NFKC", text).casefold().replace("\u03bc", "u").strip(" .")
    for pattern, word in _WORDS:
        key = pattern.sub(word, key)
    return key.replace(" ", "").replace("ng/microliter", "ng/ul").replace("microliter", "ul")


def factor_of(unit: str, own: str | None) -> float | None:
    """Return what one of a unit is in the field's own unit, None when it cannot be turned into it."""
    return UNITS[own].get(unit_key(unit)) if own in UNITS else None


def is_unit(text: str) -> bool:
    """Tell whether the text is a unit that is known here, of whatever field."""
    if len(text) > _LONGEST_UNIT:
        return False
    key = unit_key(text)
    return key in FOREIGN_UNITS or any(key in units for units in UNITS.values())


def unit_name(unit: str) -> str:
    """Return a unit as people print it: `µg/mL`."""
    key = unit_key(unit)
    return re.sub(r"\bu(?=[lg])", "µ", key).replace("l", "L") if "/" in key or key.endswith("l") else key
