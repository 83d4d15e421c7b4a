"""Small rooms: no long file, no long function, no long query."""

import ast
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40
QUERY_LINES = 40
_SUFFIXES = {".py", ".sql", ".html", ".js", ".css"}


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
