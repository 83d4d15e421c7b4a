"""House rules that read files: sizes, rooms, names, sentences, templates, statements, locks."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house_rules.rules import lock, queries, rooms, sizes, templates, words

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nanopore_tracking"

Rule = Callable[[Path], list[str]]
LONG = "\n".join(["    x = 1"] * 41)


def _write(root: Path, name: str, text: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("folder", ["src", "agent", "tests"])
@pytest.mark.parametrize("rule", [sizes.long_files, sizes.long_functions, sizes.long_queries])
def test_rooms_are_small(rule: Rule, folder: str) -> None:
    assert rule(ROOT / folder) == []


@pytest.mark.parametrize(
    "rule",
    [
        rooms.strange_rooms,
        rooms.empty_names,
        rooms.stand_ins,
        rooms.other_clients,
        rooms.named_charsets,
        words.laboratory_words_in_the_kernel,
        words.rough_sentences,
        templates.unsafe_templates,
        queries.unused_queries,
        queries.sql_outside_queries,
        queries.locked_and_computed,
    ],
)
def test_the_product_keeps(rule: Rule) -> None:
    assert rule(PACKAGE) == []


def test_cases_have_the_same_ids_in_every_process() -> None:
    assert rooms.restless_ids(ROOT / "tests") == []


def test_nothing_bulky_is_kept() -> None:
    assert sizes.bulky_files(ROOT) == []


@pytest.mark.parametrize("rule", [lock.lock_problems, lock.npm_lock_problems, lock.undeclared_imports])
def test_what_is_installed_is_what_is_declared(rule: Rule) -> None:
    assert rule(ROOT) == []


VIOLATIONS: list[tuple[Rule, str, str]] = [
    (sizes.long_files, "big.py", "x = 1\n" * 301),
    (sizes.long_functions, "long.py", f"def f():\n{LONG}\n"),
    (sizes.long_queries, "queries.sql", "-- name: all\n" + "SELECT 1\n" * 40),
    (sizes.bulky_files, "fetched.whl", "x" * 400_001),
    (sizes.bulky_files, "docs/deep/fetched.pdf", "x" * 400_001),
    (rooms.strange_rooms, "services/sample/extra.py", ""),
    (rooms.strange_rooms, "services/sample/labs/actions.py", ""),
    (rooms.strange_rooms, "services/sample/labs/queries.sql", ""),
    (rooms.strange_rooms, "services/sample/migrations/1_labs.sql", ""),
    (rooms.empty_names, "kernel/time_utils.py", ""),
    (rooms.empty_names, "kernel/pool.py", "class PoolManager: ...\n"),
    (rooms.stand_ins, "kernel/pool.py", "# TODO: close it\n"),
    (rooms.stand_ins, "kernel/pool.py", "def connect_to_mock(): ...\n"),
    (rooms.other_clients, "web/pages.py", "pool = httpx.AsyncClient()\n"),
    (rooms.restless_ids, "test_a.py", "@pytest.mark.parametrize('a', [len], ids=str)\ndef test_it(a): ...\n"),
    (rooms.named_charsets, "web/pages.py", 'HTML = "text/html; charset=utf-8"\n'),
    (words.laboratory_words_in_the_kernel, "kernel/pool.py", "def open_submission(): ...\n"),
    (words.rough_sentences, "web/pages.py", "raise errors.Invalid('Wrong volume!')\n"),
    (words.rough_sentences, "web/pages.py", "raise Conflict(f'{name} exists')\n"),
    (words.rough_sentences, "web/pages.py", "FieldError('name', 'Please give a name.')\n"),
    (templates.unsafe_templates, "web/a.html", '<p style="color: red">'),
    (templates.unsafe_templates, "web/a.html", "<style>"),
    (templates.unsafe_templates, "web/a.html", "<script>alert(1)</script>"),
    (templates.unsafe_templates, "web/a.html", '<button onclick="go()">'),
    (templates.unsafe_templates, "web/a.html", '<button hx-on:click="go()">'),
    (templates.unsafe_templates, "web/a.html", '<a href="javascript:go()">'),
    (templates.unsafe_templates, "web/a.html", "{{ name | safe }}"),
    (templates.unsafe_templates, "web/a.html", '<script src="https://cdn.example.org/x.js"></script>'),
    (queries.unused_queries, "services/sample/labs/queries.sql", "-- name: forgotten\n-- Nobody asks.\nSELECT 1;\n"),
    (queries.sql_outside_queries, "services/sample/labs/store.py", 'await db.rows("SELECT 1 FROM lab")\n'),
    (
        queries.locked_and_computed,
        "services/sample/labs/queries.sql",
        "-- name: old\n-- As it was.\nSELECT l.id, place(l.id) AS place FROM lab l\nWHERE l.id = :id FOR UPDATE;\n",
    ),
    (
        queries.locked_and_computed,
        "services/sample/labs/queries.sql",
        "-- name: old\n-- As it was.\nSELECT l.id, (SELECT 1) AS one FROM lab l WHERE l.id = :id FOR UPDATE OF l;\n",
    ),
]


@pytest.mark.parametrize(("rule", "name", "text"), VIOLATIONS)
def test_a_violation_is_found(tmp_path: Path, rule: Rule, name: str, text: str) -> None:
    _write(tmp_path, name, text)

    assert any(Path(name).stem in line for line in rule(tmp_path))


def _copy_of_the_locks(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "requirements.lock", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("rule", "file", "old", "new"),
    [
        (lock.lock_problems, "pyproject.toml", '"asyncpg>=', '"unlocked-thing>=1", "asyncpg>='),
        (lock.lock_problems, "pyproject.toml", '"asyncpg>=', '"asyncpg>=999,>='),
        (lock.lock_problems, "requirements.lock", "asyncpg==", "--index-url https://packages.example.org\nasyncpg=="),
        (
            lock.npm_lock_problems,
            "package-lock.json",
            '"integrity": "',
            '"resolved": "https://packages.example.org/", "',
        ),
    ],
)
def test_a_lock_that_does_not_fit_is_found(tmp_path: Path, rule: Rule, file: str, old: str, new: str) -> None:
    root = _copy_of_the_locks(tmp_path)
    text = (root / file).read_text("utf-8")
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    assert rule(root) != []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import sqlalchemy\n", "sqlalchemy is imported and not declared"),
        ("", "asyncpg is declared and not imported"),
    ],
)
def test_an_import_that_is_not_declared_is_found_and_the_reverse(tmp_path: Path, text: str, found: str) -> None:
    root = _copy_of_the_locks(tmp_path)
    _write(root, "src/nanopore_tracking/kernel/pool.py", text)

    assert found in lock.undeclared_imports(root)
