"""Every statement in a queries.sql is used by the store beside it, and every use has its statement."""

import re
from pathlib import Path

_DECLARED = re.compile(r"^-- (?:name|list): (\w+)\s*$", re.MULTILINE)
_USED = re.compile(r"\b[A-Z]+\.([a-z]\w*)")
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
