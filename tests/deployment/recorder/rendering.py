"""What kustomize would make of the scripts' overlay: by kubectl itself where the test says so, else one object a step.

The short form reads from the overlay what scripts put there: namespace and image.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

_FEW = Path(__file__).with_name("rendered.yaml")
#: Those in C where there are any: ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def documents(text: str) -> list[Any]:
    """Return the objects of a file."""
    return [thing for thing in yaml.load_all(text, Loader=_Loader) if thing]


def kustomize(folder: Path, kubectl: str) -> str:
    """Return everything that an overlay holds, in the form in which kustomize writes it; ValueError when it cannot."""
    if kubectl:
        environ = os.environ | {"GOGC": "off"}
        done = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False, env=environ)
        if done.returncode:
            raise ValueError(done.stderr)
        return done.stdout
    asked = documents((folder / "kustomization.yaml").read_text("utf-8"))[0]
    openshift = any("overlays/openshift" in resource for resource in asked["resources"])
    found = [file for name in (folder / "namespace.yaml", _FEW) for file in documents(name.read_text("utf-8"))]
    found = [thing for thing in found if thing["kind"] != ("Ingress" if openshift else "Route")]
    text = "---\n".join(yaml.dump(_placed(thing, asked["namespace"]), Dumper=_Dumper) for thing in found)
    for image in asked.get("images", []):
        name, _, tag = "nanopore-tracking-app:0.1.0".partition(":")
        text = text.replace(f"{name}:{tag}", f"{image.get('newName', name)}:{image.get('newTag', tag)}")
    return text


def _placed(thing: Any, namespace: str) -> Any:
    if thing["kind"] == "Namespace":
        thing["metadata"]["name"] = namespace
    else:
        thing["metadata"]["namespace"] = namespace
    return thing
