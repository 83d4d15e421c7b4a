"""Named statements: how parameters become numbers, and which files are refused."""

from pathlib import Path

import pytest

import nanopore_tracking
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.sql import Malformed, Query

PACKAGE = Path(nanopore_tracking.__file__).parent


def written(folder: Path, text: str) -> Path:
    file = folder / "queries.sql"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_statement_has_numbers_in_the_order_of_its_names() -> None:
    query = Query("things.move", "UPDATE thing SET place = :place WHERE id = :id AND place <> :place;")

    assert query.text == "UPDATE thing SET place = $1 WHERE id = $2 AND place <> $1"
    assert query.arguments({"id": 7, "place": "shelf"}) == ["shelf", 7]


@pytest.mark.parametrize(
    "kept",
    [
        "SELECT ':no', $1::text, \"a:no\"",
        "SELECT E'it\\'s :no', 'it''s :no'",
        "SELECT $$ :no; $$, $tag$ :no $$ ; $tag$",
        "SELECT 1 -- :no; it's\n, 2",
        "SELECT 1 /* :no; */, 2",
    ],
)
def test_what_is_no_parameter_stays(kept: str) -> None:
    assert Query("things.odd", kept + ";").text == kept


def test_a_cast_is_no_parameter() -> None:
    query = Query("things.cast", "SELECT :ids::uuid[], now()::date;")

    assert (query.text, query.parameters) == ("SELECT $1::uuid[], now()::date", ("ids",))


@pytest.mark.parametrize("given", [{}, {"id": 1, "od": 2}, {"od": 1}])
def test_missing_and_unknown_parameters_are_refused(given: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"things\.one: missing parameters"):
        Query("things.one", "SELECT :id;").arguments(given)


def test_a_file_gives_its_statements_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "things"
    folder.mkdir()
    text = "-- name: one\n-- The first,\n-- in two lines.\nSELECT 1;\n\n-- name: two\n-- The second.\nSELECT :n;\n"

    found = sql.load(written(folder, text))

    assert (found.one.name, found.one.purpose, found.one.text) == ("things.one", "The first, in two lines.", "SELECT 1")
    assert [query.name for query in found] == ["things.one", "things.two"]
    with pytest.raises(AttributeError, match="no statement three"):
        _ = found.three


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1;",
        "-- name: one\nSELECT 1;",
        "-- name: one\n-- No end.\nSELECT 1",
        "-- name: one\n-- Two at once.\nSELECT 1; SELECT 2;",
        "-- name: One\n-- A strange name.\nSELECT 1;",
        "-- name: one\n-- Twice.\nSELECT 1;\n-- name: one\n-- Twice.\nSELECT 1;",
    ],
)
def test_a_file_that_breaks_the_rules_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Malformed):
        sql.load(written(tmp_path, text))


def test_a_script_is_split_at_its_semicolons() -> None:
    script = "-- first; comment\nSELECT ';';\nDO $$ BEGIN; END $$;\n-- the end"

    assert sql.statements(script) == ["-- first; comment\nSELECT ';'", "DO $$ BEGIN; END $$"]
    with pytest.raises(Malformed):
        sql.statements("SELECT 1; SELECT 2")


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("queries.sql")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_file_of_the_product_can_be_read(file: Path) -> None:
    assert list(sql.load(file))
