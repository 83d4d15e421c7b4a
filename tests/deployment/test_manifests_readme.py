"""What deployment/README.md says to write can be rendered, and means what it says."""

import os
import re
from pathlib import Path

from tests.deployment.rendering import COMPONENTS, DEPLOYMENT, OLDER, ROOT, named, of_kind, render_folder, workload


def test_the_overlay_of_the_readme_is_one(tmp_path: Path) -> None:
    (written,) = re.findall(r"```yaml\n(.*?)```", (DEPLOYMENT / "README.md").read_text("utf-8"), re.DOTALL)
    there = os.path.relpath(DEPLOYMENT, tmp_path.resolve())
    (tmp_path / "kustomization.yaml").write_text(written.replace("../deployment", there))

    things = render_folder(tmp_path)

    assert {thing["metadata"]["namespace"] for thing in things} == {"nanopore-tracking"}
    assert named(things, "Ingress", "nanopore-tracking")["spec"]["rules"][0]["host"] == "samples.example.org"
    image = workload(things, "migration-1-2-3").pod["containers"][0]["image"]
    assert image == "registry.example.org/nanopore-tracking-app:1.2.3"
    said = {key: value for one in of_kind(things, "ConfigMap") for key, value in one["data"].items()}
    assert said["NANOPORE_PUBLIC_URL"] == "https://samples.example.org"


def test_the_guide_tells_what_every_component_is_for() -> None:
    guide = (ROOT / "docs" / "operations" / "deploying.md").read_text("utf-8")
    rows = "\n".join(line.split(" | ")[0] for line in guide.splitlines() if line.startswith("| `"))

    assert {name for name in (*COMPONENTS, *OLDER) if f"`{name}`" not in rows} == set()
