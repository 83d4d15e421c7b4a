"""Runs scripts on a machine with programs that write down how they are called, in place of kubectl, oc and podman."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deployment.recorder import server

ROOT = Path(__file__).parents[2]
#: What the scripts may use of a system, beside a program for the cluster and one for images.
TOOLS = (
    "bash",
    "env",
    "sh",
    "awk",
    "sed",
    "grep",
    "head",
    "tail",
    "sort",
    "tr",
    "wc",
    "cat",
    "cp",
    "rm",
    "mkdir",
    "chmod",
    "mktemp",
    "basename",
    "dirname",
    "date",
    "sleep",
    "od",
    "base64",
    "openssl",
)
_GROUPS = ("v1", "apps/v1", "batch/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1", "route.openshift.io/v1")
_RESOURCES = [
    "configmaps",
    "events",
    "persistentvolumeclaims",
    "pods",
    "secrets",
    "services",
    "deployments.apps",
    "jobs.batch",
    "replicasets.apps",
    "statefulsets.apps",
    "horizontalpodautoscalers.autoscaling",
    "ingresses.networking.k8s.io",
]


@dataclass(frozen=True)
class Called:
    """One call of a program. words: its command line; input: what it was given on standard input."""

    program: str
    words: list[str]
    input: str

    @property
    def line(self) -> str:
        """The command line without what every call says: the context and the namespace."""
        return " ".join(word for word in self.words if not word.startswith(("--context=", "--namespace=")))


@dataclass(frozen=True)
class Ran:
    """How a script ended."""

    code: int
    out: str
    err: str


class Recorder:
    """A machine with the named programs, and a cluster that they talk to."""

    def __init__(self, folder: Path, *programs: str) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            assert found is not None, f"{name} is not installed"
            (self.bin / name).symlink_to(found)
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text("as it was\n", "utf-8")
        self._state = folder / "state.json"
        self._log = folder / "calls.jsonl"
        self.tell(
            namespaces=["default"],
            objects={},
            openshift=False,
            jobs="Complete",
            failures=[],
            pods=[],
            logs={},
            tables={},
            says={
                "auth": "yes\n",
                "api-versions": "".join(f"{group}\n" for group in _GROUPS),
                "api-resources": "".join(f"{name}\n" for name in _RESOURCES),
            },
        )
        for name in programs:
            self.install(name)

    def install(self, name: str) -> None:
        """Add a program: kubectl, oc, podman, buildah or docker."""
        file = self.bin / name
        builder = (
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" RECORDER="{self.folder}" exec "{sys.executable}" '
            f'-m tests.deployment.recorder.builder {name} "$@"\n'
        )
        file.write_text(server.program(name, self.folder) if name in ("kubectl", "oc") else builder, "utf-8")
        file.chmod(0o755)

    @property
    def state(self) -> dict[str, Any]:
        """What the cluster has and how it answers."""
        found: dict[str, Any] = json.loads(self._state.read_text("utf-8")) if self._state.exists() else {}
        return found

    def tell(self, **changes: Any) -> None:
        """Change how the cluster answers."""
        self._state.write_text(json.dumps(self.state | changes), "utf-8")

    def refuse(self, like: str, *, says: str = "Error from server: no", code: int = 1, times: int = -1) -> None:
        """Let every call fail whose command line fits a regular expression, or the first few of them."""
        rule = {"like": like, "says": says, "code": code, "times": times}
        self.tell(failures=[*self.state["failures"], rule])

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the machine, of whose programs only some may be used."""
        places = {"HOME": self.folder, "TMPDIR": self.folder, "KUBECONFIG": self.kubeconfig, "PATH": self.bin}
        return {name: str(place) for name, place in places.items()}

    def run(self, script: str, *flags: str, answer: str = "", environ: dict[str, str] | None = None) -> Ran:
        """Run one of the scripts with these programs alone."""
        done = subprocess.run(
            [str(ROOT / "scripts" / script), *flags],
            input=answer,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment | (environ or {}),
            cwd=self.folder,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @property
    def calls(self) -> list[Called]:
        """All calls so far, in order."""
        if not self._log.exists():
            return []
        return [Called(**json.loads(line)) for line in self._log.read_text("utf-8").splitlines()]

    def forget(self) -> None:
        """Forget the calls so far."""
        self._log.unlink(missing_ok=True)

    def lines(self, *like: str) -> list[str]:
        """Command lines in which all of these texts are."""
        return [call.line for call in self.calls if all(text in call.line for text in like)]

    def left_behind(self) -> list[str]:
        """What scripts left in the folder for temporary files."""
        mine = {"bin", "kubeconfig", "state.json", "calls.jsonl"}
        return sorted(found.name for found in self.folder.iterdir() if found.name not in mine)
