"""Sentences about things: codes lead to their pages, a measurement is said in full, each remedy has its place."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import markupsafe

from nanopore_tracking.web import words

#: Where the things are shown whose codes begin so.
_PAGES = {"S": "/samples/", "L": "/libraries/", "P": "/pools/", "R": "/runs/", "D": "/deliveries/"}
_CODE = re.compile(r"\b([SLPRD])[0-9]{2}-[0-9]{6,}\b")

#: Units of measurements as people write them.
_UNITS = {"ng_per_ul": "ng/µL", "ul": "µL", "nm": "nM", "ratio": "", "number": ""}


def linked(text: str, runs: bool = True) -> markupsafe.Markup:
    """Return a text in which every code of a sample, library, pool, run or delivery leads to its page.

    runs: whether the reader may see runs; otherwise their codes lead nowhere.
    """
    found, past = markupsafe.Markup(""), 0
    for match in _CODE.finditer(text):
        if match[1] == "R" and not runs:
            continue
        link = markupsafe.Markup('<a href="{}{}">{}</a>').format(_PAGES[match[1]], match[0], match[0])
        found += markupsafe.escape(text[past : match.start()]) + link
        past = match.end()
    return found + markupsafe.escape(text[past:])


def measured(said: Mapping[str, Any]) -> str:
    """Return a measurement in words: quantity, value with unit, method, and of what if not of the sample itself."""
    quantity = str(said["quantity"])
    unit = _UNITS.get(str(said["unit"]), str(said["unit"]))
    value = f"{words.number(said['value'], quantity)} {unit}".strip()
    text = f"{words.heading(quantity)} {value} by {words.words(said['method'])}"
    return text if said["subject"] == "sample" else f"{text}, {said['subject']} {said['subject_code']}"


def remedy(item: Any, *, library: str, stage: str) -> str:
    """Return where a requirement is fulfilled: a form of the sample's page, or the page of what it is about.

    library: the code of the present one, blank where there is none; stage: of the sample.
    """
    said = {match[1]: match[0] for match in _CODE.finditer(item.message)}
    made = f"/libraries/{said.get('L', library)}" if said.get("L", library) else ""
    of_library = made if item.code.startswith("library-") else ""
    run = said.get("R", "")
    places = {
        "measurement": of_library or "#form-measurement",
        "library": made or ("#form-library" if stage == "library_prep" else "/libraries"),
        "planned_run": f"/runs/{run}" if run else "/runs/new",
        "charge": "/charges",
    }
    return places.get(item.fulfilled_by, f"#form-{item.fulfilled_by}")


def lacking(error: Any) -> list[str]:
    """Return what a refusal names as missing beside its message; `missing` may be something else of another error."""
    items = error.extra.get("missing")
    said = [item.get("message") for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return [message for message in said if message and message not in error.message]


FILTERS: dict[str, Callable[..., Any]] = {
    "linked": linked,
    "measured": measured,
    "remedy": remedy,
    "lacking": lacking,
}
