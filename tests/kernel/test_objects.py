"""Files are kept once, under their sum, whole or not at all."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.objects import Damaged, Objects, Stored, open_objects, spooled


async def _stream(content: bytes, part_bytes: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), part_bytes):
        yield content[start : start + part_bytes]


async def _put(objects: Objects, content: bytes, limit_bytes: int = 10_000_000) -> Stored:
    async with spooled(_stream(content), limit_bytes) as spool:
        return await objects.put(spool)


def _files(folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize("content", [b"", b"small", bytes(range(256)) * 20_000])
async def test_what_is_put_is_got(tmp_path: Path, content: bytes) -> None:
    objects = open_objects((tmp_path / "my files").as_uri())
    stored = await _put(objects, content)

    assert stored == Stored(sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    assert await objects.get(stored.sha256) == content


async def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    objects = open_objects(str(tmp_path))
    first, second = await _put(objects, b"same"), await _put(objects, b"same")

    assert first == second
    assert _files(tmp_path) == [f"{first.sha256[:2]}/{first.sha256}"]


async def test_content_over_the_limit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    objects = open_objects(str(tmp_path))

    with pytest.raises(errors.TooLarge, match="1 MB"):
        await _put(objects, bytes(3_000_000), limit_bytes=1_000_000)

    assert _files(tmp_path) == []


async def test_damaged_content_is_never_handed_out(tmp_path: Path) -> None:
    objects = open_objects(str(tmp_path))
    stored = await _put(objects, b"as it was")
    (tmp_path / stored.sha256[:2] / stored.sha256).write_bytes(b"as it is!")

    with pytest.raises(Damaged):
        await objects.get(stored.sha256)
    await _put(objects, b"as it was")
    assert await objects.get(stored.sha256) == b"as it was"


async def test_half_written_content_is_written_again(tmp_path: Path) -> None:
    objects = open_objects(str(tmp_path))
    stored = await _put(objects, b"as it was")
    (tmp_path / stored.sha256[:2] / stored.sha256).write_bytes(b"as")

    await _put(objects, b"as it was")

    assert await objects.get(stored.sha256) == b"as it was"


async def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFound):
        await open_objects(str(tmp_path)).get("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
async def test_only_sums_name_content(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        await open_objects(str(tmp_path)).get(name)


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file://example.org/x"])
def test_a_place_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(errors.Invalid):
        open_objects(url)
