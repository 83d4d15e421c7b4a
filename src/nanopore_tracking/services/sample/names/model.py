"""Names of samples: the alias that MinKNOW will know, the names that are its own, and those that speak of controls."""

import re
import unicodedata

#: What MinKNOW and Dorado take as an alias: this many of A-Z a-z 0-9 _ -
LONGEST_ALIAS = 40

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED = re.compile(r"^(barcode\d+|unclassified|mixed)$", re.IGNORECASE)
_APART = r"(?:^|[ _.-])"
_CONTROLS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(_APART + r"pos(itive)?[ _.-]*(control|ctrl|ctl)", re.IGNORECASE), "a positive control"),
    (re.compile(_APART + r"neg(ative)?[ _.-]*(control|ctrl|ctl)", re.IGNORECASE), "a negative control"),
    (re.compile(_APART + r"(ntc|no[ _-]*template)(?![a-z])", re.IGNORECASE), "a no-template control"),
    (
        re.compile(r"^((extraction|pcr)[ _.-]*)?(blank|water|h2o|nfw)[ _.-]*\d*$", re.IGNORECASE),
        "a negative or no-template control",
    ),
)


def alias(name: str, row_number: int) -> str:
    """Return the name that MinKNOW will know: 1 to 40 of A-Z a-z 0-9 _ -, never one that it or EPI2ME uses itself."""
    text = name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = _UNSAFE.sub("_", text)
    if safe != name:
        safe = safe.strip("_")
    if not safe.strip("_-"):
        return f"row-{row_number}"
    if safe.lower().startswith("barcode") or reserved(safe):
        safe = f"s_{safe}"
    return safe[:LONGEST_ALIAS]


def alias_key(alias: str) -> str:
    """Return what two aliases have in common that differ at most in case."""
    return alias.lower()


def reserved(name: str) -> bool:
    """Tell whether MinKNOW uses this name itself."""
    return _RESERVED.match(name) is not None


def control_said(name: str) -> str | None:
    """Return which control a name speaks of, in words; None where it speaks of none."""
    return next((said for pattern, said in _CONTROLS if pattern.search(name)), None)
