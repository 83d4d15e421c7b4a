"""Every statement in a queries.sql is used by the store beside it, and every use has its statement."""

import re
from pathlib import Path

_DECLARED = re.compile(r"^-- (?:name|list): (\w+)\s*$", re.MULTILINE)
_USED = re.compile(r"\b[A-Z]+\.([a-z]\w*)")
_LOCKED = re.compile(r"\bFOR (?:NO KEY )?UPDATE(?: OF [\w, ]+)?;\s*$")
_COMPUTED = re.compile(r"\(SELECT\b|\b(?!coalesce\b)\w+\(")
_LOADED = re.compile(r"\b(?:sql\.load|load)\(Path\(__file__\)\.with_name\(\"queries\.sql\"\)\)")


def unused_queries(package: Path) -> list[str]:
    """Statements that no store uses."""
    found = []
    for file in sorted((package / "services").rglob("queries.sql")):
        store = file.with_name("store.py")
        used = set(_USED.findall(store.read_text("utf-8"))) if store.exists() else set()
        found += [
            f"{file.relative_to(package)}: {name}"
            for name in _DECLARED.findall(file.read_text("utf-8"))
            if name not in used
        ]
    return found


def sql_outside_queries(package: Path) -> list[str]:
    """SQL that stands in a service's Python code instead of its queries.sql."""
    statement = re.compile(r"[\"'](?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) ")
    return [
        f"{file.relative_to(package)}:{number} {line.strip()}"
        for file in sorted((package / "services").rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if statement.search(line)
    ]


def locked_and_computed(package: Path) -> list[str]:
    """Statements that lock rows and compute something from others.

    A statement that waited for a lock sees the locked row as it is now, and everything else as it was when it began;
    so it locks, and the next statement reads.
    """
    found = []
    for file in sorted((package / "services").rglob("queries.sql")):
        for said in re.split(r"^-- (?=name: )", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            name, _, text = said.partition("\n")
            shown = text.rpartition("\nWHERE")[0] or text.partition(" WHERE ")[0]
            statement = "\n".join(line for line in shown.splitlines() if not line.startswith("--"))
            if _LOCKED.search(text) and _COMPUTED.search(statement):
                found.append(f"{file.relative_to(package)}: {name.removeprefix('name: ')}")
    return found
