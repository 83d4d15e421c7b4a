"""Small rooms: no long file, no long function, no long query, nothing bulky."""

import ast
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40
QUERY_LINES = 40
BULKY_BYTES = 400_000
_SUFFIXES = {".py", ".sql", ".html", ".js", ".css"}
_MADE_HERE = {".git", ".venv", ".venv-agent", "build", "dist", "node_modules"}


def long_files(root: Path) -> list[str]:
    """Files with more lines than can be read at one sitting."""
    found = []
    for file in sorted(root.rglob("*")):
        if file.suffix in _SUFFIXES:
            lines = len(file.read_text("utf-8").splitlines())
            if lines > FILE_LINES:
                found.append(f"{file.relative_to(root)} has {lines} lines, at most {FILE_LINES} are allowed")
    return found


def long_functions(root: Path) -> list[str]:
    """Functions that do not fit on a screen."""
    found = []
    for file in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    found.append(f"{file.relative_to(root)}:{node.lineno} {node.name} has {lines} lines")
    return found


def long_queries(root: Path) -> list[str]:
    """Statements that ask too much at once."""
    found = []
    for file in sorted(root.rglob("queries.sql")):
        for part in file.read_text("utf-8").split("\n\n"):
            lines = part.strip().splitlines()
            if len(lines) > QUERY_LINES:
                found.append(f"{file.relative_to(root)}: {lines[0]} has {len(lines)} lines")
    return found


def bulky_files(root: Path) -> list[str]:
    """Files that are too big to have been written here, such as a package that somebody fetched and forgot."""
    found = []
    for folder in (root, *(path for path in sorted(root.iterdir()) if path.is_dir())):
        if folder.name in _MADE_HERE or folder.name.endswith("_cache") or folder.name == ".hypothesis":
            continue
        files = folder.iterdir() if folder == root else folder.rglob("*")
        bulky = sorted(file for file in files if file.is_file() and file.stat().st_size > BULKY_BYTES)
        found += [f"{file.relative_to(root)} has {file.stat().st_size:,} bytes" for file in bulky]
    return found
