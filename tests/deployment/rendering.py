"""Renders overlays and components of deployment/ as kubectl does, and finds things in what comes out."""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOYMENT = ROOT / "deployment"
#: For servers that do not know all that the rest is written for; tests/deployment/test_manifests_older.py holds them.
OLDER = ("before-1.30", "before-1.25")
COMPONENTS = tuple(sorted({folder.name for folder in (DEPLOYMENT / "components").iterdir()} - set(OLDER)))
#: Every way in which the product is rendered here: overlay and components.
WAYS: tuple[tuple[str, ...], ...] = (
    *((overlay,) for overlay in ("kubernetes", "openshift")),
    *((overlay, component) for overlay in ("kubernetes", "openshift") for component in COMPONENTS),
    ("kubernetes", "httproute", "canary"),
    ("kubernetes", "cnpg", "cnpg/archive"),
    ("openshift", "cnpg", "keda", "external-secrets", "mesh", "otel", "s3", "mail"),
)

Thing = dict[str, Any]

#: Where what was rendered is kept for the other processes of this run of the tests; conftest.py says it.
KEPT_IN: Path | None = None


@dataclass(frozen=True)
class Workload:
    """Something that makes pods. owner: the object; pod: the pod's spec; labels and annotations: the pod's."""

    owner: Thing
    pod: Thing
    labels: dict[str, str]
    annotations: dict[str, str]

    @property
    def kind(self) -> str:
        """Deployment, StatefulSet, Job or CronJob."""
        return str(self.owner["kind"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.owner["metadata"]["name"])

    @property
    def lasts(self) -> bool:
        """Whether its pods run until somebody ends them."""
        return self.kind in ("Deployment", "StatefulSet")

    def containers(self) -> list[Thing]:
        """Every container, those that run first included."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]


def kubectl() -> str:
    """Return kubectl; without one, the test is skipped."""
    found = shutil.which("kubectl")
    if found is None:
        pytest.skip("kubectl is not installed here, so that nothing can be rendered.")
    return found


def render(*way: str) -> list[Thing]:
    """Return the objects of an overlay with components; a copy, which a test may spoil."""
    return list(json.loads(_rendered(kubectl(), *way)))


def render_folder(folder: Path) -> list[Thing]:
    """Return the objects of a folder with a kustomization."""
    return _run(kubectl(), folder)


@functools.cache
def _rendered(program: str, overlay: str, *components: str) -> str:
    return kept(f"{program} {overlay} {' '.join(components)}", lambda: _as_json(program, overlay, *components))


def kept(asked: str, make: Callable[[], str]) -> str:
    """Return what was made of the files in deployment/ before, by whichever process of this run, or make it."""
    if KEPT_IN is None:
        return make()
    file = KEPT_IN / hashlib.sha256(f"{_digest()} {asked}".encode()).hexdigest()
    if not file.exists():
        KEPT_IN.mkdir(parents=True, exist_ok=True)
        mine = file.with_name(f"{file.name}.{os.getpid()}")
        mine.write_text(make(), "utf-8")
        mine.replace(file)
    return file.read_text("utf-8")


@functools.cache
def _digest() -> str:
    """Return what changes whenever a file in deployment/ does."""
    files = sorted(file for file in DEPLOYMENT.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    listed = (f"{file.relative_to(DEPLOYMENT)} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files)
    return hashlib.sha256("\n".join(listed).encode()).hexdigest()


def _as_json(program: str, overlay: str, *components: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        content = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [_relative(DEPLOYMENT / "overlays" / overlay, place)],
            "components": [_relative(DEPLOYMENT / "components" / component, place) for component in components],
        }
        (place / "kustomization.yaml").write_text(yaml.safe_dump(content))
        return json.dumps(_run(program, place))


def _relative(folder: Path, place: Path) -> str:
    return os.path.relpath(folder.resolve(), place)


def _run(program: str, folder: Path) -> list[Thing]:
    # Without collecting garbage it takes a fifth less time.
    environ = os.environ | {"GOGC": "off"}
    done = subprocess.run((program, "kustomize", str(folder)), capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stderr
    return list(loaded(done.stdout))


def loaded(text: str) -> Iterator[Any]:
    """Yield what a file of YAML holds."""
    yield from yaml.load_all(text, Loader=_Loader)


#: The loader in C where there is one: ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def workloads(things: Sequence[Thing]) -> Iterator[Workload]:
    """Yield everything that makes pods."""
    for thing in things:
        if thing["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
            template = thing["spec"]["template"]
        elif thing["kind"] == "CronJob":
            template = thing["spec"]["jobTemplate"]["spec"]["template"]
        else:
            continue
        metadata = template["metadata"]
        yield Workload(thing, template["spec"], metadata.get("labels", {}), metadata.get("annotations", {}))


def of_kind(things: Sequence[Thing], *kinds: str) -> list[Thing]:
    """Return the objects of some kinds."""
    return [thing for thing in things if thing["kind"] in kinds]


def named(things: Sequence[Thing], kind: str, name: str) -> Thing:
    """Return the object of that kind and name."""
    found = [thing for thing in of_kind(things, kind) if thing["metadata"]["name"] == name]
    assert len(found) == 1, f"{kind} {name} is there {len(found)} times"
    return found[0]


def workload(things: Sequence[Thing], name: str) -> Workload:
    """Return what makes the pods of that name."""
    found = [one for one in workloads(things) if one.name == name]
    assert len(found) == 1, f"{name} is there {len(found)} times"
    return found[0]


def called(thing: Thing) -> str:
    """Return kind and name, for a sentence."""
    return f"{thing['kind']} {thing['metadata']['name']}"


def matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Tell whether a label selector of the API selects these labels; an empty one selects all."""
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for expression in selector.get("matchExpressions", []):
        key, operator = expression["key"], expression["operator"]
        has = key in labels
        value = labels.get(key)
        fits = {
            "Exists": has,
            "DoesNotExist": not has,
            "In": value in expression.get("values", []),
            "NotIn": value not in expression.get("values", []),
        }[operator]
        if not fits:
            return False
    return True
