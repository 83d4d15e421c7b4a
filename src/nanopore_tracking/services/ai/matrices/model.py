"""Finds tables of persons: `Submitter` and `PI` head the columns, `Name`, `E-mail` and `Phone` begin the rows."""

from collections.abc import Sequence
from itertools import pairwise

from nanopore_tracking.services.ai.labels.model import Labels, is_generic, role_of
from nanopore_tracking.services.ai.layouts.model import Segment, rows_of
from nanopore_tracking.services.ai.neighbours.model import Label, Pair

_CALLED = {"pi": "PI", "submitter": "Submitter", "billing": "Billing"}
#: A value begins no further left than its heading, and the next row is no further down, of the height of a line.
_LEFT_PT, _NEXT_ROW = 8.0, 2.6


def persons(free: Sequence[Segment], labels: Labels) -> list[Pair]:
    """Return what such tables of a page say, with blank cells; the headings are in `label.lines` of the first pairs."""
    found: list[Pair] = []
    if sum(role_of(each.text) is not None for each in free) < 2:
        return found
    rows = rows_of(list(free))
    for index, heads in enumerate(rows):
        roles = [role_of(each.text) for each in heads]
        if len(heads) > 1 and None not in roles and len(set(roles)) == len(roles):
            body = _body(rows[index:], heads)
            pairs = [pair for row in body for pair in _row(row, heads, [str(role) for role in roles], labels=labels)]
            if len(body) > 1 and pairs:
                pairs[0].label.lines = list(heads)
                found += pairs
    return found


def _body(rows: Sequence[Sequence[Segment]], heads: Sequence[Segment]) -> list[Sequence[Segment]]:
    """Return the rows below headings: each begins with what is said of a person, left of all headings."""
    body: list[Sequence[Segment]] = []
    for above, row in pairwise(rows):
        first = row[0]
        near = first.box[1] - above[0].box[3] < _NEXT_ROW * first.height
        if not near or first.box[2] > heads[0].box[0] or not is_generic(first.text.rstrip(" :*")):
            break
        body.append(row)
    return body


def _row(row: Sequence[Segment], heads: Sequence[Segment], roles: Sequence[str], *, labels: Labels) -> list[Pair]:
    found = []
    ends = [*(head.box[0] - _LEFT_PT for head in heads[1:]), float("inf")]
    for head, end, role in zip(heads, ends, roles, strict=True):
        known = labels.find(f"{_CALLED[role]} {row[0].text.rstrip(' :*')}")
        parts = [each for each in row[1:] if head.box[0] - _LEFT_PT <= each.box[0] < end]
        if known is not None:
            label = Label(f"{_CALLED[role]} {row[0].text}", row[0], known)
            found.append(Pair(label, parts, "right", 0.99))
    return found
