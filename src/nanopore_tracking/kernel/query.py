"""One SQL statement, whose :named parameters become PostgreSQL's $1, $2 and so on."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

# What is passed over whole when parameters are looked for: literals, quoted names, comments, casts.
_TOKEN = re.compile(
    r"""
      (?P<skip> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
        | \$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$
        | --[^\n]* | /\*.*?\*/ | :: | :=  | \w+ )
    | :(?P<name>[a-z_][a-z0-9_]*)
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)

#: A row, read by the names of its columns.
Record = Mapping[str, Any]


class Malformed(Exception):
    """A queries.sql file breaks its own rules; found when the module that loads it is imported."""


class Query:
    """One statement with its parameters in the order of $1, $2 and so on.

    name: unique in the service, `<folder>.<statement>`; it labels metrics and spans.
    """

    __slots__ = ("name", "parameters", "purpose", "text")

    def __init__(self, name: str, statement: str, *, purpose: str = "", types: Mapping[str, str] | None = None) -> None:
        """types: PostgreSQL types of parameters that are not to be guessed from their use; `$1::type` is written."""
        self.name = name
        self.purpose = purpose
        self.text, self.parameters = numbered(statement, types or {})

    def arguments(self, params: Mapping[str, Any]) -> list[Any]:
        """Return the values in order; TypeError when one is missing or does not belong to the statement."""
        try:
            found = [params[name] for name in self.parameters]
        except KeyError:
            found = []
        if len(params) != len(self.parameters) or len(found) != len(params):
            wanted = set(self.parameters)
            missing, strange = sorted(wanted - params.keys()), sorted(params.keys() - wanted)
            raise TypeError(f"{self.name}: missing parameters {missing}, unknown parameters {strange}")
        return found

    def __repr__(self) -> str:
        return f"Query({self.name})"


def numbered(statement: str, types: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return a single statement with $1, $2, … for its named parameters, and their names in that order."""
    found = statements(statement)
    if len(found) != 1:
        raise Malformed(f"one statement that ends with a semicolon is needed here, not {len(found)}: {statement[:80]}")
    names: dict[str, int] = {}

    def place(token: re.Match[str]) -> str:
        name = token["name"]
        if name is None:
            return token[0]
        number = names.setdefault(name, len(names) + 1)
        return f"${number}::{types[name]}" if name in types else f"${number}"

    return _TOKEN.sub(place, found[0]), tuple(names)


def statements(script: str) -> list[str]:
    """Split a script at its semicolons; Malformed when something but comments follows the last one."""
    found, start = [], 0
    for token in _TOKEN.finditer(script):
        if token["end"]:
            found.append(script[start : token.start()].strip())
            start = token.end()
    rest = re.sub(r"--[^\n]*|/\*.*?\*/", "", script[start:], flags=re.DOTALL)
    if rest.strip():
        raise Malformed(f"the last statement does not end with a semicolon: {rest.strip()[:80]}")
    return found


class Reads(Protocol):
    """What reads: a Database, each statement on its own, or a Transaction, within it."""

    async def rows(self, query: Query, /, **params: Any) -> list[Record]:
        """Return all rows of a statement."""
        ...

    async def row(self, query: Query, /, **params: Any) -> Record | None:
        """Return the first row of a statement; None without one."""
        ...

    async def value(self, query: Query, /, **params: Any) -> Any:
        """Return the first column of the first row; None without one."""
        ...
