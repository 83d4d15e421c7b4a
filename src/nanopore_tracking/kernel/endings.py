"""The last statement of a transaction: a change, the event about it and the kept answer, written together.

What is alone in its transaction needs no BEGIN and no COMMIT, and so no waiting for them: one statement is all or
nothing by itself.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from nanopore_tracking.kernel.announcements import COLUMNS
from nanopore_tracking.kernel.failures import Violation
from nanopore_tracking.kernel.query import Malformed, Query

#: The parameters of the joined statement that take what announcements.columns returns.
OUTBOX = tuple(f"outbox_{name}" for name in COLUMNS)
_END = "SELECT value FROM effect"
_NO_EFFECT = "WITH effect AS (SELECT ''::text AS value)"


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """A change that is made last.

    query: CTEs, the last one `effect`, and then `SELECT value FROM effect`: a text that the database alone knows.
    mark: stands for that text in what is announced and answered; JSON writes neither of them in another way.
    refuse: raises what a broken constraint means to the caller.
    """

    query: Query
    params: Mapping[str, Any]
    mark: str
    refuse: Callable[[Violation], NoReturn]


@functools.cache
def joined(change: Query | None, kept: Query | None, *, announced: bool) -> Query:
    """Return one statement of the parts that are there; it returns the value of the change, nothing when it failed.

    kept: begins with a CTE `effect` without effect, which the change takes the place of. Malformed for other forms.
    """
    parts = [_without(_END, _named(change)) if change else _NO_EFFECT]
    if announced:
        values = ", ".join(_outbox_value(name) for name in COLUMNS)
        parts.append(f"announced AS (INSERT INTO outbox ({', '.join(COLUMNS)}) SELECT {values} FROM effect)")  # noqa: S608
    if kept:
        parts.append(f"kept AS ({_without(_NO_EFFECT, _named(kept))})")
    first = change or kept
    return Query(first.name if first else "kernel.announce", f"{', '.join(parts)} {_END};")


def _outbox_value(name: str) -> str:
    return f"replace(:outbox_{name}, :mark, value)" if name in ("payload", "subject_code") else f":outbox_{name}"


def _named(query: Query) -> str:
    return re.sub(r"\$(\d+)", lambda found: f":{query.parameters[int(found[1]) - 1]}", query.text)


def _without(part: str, text: str) -> str:
    if text.count(part) != 1 or not (text.startswith(part) or text.endswith(part)):
        raise Malformed(f"this statement must begin or end with {part!r}: {text[:80]}")
    return text.replace(part, "").strip()
