"""Every service has the same rooms under the same names, and no name says nothing."""

import ast
import re
from pathlib import Path

_SERVICE_FILES = {"__init__.py", "README.md", "service.py", "settings.py"}
_NOUN_FILES = {
    "__init__.py",
    "model.py",
    "store.py",
    "commands.py",
    "routes.py",
    "handlers.py",
    "jobs.py",
    "queries.sql",
}
#: What a service brings with it at its first start.
_SEED_SUFFIXES = {".toml", ".txt", ".csv"}
_EMPTY_WORDS = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
_STAND_INS = re.compile(r"(?<![a-z])(todo|fixme|xxx|mocks?|stubs?|fakes?|dummy)(?![a-z])", re.IGNORECASE)
_MIGRATION = re.compile(r"\d{4}_[a-z_]+\.sql")
_CACHE = "__pycache__"


def strange_rooms(package: Path) -> list[str]:
    """Files and folders of services that have no place in the plan."""
    found = []
    for service in _folders(package / "services"):
        found += [f"{service.name} has no {name}" for name in _SERVICE_FILES if not (service / name).is_file()]
        for entry in sorted(service.iterdir()):
            if entry.name == "seed":
                found += [_odd(package, file) for file in _entries(entry) if file.suffix not in _SEED_SUFFIXES]
            elif entry.name == "migrations":
                found += [_odd(package, file) for file in _entries(entry) if not _MIGRATION.fullmatch(file.name)]
            elif entry.is_dir() and entry.name != _CACHE:
                found += _strange_noun(package, entry)
            elif entry.is_file() and entry.name not in _SERVICE_FILES:
                found.append(_odd(package, entry))
    return found


def _strange_noun(package: Path, noun: Path) -> list[str]:
    found = [_odd(package, entry) for entry in _entries(noun) if entry.name not in _NOUN_FILES]
    if not (noun / "__init__.py").is_file():
        found.append(f"{noun.relative_to(package)} has no __init__.py")
    if (noun / "queries.sql").exists() != (noun / "store.py").exists():
        found.append(f"{noun.relative_to(package)} has a store without queries or queries without a store")
    return found


def empty_names(package: Path) -> list[str]:
    """Modules, folders and classes whose name says nothing about what is in them."""
    found = []
    for entry in sorted(package.rglob("*")):
        if (entry.is_dir() or entry.suffix == ".py") and set(entry.stem.lower().split("_")) & _EMPTY_WORDS:
            found.append(f"{entry.relative_to(package)}: the name says nothing")
        if entry.suffix == ".py":
            found += [
                f"{entry.relative_to(package)}:{node.lineno} class {node.name}: the name says nothing"
                for node in ast.walk(ast.parse(entry.read_text("utf-8")))
                if isinstance(node, ast.ClassDef)
                and set(re.findall(r"[A-Z][a-z]+", node.name.lower().title() + node.name))
                & {"Manager", "Helper", "Util"}
            ]
    return found


def stand_ins(package: Path) -> list[str]:
    """Promises instead of code: things left to do, things that only look like the real ones."""
    found = []
    for file in sorted(package.rglob("*.py")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if _STAND_INS.search(line):
                found.append(f"{file.relative_to(package)}:{number} {line.strip()}")
    return found


def other_clients(package: Path) -> list[str]:
    """HTTP clients made elsewhere than in `kernel.asking`, which knows how a connection can break."""
    return [
        f"{file.relative_to(package)} makes an HTTP client of its own"
        for file in sorted(package.rglob("*.py"))
        if file != package / "kernel" / "asking.py" and "httpx.AsyncClient(" in file.read_text("utf-8")
    ]


def named_charsets(package: Path) -> list[str]:
    """Types of text that name their charset: the framework appends it to each text, and it would be there twice."""
    return [
        f"{file.relative_to(package)}:{number} {line.strip()}"
        for file in sorted(package.rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(r"[\"']text/[a-z]+; ?charset=", line)
    ]


def _folders(parent: Path) -> list[Path]:
    return [entry for entry in _entries(parent) if entry.is_dir()]


def _entries(parent: Path) -> list[Path]:
    return [entry for entry in sorted(parent.iterdir()) if entry.name != _CACHE] if parent.is_dir() else []


def _odd(package: Path, entry: Path) -> str:
    return f"{entry.relative_to(package)} has no place in a service"


def restless_ids(tests: Path) -> list[str]:
    """Cases of tests whose ids may be other ones in each process, so that no two processes agree what to run."""
    found = []
    for file in sorted(tests.rglob("*.py")):
        found += [
            f"{file.relative_to(tests)}:{node.value.lineno} ids are said by {ast.unparse(node.value)}"
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.keyword) and node.arg == "ids" and ast.unparse(node.value) in ("str", "repr")
        ]
    return found
