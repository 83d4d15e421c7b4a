"""The import contracts hold, and each of them breaks when somebody takes a short cut."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, verbose=False))"

#: A file to add to a copy of the package, what is in it, and what the linter must say of it.
VIOLATIONS = {
    "1 kernel imports contracts": (
        "kernel/ids.py",
        "from nanopore_tracking.contracts import access",
        r"kernel\.ids -> nanopore_tracking\.contracts\.access",
    ),
    "1 a module outside the street": ("shortcuts.py", "", r"nanopore_tracking\.shortcuts"),
    "2 a service imports another, inside a function": (
        "services/audit/entries/commands.py",
        "def _peek():\n    from nanopore_tracking.services.backup.backups import model",
        r"audit\.entries\.commands -> nanopore_tracking\.services\.backup\.backups\.model",
    ),
    "3 a file that is no room of a service": ("services/audit/extra.py", "", r"services\.audit\.extra"),
    "4 a store imports its commands": (
        "services/backup/backups/store.py",
        "from nanopore_tracking.services.backup.backups import commands",
        r"backups\.store -> nanopore_tracking\.services\.backup\.backups\.commands",
    ),
    "4 a file that is no room of a noun": ("services/audit/entries/actions.py", "", r"audit\.entries\.actions"),
    "5 a model does I/O": (
        "services/audit/entries/model.py",
        "import asyncio",
        r"audit\.entries\.model -> asyncio",
    ),
    "6 a command opens SQL": (
        "services/audit/entries/commands.py",
        "from nanopore_tracking.kernel import sql",
        r"audit\.entries\.commands -> nanopore_tracking\.kernel\.sql",
    ),
    "7 a handler publishes by itself": (
        "services/audit/entries/handlers.py",
        "from nanopore_tracking.kernel import bus",
        r"audit\.entries\.handlers -> nanopore_tracking\.kernel\.bus",
    ),
    "8 web has a database": (
        "web/words.py",
        "from nanopore_tracking.kernel import postgres",
        r"web\.words -> nanopore_tracking\.kernel\.postgres",
    ),
    "9 the kernel runs up its own stairs": (
        "kernel/objects.py",
        "from nanopore_tracking.kernel import postgres",
        r"kernel\.objects -> nanopore_tracking\.kernel\.postgres",
    ),
    "9 a kernel module without a step": ("kernel/shortcuts.py", "", r"kernel\.shortcuts"),
    "10 a service reads a neighbour's API types": (
        "services/audit/entries/routes.py",
        "from nanopore_tracking.contracts.api import backup",
        r"audit\.entries\.routes -> nanopore_tracking\.contracts\.api\.backup",
    ),
}


def _lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        (sys.executable, "-c", _CHECK), cwd=folder, capture_output=True, text=True, check=False, timeout=100
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the package with every violation in it."""
    folder = tmp_path_factory.mktemp("copy")
    package = folder / "nanopore_tracking"
    ignored = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(ROOT / "src" / "nanopore_tracking", package, ignore=ignored)
    shutil.copy(ROOT / ".importlinter", folder)
    for name, text, _ in VIOLATIONS.values():
        with (package / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")
    return _lint(folder)[1]


def test_the_product_keeps_every_contract(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".importlinter", tmp_path)
    (tmp_path / "nanopore_tracking").symlink_to(ROOT / "src" / "nanopore_tracking")

    code, said = _lint(tmp_path)

    assert code == 0, said


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_short_cut_breaks_its_contract(report: str, violation: str) -> None:
    number = violation.partition(" ")[0]

    assert re.search(rf"^{number} .* BROKEN", report, re.MULTILINE), report
    assert re.search(VIOLATIONS[violation][2], re.sub(r"\s+", " ", report)), report


def test_every_contract_is_shown_to_break() -> None:
    contracts = re.findall(r"^name = (\d+) ", (ROOT / ".importlinter").read_text("utf-8"), re.MULTILINE)

    assert {name.partition(" ")[0] for name in VIOLATIONS} == set(contracts)
