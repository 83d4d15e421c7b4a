"""Builds the image with buildah on a base that this machine's own packages make, where there is no registry."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "localhost/nanopore-tracking-app:image-test"
_BASE = "localhost/nanopore-image-test-base"
_CA = Path("/etc/ssl/certs")
_PACKAGES = "python3,python3-venv,ca-certificates"
_LEFT_OUT = ("/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/man/*")


def missing() -> str:
    """Return in one sentence what this machine lacks; empty when an image can be built and run here."""
    absent = [tool for tool in ("buildah", "runc", "mmdebstrap") if shutil.which(tool) is None]
    if absent:
        return f"{', '.join(absent)} is not installed here, so that no image can be built and run."
    return "" if os.geteuid() == 0 else "Only root can build and run images here."


def said(*command: str) -> str:
    """Run a program and return what it prints; CalledProcessError when it fails, after its words were shown."""
    environ = {**os.environ, "BUILDAH_ISOLATION": "chroot"}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environ).stdout.strip()


def build(work: Path, base: str) -> None:
    """Build the image. base: the image with Python that it stands on; empty: one of this machine's packages."""
    more = [f"--volume={_CA}:{_CA}:ro"] if _CA.is_dir() else []
    said(
        "buildah", "build", "--quiet", "--network=host", "--tag", NAME, *more,
        "--build-arg", f"PYTHON_IMAGE={base or _base(work)}", str(ROOT),
    )  # fmt: skip


def _base(work: Path) -> str:
    archive = work / "base.tar"
    if not archive.is_file():
        options = [f"--dpkgopt=path-exclude={path}" for path in _LEFT_OUT]
        part = work / "base.part.tar"
        said("mmdebstrap", "--quiet", "--variant=minbase", f"--include={_PACKAGES}", *options, _suite(), str(part))
        part.replace(archive)
    container = said("buildah", "from", "scratch")
    said("buildah", "add", "--quiet", container, str(archive), "/")
    # Programs of the build must trust what this machine trusts.
    said("buildah", "config", "--env", f"NODE_EXTRA_CA_CERTS={_CA}/ca-certificates.crt", container)
    said("buildah", "commit", "--quiet", "--rm", container, _BASE)
    return _BASE


def _suite() -> str:
    for line in Path("/etc/os-release").read_text("utf-8").splitlines():
        name, _, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    return "stable"


def size_mb(root: Path) -> float:
    """Return the size in MB (10⁶ bytes) of a mounted image."""
    return sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6
