"""Runs a program of the image as a cluster would: any user, group 0, read-only root, no capability, one /tmp."""

import json
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

#: Such a user a cluster chooses; nothing in the image knows it.
ANY_USER = 1_000_730_000
_RUNC = shutil.which("runc") or "runc"


class Container:
    """One container on a mounted image; shares the network of this machine, so that it reaches its engines."""

    def __init__(
        self,
        root: Path,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        *,
        config: Any,
        folders: Mapping[str, Path] | None = None,
    ) -> None:
        """config: of the image (entry point, environment). The container runs when this returns.

        folders: of this machine, by where they are mounted to be read.
        """
        self.name = f"nanopore-image-test-{uuid.uuid4().hex[:8]}"
        self._folder = tempfile.TemporaryDirectory(prefix="nanopore-image-")
        bundle = Path(self._folder.name)
        subprocess.run([_RUNC, "spec"], check=True, cwd=bundle)
        spec = json.loads((bundle / "config.json").read_text("utf-8"))
        words = [*config["Entrypoint"], *arguments]
        spec["process"].update(
            terminal=False, args=words, cwd=config.get("WorkingDir") or "/", noNewPrivileges=True,
            user={"uid": ANY_USER, "gid": 0},
            env=[*config["Env"], *(f"{name}={value}" for name, value in environ.items())],
            capabilities={kind: [] for kind in spec["process"]["capabilities"]},
            rlimits=[{"type": "RLIMIT_NOFILE", "hard": 4096, "soft": 4096}],
        )  # fmt: skip
        _close(spec, root, folders or {})
        (bundle / "config.json").write_text(json.dumps(spec), "utf-8")
        self.log_file = bundle / "log"
        self._log = self.log_file.open("wb")
        self.process = subprocess.Popen(
            [_RUNC, "run", "--bundle", str(bundle), self.name],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def log(self) -> str:
        """Return what it has printed."""
        return self.log_file.read_text("utf-8", errors="replace")

    def stop(self, within_s: float) -> int:
        """Tell it to end and return its exit code; TimeoutExpired when it does not end in time."""
        subprocess.run([_RUNC, "kill", self.name, "TERM"], check=False, capture_output=True)
        return self.process.wait(within_s)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            subprocess.run([_RUNC, "kill", self.name, "KILL"], check=False, capture_output=True)
            self.process.wait(20)
        subprocess.run([_RUNC, "delete", "--force", self.name], check=False, capture_output=True)
        self._log.close()
        self._folder.cleanup()


def _close(spec: Any, root: Path, folders: Mapping[str, Path]) -> None:
    """Let a container read what it may, and write to its /tmp alone."""
    spec["root"] = {"path": str(root), "readonly": True}
    spec["linux"]["namespaces"] = [kind for kind in spec["linux"]["namespaces"] if kind["type"] != "network"]
    spec["mounts"].append(
        {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777", "size=64m"]}  # noqa: S108
    )
    for place, folder in folders.items():
        mount = {"destination": place, "type": "bind", "source": str(folder), "options": ["rbind", "ro"]}
        spec["mounts"].append(mount)
