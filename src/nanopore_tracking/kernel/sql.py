"""Loads a queries.sql file: its statements and lists, by name."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nanopore_tracking.kernel.listing import Listing
from nanopore_tracking.kernel.query import Malformed, Query, statements

__all__ = ["Malformed", "Queries", "Query", "load", "statements"]

_HEAD = re.compile(r"^-- (?P<kind>name|list): *(?P<name>\S+) *$", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Queries:
    """The statements of one file as attributes: a Query for `-- name:`, a Listing for `-- list:`."""

    def __init__(self, path: Path, found: Mapping[str, Any]) -> None:
        self.path = path
        self._found = dict(found)

    def __getattr__(self, name: str) -> Any:
        try:
            found = self.__dict__["_found"][name]
        except KeyError:
            raise AttributeError(f"there is no statement {name} in {self.__dict__.get('path')}") from None
        setattr(self, name, found)  # The next use costs nothing more than an attribute.
        return found

    def __iter__(self) -> Iterator[Query | Listing]:
        return iter(self._found.values())


def load(path: Path) -> Queries:
    """Return the statements of a queries.sql file; Malformed when one has no purpose, is double, or does not end."""
    text = path.read_text("utf-8")
    heads = list(_HEAD.finditer(text))
    found: dict[str, Any] = {}
    for number, head in enumerate(heads):
        name = head["name"]
        if not _NAME.fullmatch(name) or name in found:
            raise Malformed(f"{path}: {name} is no new name of lower-case letters, digits and _")
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        purpose, body = _purpose(path, name, text[head.end() : end])
        label = f"{path.parent.name}.{name}"
        found[name] = Listing(label, body, purpose) if head["kind"] == "list" else Query(label, body, purpose=purpose)
    if not found:
        raise Malformed(f"{path}: there is no statement in it")
    return Queries(path, found)


def _purpose(path: Path, name: str, block: str) -> tuple[str, str]:
    """Split what stands under a name into the sentence and the SQL."""
    lines = block.strip("\n").split("\n")
    count = 0
    while count < len(lines) and lines[count].startswith("-- "):
        count += 1
    purpose = " ".join(line[3:].strip() for line in lines[:count])
    if not purpose:
        raise Malformed(f"{path}: {name} needs a sentence under its name that says what it is for")
    return purpose, "\n".join(lines[count:])
