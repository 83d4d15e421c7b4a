"""What the Dockerfile keeps: hadolint finds nothing, a numeric user of group 0, one base, sources that are there."""

import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest

from tests.deployment.recording import ROOT

IGNORED = (ROOT / ".dockerignore").read_text("utf-8")
RECIPE = (ROOT / "Dockerfile").read_text("utf-8")


def complaints(file: Path) -> str:
    """Return what hadolint says of a Dockerfile."""
    found = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("hadolint is not installed for this machine.")
    return subprocess.run([found, "--no-color", str(file)], capture_output=True, text=True, check=False).stdout


def test_hadolint_finds_nothing() -> None:
    assert complaints(ROOT / "Dockerfile") == ""


def test_hadolint_finds_a_violation(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:latest\nRUN cd /tmp\n", "utf-8")

    assert "DL3007" in complaints(tmp_path / "Dockerfile")


def instructions(text: str) -> list[list[str]]:
    """Return the words of each instruction, continued lines as one; comments are left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [line.split() for line in lines.replace("\\\n", " ").splitlines() if line.strip()]


def lets_through(ignored: str, path: str) -> bool:
    """Tell whether a .dockerignore lets a path into the build; the last line that fits decides."""
    kept = True
    for line in ignored.split():
        pattern = line.removeprefix("!").removeprefix("**/")
        whole = [str(one) for one in (PurePosixPath(path), *PurePosixPath(path).parents)]
        if any(fnmatch(one, pattern) for one in whole):
            kept = line.startswith("!")
    return kept


def broken(recipe: str, ignored: str) -> list[str]:
    """Return what a Dockerfile does that this one must not."""
    found = instructions(recipe)
    bases = {words[1] for words in found if words[0] == "FROM"}
    problems = [] if bases == {"${PYTHON_IMAGE}"} else [f"stages from {', '.join(sorted(bases))}"]
    users = [words[1] for words in found if words[0] == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*:0", users[-1]):
        problems.append(f"it runs as {users[-1] if users else 'root'}")
    copies = [words[1:-1] for words in found if words[0] == "COPY"]
    for source in (one for words in copies if not any(w.startswith("--from=") for w in words) for one in words):
        if not (ROOT / source).exists():
            problems.append(f"{source} is not there")
        elif not lets_through(ignored, source):
            problems.append(f"{source} is kept out by .dockerignore")
    return problems


def test_the_recipe_keeps_what_the_cluster_and_the_build_need() -> None:
    assert broken(RECIPE, IGNORED) == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("USER 10001:0", "USER nanopore:0", "it runs as nanopore:0"),
        ("USER 10001:0", "USER 10001:10001", "it runs as 10001:10001"),
        ("USER 10001:0", "USER 0:0", "it runs as 0:0"),
        ("USER 10001:0\n", "", "it runs as root"),
        ("FROM ${PYTHON_IMAGE}\n", "FROM debian:13\n", "stages from ${PYTHON_IMAGE}, debian:13"),
        ("COPY src src", "COPY source src", "source is not there"),
        ("COPY src src", "COPY docs docs", "docs is kept out by .dockerignore"),
    ],
)
def test_a_recipe_that_breaks_this_is_found(before: str, after: str, problem: str) -> None:
    assert before in RECIPE

    assert broken(RECIPE.replace(before, after), IGNORED) == [problem]


def test_a_file_that_is_no_longer_let_through_is_found() -> None:
    ignored = IGNORED.replace("!requirements-image.lock\n", "")

    assert broken(RECIPE, ignored) == ["requirements-image.lock is kept out by .dockerignore"]


def _locked(name: str) -> dict[str, str]:
    """Return the versions that a lock names, by package."""
    text = (ROOT / name).read_text("utf-8")
    return {found[1]: found[2] for found in re.finditer(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE)}


def test_an_image_that_reads_scans_holds_the_extra_and_else_the_same() -> None:
    everything, plain, scans = (_locked(f"requirements{of}.lock") for of in ("", "-image", "-ocr"))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["ocr"]

    assert "ARG LOCK=requirements-image.lock" in RECIPE
    assert '-r "${LOCK}"' in RECIPE
    assert {re.split(r"[><=]", one)[0] for one in wanted} <= set(scans)
    assert "rapidocr" not in plain
    assert {name: version for name, version in scans.items() if name in plain} == plain
    assert {name: version for name, version in scans.items() if everything.get(name) != version} == {}
