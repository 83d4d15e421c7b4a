"""The Secrets for managed databases are made from those that there are, and from nothing else."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nanopore_tracking import registry
from tests.deployment.rendering import DEPLOYMENT, of_kind, render

SCRIPT = DEPLOYMENT / "components" / "cnpg" / "logins.sh"
#: Answers for one key of one Secret with a word, writes down what is applied, and its arguments.
_KUBECTL = """#!/bin/sh
echo "$*" >> "$0.asked"
case "$*" in
  *" get secret "*) [ -n "$EMPTY" ] || printf '%s' "$*" | sed 's/.*secret //; s/ .*data\\.//; s/}//' | base64 ;;
  *" apply "*) cat >> "$0.applied"; echo >> "$0.applied" ;;
esac
"""


@pytest.fixture
def kubectl(tmp_path: Path) -> Path:
    """Stands where kubectl does."""
    program = tmp_path / "kubectl"
    program.write_text(_KUBECTL)
    program.chmod(0o755)
    return program


def _run(kubectl: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": os.environ["PATH"], "KUBECTL": str(kubectl), "EMPTY": "", **environ}
    return subprocess.run((str(SCRIPT),), env=known, capture_output=True, text=True, check=False)


def test_every_login_of_a_managed_database_is_made(kubectl: Path) -> None:
    done = _run(kubectl, NAMESPACE="laboratory")
    assert done.returncode == 0, done.stderr
    made = {one["metadata"]["name"]: one for one in _applied(kubectl)}
    wanted = {}
    for cluster in of_kind(render("openshift", "cnpg"), "Cluster"):
        initdb, roles = cluster["spec"]["bootstrap"]["initdb"], cluster["spec"]["managed"]["roles"]
        wanted[initdb["secret"]["name"]] = initdb["owner"]
        wanted |= {role["passwordSecret"]["name"]: role["name"] for role in roles}

    assert {name: one["stringData"]["username"] for name, one in made.items()} == wanted
    assert len(made) == 3 * len([name for name in registry.NAMES if name != "web"])
    assert made["ai-db-owner-login"]["type"] == "kubernetes.io/basic-auth"
    assert made["ai-db-owner-login"]["stringData"]["password"] == "ai-db-credentialsowner-password"
    assert all("--namespace=laboratory" in line for line in Path(f"{kubectl}.asked").read_text().splitlines())


def _applied(kubectl: Path) -> list[dict[str, Any]]:
    text = Path(f"{kubectl}.applied").read_text()
    decoder, found = json.JSONDecoder(), []
    while text := text.strip():
        one, end = decoder.raw_decode(text)
        found.append(one)
        text = text[end:]
    return found


@pytest.mark.parametrize(
    ("environ", "said"),
    [({}, "NAMESPACE is not set"), ({"NAMESPACE": "laboratory", "EMPTY": "yes"}, "has no owner-password")],
)
def test_nothing_is_made_from_nothing(kubectl: Path, environ: dict[str, str], said: str) -> None:
    done = _run(kubectl, **environ)

    assert done.returncode != 0
    assert said in done.stderr
    assert not Path(f"{kubectl}.applied").exists()


def test_no_password_is_an_argument(kubectl: Path) -> None:
    _run(kubectl, NAMESPACE="laboratory")

    asked = Path(f"{kubectl}.asked").read_text()
    assert "credentialsowner-password" not in asked
    assert base64.b64encode(b"ai-db-credentialsowner-password").decode() not in asked
