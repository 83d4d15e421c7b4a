"""Builds the image, migrates with it and runs every service from it; `make image-test` does it."""

import asyncio
import contextlib
import json
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from nanopore_tracking.cli import up
from nanopore_tracking.embedded import engines
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import free_ports
from nanopore_tracking.registry import NAMES
from tests.image import building, reading
from tests.image.container import Container

LARGEST_MB = 350
GRACE_S = 30
_NOT_WANTED = ("gcc", "cc", "g++", "clang", "make", "node", "npm", "pip")
#: Draws what a report of a run is made of.
DRAWN = """
from nanopore_tracking.drawing import charts, documents, pictures, shapes
found = shapes.drawing("Reads", charts.bars(["1 kb"], [("reads", [7])], what="reads"))
figure = documents.Figure(drawing=found, definition="All reads.")
part = documents.Section(title="Reads", figures=[figure])
page = documents.Document(title="A report", made="Today", facts=[], sections=[part])
print(pictures.png(found)[:4], documents.pdf(page)[:4])
"""


def say(text: str) -> None:
    """Tell how far it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def must(holds: bool, what: str) -> None:
    """End with what is wrong unless it holds."""
    if not holds:
        sys.exit(f"image: {what}")


def look(root: Path, config: Any) -> None:
    """Check what can be seen without running anything."""
    must(config.get("User") == "10001:0", f"the user is {config.get('User')}, not 10001:0")
    found = [name for name in _NOT_WANTED for folder in ("app/bin", "usr/local/bin", "usr/bin", "bin")
             if (root / folder / name).exists()]  # fmt: skip
    must(not found, f"{', '.join(found)} is in it")
    wrong = [path for path in (root / "app").rglob("*") if not path.is_symlink() and not _open_to_group_0(path)]
    must(not wrong, f"{len(wrong)} files are not as open to group 0 as to their owner, such as {wrong[:1]}")


def _open_to_group_0(path: Path) -> bool:
    found = path.lstat()
    return found.st_gid == 0 and (found.st_mode & stat.S_IRWXG) << 3 == found.st_mode & stat.S_IRWXU


@contextlib.asynccontextmanager
async def machine() -> AsyncIterator[Mapping[str, str]]:
    """Run engines for the containers; yields the environment of the services."""
    path = Path(tempfile.mkdtemp(prefix="nanopore-image-test-"))
    path.chmod(0o711)
    try:
        folder = Folder(path)
        async with engines.running(folder) as found:
            environ = await up.environment(found, folder, {"NANOPORE_ADMIN_PASSWORD": "a password for the image test"})
            yield {name: value for name, value in environ.items() if name != "NANOPORE_SIGNING_KEY_FILE"} | {
                "NANOPORE_SIGNING_KEY": Path(environ["NANOPORE_SIGNING_KEY_FILE"]).read_text("utf-8")
            }
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def serve(root: Path, config: Any, name: str, environ: Mapping[str, str]) -> None:
    """Start one service, see it get ready, and stop it."""
    (port,) = free_ports(1, seed=os.getpid())
    container = Container(root, ["serve", name], {**environ, "PORT": str(port)}, config=config)
    try:
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            while not await _ready(client):
                must(container.process.poll() is None, f"{name} ended by itself:\n{container.log()[-2000:]}")
                must(time.monotonic() < began + 60, f"{name} did not get ready:\n{container.log()[-2000:]}")
                await asyncio.sleep(0.1)
            ready_s = time.monotonic() - began
            must((await client.get("/metrics")).is_success, f"{name} shows no metrics")
        began = time.monotonic()
        code = await asyncio.to_thread(container.stop, GRACE_S)
        must(code == 0, f"{name} ended with {code} when it was told to stop:\n{container.log()[-2000:]}")
        say(f"  {name}: ready after {ready_s:.1f} s, stopped in {time.monotonic() - began:.1f} s")
    finally:
        container.close()


async def _ready(client: httpx.AsyncClient) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return all([(await client.get(f"/health/{kind}")).is_success for kind in ("live", "ready")])
    return False


async def read_forms(root: Path, config: Any) -> None:
    """Read forms as the ai service does: in a child process that may do next to nothing."""
    with tempfile.TemporaryDirectory(prefix="nanopore-image-forms-") as folder:
        reading.write(Path(folder))
        words = ["ai", "evaluate", "/mnt", "--json"]
        container = Container(root, words, {}, config=config, folders={"/mnt": Path(folder)})
        try:
            code = await asyncio.to_thread(container.process.wait, 120)
            must(code == 0, f"reading forms ended with {code}:\n{container.log()[-2000:]}")
            must(not (wrong := reading.problem(container.log())), wrong)
        finally:
            container.close()
    say("  PDF forms are read, a damaged one after its repair")


async def draw(root: Path, config: Any) -> None:
    """Draw a chart as PNG and as PDF, for which the image holds no more than it needs."""
    container = Container(root, ["-c", DRAWN], {}, config={**config, "Entrypoint": ["python3"]})
    try:
        code = await asyncio.to_thread(container.process.wait, 60)
        must(code == 0, f"drawing ended with {code}:\n{container.log()[-2000:]}")
        must("b'\\x89PNG' b'%PDF'" in container.log(), f"something else was drawn:\n{container.log()[-2000:]}")
    finally:
        container.close()
    say("  charts and reports are drawn")


async def run(root: Path, config: Any) -> None:
    """Read forms, draw, migrate and serve from the image."""
    await read_forms(root, config)
    await draw(root, config)
    async with machine() as environ:
        container = Container(root, ["migrate"], environ, config=config)
        code = await asyncio.to_thread(container.process.wait, 120)
        must(code == 0, f"migrating ended with {code}:\n{container.log()[-2000:]}")
        container.close()
        say("  migrated")
        dump = Container(root, ["--version"], environ, config={**config, "Entrypoint": ["pg_dump"]})
        must(await asyncio.to_thread(dump.process.wait, 30) == 0, f"pg_dump does not run:\n{dump.log()}")
        say(f"  {dump.log().strip()}")
        dump.close()
        for name in NAMES:
            await serve(root, config, name, environ)


def main() -> None:
    """Build, look, run; says in one sentence why when this cannot be done here."""
    lacks = building.missing()
    if lacks:
        say(f"skipped: {lacks}")
        return
    work = building.ROOT / "build" / "image"
    work.mkdir(parents=True, exist_ok=True)
    say("Building …")
    building.build(work, os.environ.get("PYTHON_IMAGE", ""))
    container = building.said("buildah", "from", building.NAME)
    try:
        root = Path(building.said("buildah", "mount", container))
        config = json.loads(building.said("buildah", "inspect", "--type", "image", building.NAME))["OCIv1"]["config"]
        look(root, config)
        size_mb = building.size_mb(root)
        must(size_mb < LARGEST_MB, f"it has {size_mb:.0f} MB; at most {LARGEST_MB} are wanted")
        say(f"  {size_mb:.0f} MB of at most {LARGEST_MB}, user {config['User']}")
        asyncio.run(run(root, config))
    finally:
        building.said("buildah", "rm", container)
    say(f"The image is as it must be; it has {size_mb:.0f} MB.")


if __name__ == "__main__":
    main()
