"""Does for real what runs in the pods of a restore: psql in the pod of a database, and the product's command in Jobs.

`python -m tests.deployment.recorder.pods BACKUPS PORT BIN exec|job NAME WORDS…`: BACKUPS is the volume of the backups,
PORT is where PostgreSQL listens on this machine, BIN the folder of its programs.
"""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def _secrets() -> dict[str, dict[str, str]]:
    state = json.loads((Path(os.environ["RECORDER"]) / "state.json").read_text("utf-8"))
    return {
        thing["metadata"]["name"]: {key: base64.b64decode(value).decode() for key, value in thing["data"].items()}
        for thing in state["objects"].values()
        if thing.get("kind") == "Secret"
    }


def _job(job: Any, backups: Path, programs: str) -> int:
    """Run the only container of a Job."""
    refused = backups / ".refused"
    if refused.exists() and refused.read_text("utf-8") in job["metadata"]["name"]:
        sys.stderr.write("this Job is refused\n")
        return 1
    (container,) = job["spec"]["template"]["spec"]["containers"]
    secrets = _secrets()
    environ = {"PATH": f"{Path(sys.executable).parent}:{programs}:{os.defpath}"}
    for source in container.get("envFrom", []):
        environ |= secrets[source["secretRef"]["name"]]
    for one in container.get("env", []):
        asked = one["valueFrom"]["secretKeyRef"]
        environ[one["name"]] = secrets[asked["name"]][asked["key"]]
    command = [word.replace("/backups", str(backups)) for word in container["command"]]
    command = [environ[word[2:-1]] if word.startswith("$(") else word for word in command]
    return subprocess.run(command, env=environ, check=False).returncode


def _exec(words: list[str], port: str, programs: str) -> int:
    """Run a command in the pod of a database; its socket is a port of this machine here."""
    shell, flag, script = words
    script = script.replace("--host=/var/run/postgresql", f"--host=127.0.0.1 --port={port}")
    environ = os.environ | {"PATH": f"{programs}:{os.defpath}"}
    return subprocess.run([shell, flag, script], env=environ, check=False).returncode


def main() -> None:
    """Do what the command line says, with its standard input, and end as it ended."""
    backups, port, programs, kind, _, *words = sys.argv[1:]
    if kind == "job":
        sys.exit(_job(json.load(sys.stdin), Path(backups), programs))
    sys.exit(_exec(words, port, programs))


main()
