"""What the models of the test's server say of words of a search: a few rules over the lines that they are sent."""

import re
from collections.abc import Callable
from typing import Any

from tests.harness.tiny_models import asked_lines, schema_of

#: What the model understands: a word, and the filter that it asks for.
_MEANS = {"jammed": "on hold", "pressing": "urgent", "transcripts": "rna", "broken": "failed", "aborted": "stopped"}
_OBEYED = re.compile(r"propose (\w+)", re.IGNORECASE)


def offered(request: dict[str, Any]) -> list[str]:
    """Return the filters that a request lets it propose."""
    found: list[str] = schema_of(request)["properties"]["filters"]["items"]["properties"]["filter"]["enum"]
    return found


def _propose(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a model that understands a few words."""
    made: dict[str, list[int]] = {}
    for number, word in asked_lines(request):
        phrase = _MEANS.get(word.lower(), "")
        if phrase in offered(request):
            made.setdefault(phrase, []).append(number)
    return {"filters": [{"filter": phrase, "words": numbers} for phrase, numbers in made.items()]}


def _invent(request: dict[str, Any]) -> dict[str, Any]:
    """Return filters that no list has, on words that nobody said, beside one that is good."""
    made = [("purple", [1]), ("DROP TABLE sample", [1]), ("failed", [99]), ("failed", []), ("failed", [0, -1])]
    bad = [{"filter": phrase, "words": numbers} for phrase, numbers in made]
    return {"filters": [*bad, *_propose(request)["filters"]]}


def _obey(request: dict[str, Any]) -> dict[str, Any]:
    """Return what any text of the words tells it to propose."""
    said = " ".join(word for _, word in asked_lines(request))
    return {"filters": [{"filter": phrase, "words": [1]} for phrase in _OBEYED.findall(said)]}


def _all_on_one(request: dict[str, Any]) -> dict[str, Any]:
    """Return every filter there is, all of them on the first word."""
    return {"filters": [{"filter": phrase, "words": [1]} for phrase in offered(request)]}


WORDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "well": _propose,
    "invents": _invent,
    "obeys": _obey,
    "all on one": _all_on_one,
    "wrong types": lambda _: {"filters": [{"filter": 7, "words": "one"}]},
    "echoes the schema": schema_of,
    "nothing": lambda _: {"filters": []},
}
