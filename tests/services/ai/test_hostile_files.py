"""Files that are made to do harm, through the public API: each ends with a sentence, and the service goes on."""

import asyncio
import contextlib
import io
import os
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.harness.printed import form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench
from tests.services.ai.forms import harmful
from tests.services.ai.test_reviews import read

#: What the reader of one document may hold in memory.
MOST_BYTES = 512 << 20
_LOOK_S = 0.01


def _workbook() -> bytes:
    """Return 0.1 MB that unpack to a sheet of 100 MB."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        with file.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(10):
                sheet.write(b" " * 10_000_000)
    return sink.getvalue()


def _cut_off() -> bytes:
    return form(rows(2))[:900]


def _program() -> bytes:
    return b"MZ\x90\0" + b"\0" * 200


#: What is taken in and ends in its reader, and what is not even taken in.
READ = {
    "flate bomb": harmful.flate_bomb,
    "packed three times": harmful.packed_three_times,
    "billion laughs": harmful.laughs,
    "drawn in itself": harmful.drawn_in_itself,
    "many rectangles": harmful.many_rectangles,
    "sixty million letters": harmful.many_letters,
    "200,000 pages": harmful.many_pages,
    "pages in a ring": harmful.pages_in_a_ring,
    "deep lists": harmful.deep,
    "cut off": _cut_off,
}
REFUSED = {"a program": _program, "workbook bomb": _workbook}
_HIGHEST = re.compile(r"VmHWM:\s+(\d+) kB")


@contextlib.asynccontextmanager
async def _watched() -> AsyncIterator[list[int]]:
    """Gather the most memory in bytes that any reader of this process holds meanwhile."""
    most = [0]

    async def look() -> None:
        while True:
            for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split():
                with contextlib.suppress(OSError):
                    if b"read_form" in Path(f"/proc/{child}/cmdline").read_bytes():
                        held = _HIGHEST.search(Path(f"/proc/{child}/status").read_text("ascii"))
                        most[0] = max(most[0], int(held[1]) << 10 if held else 0)
            await asyncio.sleep(_LOOK_S)

    looking = asyncio.create_task(look())
    try:
        yield most
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


@pytest.fixture
def hasty(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the readers of documents have little time, so that these tests take little."""
    runtime = product.runtimes["ai"]
    short = msgspec.structs.replace(runtime.settings, reader_cpu_s=2, reader_wall_s=6)
    monkeypatch.setattr(runtime, "settings", short)


@pytest.mark.usefixtures("hasty")
async def test_every_hostile_file_ends_with_a_sentence_and_the_service_goes_on(bench: Bench) -> None:
    for name, make in REFUSED.items():
        answer = await bench.upload(make(), name)
        assert answer.status_code in (415, 422), name
        assert "Nothing was kept" in answer.json()["detail"], name
    async with _watched() as most:
        sent = {name: checked(await bench.upload(make(), f"{name}.pdf")) for name, make in READ.items()}
        ended: dict[str, Any] = {name: await bench.ended(document["extraction_id"]) for name, document in sent.items()}
    for name, reading in ended.items():
        assert reading["state"] in ("refused", "needs_pages", "needs_review"), (name, reading)
        said = reading["error"] or " ".join(reading["notes"])
        assert said.rstrip().endswith("."), (name, reading)
        assert reading["attempts"] == 1, name
    assert ended["flate bomb"]["state"] == "refused"
    assert ended["200,000 pages"]["state"] == "needs_pages"
    assert 10 << 20 < most[0] <= MOST_BYTES
    assert (await read(bench, form(rows(2))))["to_check"] == 0
