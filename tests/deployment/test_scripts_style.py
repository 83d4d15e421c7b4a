"""What every shell script keeps: shellcheck finds nothing, help tells the exit codes, and nothing tracked is edited."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.recording import ROOT, Recorder

SCRIPTS = sorted(file.name for file in (ROOT / "scripts").glob("*.sh") if not file.name.startswith("install-"))
PARTS = sorted((ROOT / "scripts" / "lib").glob("*.sh"))


def complaints(*files: Path) -> str:
    """Return what shellcheck says of scripts and of what they source."""
    found = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    assert found is not None, "shellcheck is not installed: make install"
    return subprocess.run([found, "-a", *files], capture_output=True, text=True, check=False, cwd=ROOT).stdout


def test_shellcheck_finds_nothing() -> None:
    others = [*(ROOT / "scripts").glob("install-*.sh"), *(ROOT / "deployment").rglob("*.sh")]

    assert complaints(*(ROOT / "scripts" / name for name in SCRIPTS), *others) == ""


def test_shellcheck_finds_a_violation(tmp_path: Path) -> None:
    (tmp_path / "wrong.sh").write_text("#!/bin/bash\nrm -rf $1\n", "utf-8")

    assert "SC2086" in complaints(tmp_path / "wrong.sh")


def forbidden(text: str) -> list[str]:
    """What a script may not do: edit files in place, change the kubeconfig, ask for what not every program has."""
    commands = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return re.findall(r"sed -i|git checkout|config (?:set|use)-\w+|whoami", commands)


def test_nothing_is_done_that_broke_before() -> None:
    for file in (*PARTS, *(ROOT / "scripts" / name for name in SCRIPTS)):
        assert forbidden(file.read_text("utf-8")) == [], file


@pytest.mark.parametrize(
    "text",
    ["sed -i s/a/b/ deployment/x.yaml", "kubectl config set-context --current", "oc whoami", "git checkout -- ."],
)
def test_what_broke_before_is_found(text: str) -> None:
    assert forbidden(text) != []


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_and_parts_are_small_and_begin_alike(name: str) -> None:
    file = ROOT / "scripts" / name
    lines = file.read_text("utf-8").splitlines()

    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[1].startswith("# ")
    assert "set -euo pipefail" in lines
    assert len(lines) < 300
    assert file.stat().st_mode & 0o111


@pytest.mark.parametrize("file", PARTS, ids=lambda file: file.name)
def test_a_part_says_what_it_is_for(file: Path) -> None:
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("# shellcheck")]

    assert re.match(r"# [A-Z].*", lines[0])
    assert len(lines) < 300


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_tells_the_exit_codes_and_needs_no_cluster(tmp_path: Path, name: str) -> None:
    cluster = Recorder(tmp_path)

    ran = cluster.run(name, "--help")

    assert ran.code == 0
    assert ran.out.startswith(f"Usage: scripts/{name}")
    assert "Exit codes:" in ran.out
    assert "NAMESPACE" in ran.out


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_older_bash_is_told(tmp_path: Path, name: str) -> None:
    part = (ROOT / "scripts" / "lib" / "progress.sh").read_text("utf-8")
    old = part.replace("((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404))", "((302 >= 404))")
    assert old != part
    (tmp_path / "lib").mkdir()
    for file in (ROOT / "scripts" / "lib").iterdir():
        shutil.copy(file, tmp_path / "lib")
    (tmp_path / "lib" / "progress.sh").write_text(old, "utf-8")
    shutil.copy(ROOT / "scripts" / name, tmp_path)

    done = subprocess.run([str(tmp_path / name)], capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert "This needs bash 4.4 or newer" in done.stderr
