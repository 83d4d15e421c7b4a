"""Which decisions hold on another reading of a document: only those whose place says the same."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nanopore_tracking.services.ai.acceptances.model import Judged
from nanopore_tracking.services.ai.precedents.model import Cell, Compared, Said, compare
from nanopore_tracking.services.ai.readings.model import Read

AT = datetime(2026, 1, 2, tzinfo=UTC)


def cell(raw: str, field: str = "buffer", row: int | None = None, **where: Any) -> Cell:
    return Cell(row_number=row, in_table=row is not None, field=field, raw=raw, **where)


def now(raw: str, field: str = "buffer", row: int | None = None, **where: Any) -> Judged:
    read = Read(field=field, raw=raw or None, state="read" if raw else "blank", **where)
    return Judged(row_number=row, read=read, automatic="sure enough")


def said(own: Cell, action: Any, became: str = "") -> Said:
    return Said(cell=own, action=action, became=became or own.raw, value=became or None, by="Alice", at=AT)


@pytest.mark.parametrize(
    ("before", "action", "became", "here", "outcome"),
    [
        ("EB", "confirm", "", "EB", "held"),
        ("EB", "confirm", "", "TE", "told"),
        ("EB", "confirm", "", "", "told"),
        ("EB", "correct", "TE", "EB", "held"),
        ("EB", "correct", "TE", "E8", "told"),
        ("EB", "correct", "TE", "TE", "nothing"),
        ("", "correct", "TE", "", "held"),
        ("", "correct", "TE", "EB", "told"),
        ("", "correct", "TE", "TE", "nothing"),
    ],
    ids=lambda each: each or "blank",
)
def test_a_decision_holds_where_the_same_is_read(
    before: str, action: str, became: str, here: str, outcome: str
) -> None:
    own = cell(before)
    found = compare([said(own, action, became)], [own], [now(here)])

    assert (len(found.held), len(found.told)) == (int(outcome == "held"), int(outcome == "told"))
    read = found.judged[0].read
    if outcome == "told":
        assert read.state == "needs_review"
        assert "Decided before on another reading" in read.doubt
        assert found.judged[0].automatic == "", "it is not accepted unseen"
        assert read.raw == (here or None), "nothing is applied"
    else:
        assert read == now(here).read


def _rows(*names: str, first: int = 1, field: str = "sample_name") -> list[Cell]:
    return [
        cell(name, field, number, page=1, box=(10.0, 20.0 * number, 50.0, 20.0 * number + 10))
        for number, name in enumerate(names, first)
    ]


def _here(*names: str, moved: int = 0, field: str = "sample_name") -> list[Judged]:
    """Return rows that stand where they stood, whatever their numbers are now."""
    return [
        now(name, field, number, page=1, box=(11.0, 20.0 * (number + moved) + 1, 52.0, 20.0 * (number + moved) + 9))
        for number, name in enumerate(names, 1)
    ]


def _drop(of: Cell) -> Said:
    return said(Cell(row_number=of.row_number, in_table=True, field="", raw=of.raw), "drop")


def test_a_row_is_found_where_it_stands_and_left_out_where_it_says_the_same() -> None:
    before = _rows("example", "S1", "S2")
    found = compare([_drop(before[1])], before, _here("S1", "S2", moved=1))
    assert [(each.row_number, each.field) for each in found.held] == [(1, "")]

    changed = compare([_drop(before[1])], before, _here("S9", "S2", moved=1))
    assert changed.held == []
    assert [(each.row_number, each.there) for each in changed.told] == [(1, False)]

    gone = compare([_drop(before[1])], before, _here("S7", moved=7))
    assert [(each.row_number, each.there) for each in gone.told] == [(None, False)]


def test_a_cell_goes_with_its_row_and_never_to_another() -> None:
    before = [*_rows("S1", "S2"), *_rows("20", "2O", field="volume_ul")]
    decided = said(before[3], "correct", "20")
    here = [*_here("S1", "S2"), *_here("20", "2O", field="volume_ul")]
    (held,) = compare([decided], before, here).held
    assert (held.row_number, held.field) == (2, "volume_ul")

    without: Compared = compare([decided], before, [*_here("S1"), *_here("20", field="volume_ul")])
    assert (without.held, [each.there for each in without.told]) == ([], [False])
    lost = said(Cell(row_number=None, in_table=True, field="buffer", raw="EB"), "confirm")
    assert compare([lost], [], [now("EB")]).held == [], "a cell is no field of the same name"


def test_without_places_number_and_name_tell_which_row_it_is() -> None:
    before = [cell("S1", "sample_name", 1), cell("S2", "sample_name", 2)]
    here = [now("S1", "sample_name", 1), now("S3", "sample_name", 2)]

    assert [each.row_number for each in compare([_drop(before[0])], before, here).held] == [1]
    assert compare([_drop(before[1])], before, here).held == []
