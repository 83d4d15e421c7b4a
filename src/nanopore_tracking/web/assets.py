"""Joins scripts and styles into fingerprinted files; `python -m nanopore_tracking.web.assets` does it."""

import functools
import gzip
import hashlib
import json
import mimetypes
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

#: What is served, and the files it is joined from. htmx and its stream extension must be in one file: as two
#: deferred scripts htmx starts before the extension has registered, and the stream is then never opened.
BUNDLES: dict[str, tuple[str, ...]] = {
    "app.js": (
        "npm:htmx.org/dist/htmx.min.js",
        "npm:htmx.org/dist/ext/hx-sse.min.js",
        "npm:htmx.org/dist/ext/hx-csp.min.js",
        "js/*.js",
    ),
    "board.js": ("board.js",),
    "cursor.js": ("cursor.js",),
    "grid.js": ("grid/*.js",),
    "wizard.js": ("wizard.js",),
    "storage.js": ("storage.js",),
    "review.js": ("review.js",),
    "bench.js": ("bench/*.js",),
    "bench-worker.js": ("bench-worker.js",),
    "bench.css": ("bench.css",),
    "batch-sheet.css": ("batch-sheet.css",),
    "app.css": ("css/*.css",),
    "lab.css": ("lab/*.css",),
    "icon.svg": ("icon.svg",),
}

_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


class Missing(Exception):
    """A file that belongs into a bundle is not there; the message says what to run."""


def folder() -> Path:
    """Return where built files lie: `NANOPORE_STATIC_DIR`, else `build/static` of the checkout."""
    return Path(os.environ.get("NANOPORE_STATIC_DIR") or ROOT / "build" / "static")


def _files(source: str, modules: Path) -> list[Path]:
    if source.startswith("npm:"):
        return [modules / source[4:]]
    return sorted((HERE / "static").glob(source))


def _join(sources: tuple[str, ...], modules: Path) -> bytes:
    parts = []
    for source in sources:
        files = _files(source, modules)
        if not files or not all(file.is_file() for file in files):
            raise Missing(f"{source} is not there: run `make assets` first")
        parts += [_SOURCE_MAP.sub("", file.read_text("utf-8")).strip() for file in files]
    return "\n".join(parts).encode() + b"\n"


def build(target: Path | None = None, modules: Path | None = None) -> dict[str, str]:
    """Write every bundle under its fingerprinted name, compressed beside it, and return the manifest."""
    target, modules = target or folder(), modules or ROOT / "node_modules"
    target.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for name, sources in BUNDLES.items():
        content = _join(sources, modules)
        stem, _, suffix = name.rpartition(".")
        built = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
        _write(target / built, content)
        _write(target / f"{built}.gz", gzip.compress(content, 9, mtime=0))
        manifest[name] = built
    _write(target / "manifest.json", json.dumps(manifest, indent=1).encode())
    for file in target.iterdir():
        if file.name.removesuffix(".gz") not in {*manifest.values(), "manifest.json"}:
            file.unlink(missing_ok=True)
    return manifest


def _write(path: Path, content: bytes) -> None:
    """Put a file in place at once, so that a server that runs never sends half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


@functools.cache
def manifest() -> dict[str, str]:
    """Return name → built name; builds first where the sources are at hand and nothing was built yet."""
    file = folder() / "manifest.json"
    if file.is_file():
        found: dict[str, str] = json.loads(file.read_text("utf-8"))
        return found
    return build()


def url(name: str) -> str:
    """Return the address of a bundle by its plain name."""
    return f"/static/{manifest()[name]}"


@functools.cache
def served(name: str, compressed: bool) -> tuple[bytes, str] | None:
    """Return content and media type of a built file, or None where there is none of that name."""
    if name not in manifest().values():
        return None
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return (folder() / (f"{name}.gz" if compressed else name)).read_bytes(), media


if __name__ == "__main__":
    try:
        for built in build().values():
            print(built)
    except Missing as missing:
        sys.exit(str(missing))
