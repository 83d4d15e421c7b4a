"""Documents come in as a stream, are told by their content, and belong to one lab."""

import asyncio
import hashlib
import statistics
import time
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.ai import corpus
from tests.services.ai.conftest import Bench, make_bench

MEGABYTE = 1_000_000


async def test_a_document_is_kept_as_it_came(bench: Bench) -> None:
    content = corpus.manifest_xlsx()
    answer = await bench.upload(content, "form.xlsx")
    document = checked(answer)

    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/documents/{document['id']}"
    assert (document["kind"], document["size_bytes"]) == ("xlsx", len(content))
    assert document["sha256"] == hashlib.sha256(content).hexdigest()
    assert checked(await bench.alice.get(f"/api/documents/{document['id']}"))["filename"] == "form.xlsx"
    back = await bench.robin.get(f"/api/documents/{document['id']}/content")
    assert back.content == content
    assert back.headers["content-disposition"] == "attachment; filename=\"form.xlsx\"; filename*=UTF-8''form.xlsx"
    assert back.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in back.headers["content-security-policy"]


@pytest.mark.parametrize("filename", corpus.NOT_TAKEN)
async def test_other_kinds_are_told_by_their_content_and_not_taken(bench: Bench, filename: str) -> None:
    content, word = corpus.NOT_TAKEN[filename]
    answer = await bench.upload(content, "manifest.xlsx")

    assert answer.status_code == 415, answer.text
    assert word in answer.json()["detail"]
    assert answer.json()["type"] == "unsupported-media"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (corpus.zip_bomb(80 << 20), "unpacks to"),
        (corpus.many_members(300), "members"),
        (corpus.with_symlink(), "symbolic link"),
        (corpus.archive({"xl/workbook.xml": b"<x/>", "../x": b""}), "leads out"),
    ],
    ids=["empty", "bomb", "members", "link", "path"],
)
async def test_hostile_files_are_refused_at_once(bench: Bench, content: bytes, word: str) -> None:
    answer = await bench.upload(content, "manifest.xlsx")

    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]


async def _raw(bench: Bench, headers: str, parts: int) -> str:
    """Send the head of an upload and so many megabytes of its chunked body, and return what is answered to that."""
    address = httpx.URL(bench.product.base_url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(
        f"POST /api/documents?project_id={bench.project_id} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: {bench.robin.headers['authorization']}\r\n{headers}\r\n\r\n".encode()
    )
    for _ in range(parts):
        writer.write(b"%x\r\n%b\r\n" % (MEGABYTE, b"a,b\r\n" * (MEGABYTE // 5)))
        await writer.drain()
    async with asyncio.timeout(90):
        answered = (await reader.readuntil(b"\r\n")).decode()
    writer.close()
    return answered


async def test_an_upload_over_the_limit_is_refused_while_it_arrives(bench: Bench) -> None:
    assert "413" in await _raw(bench, "Transfer-Encoding: chunked", 21)


async def test_a_size_over_the_limit_is_refused_before_anything_arrives(bench: Bench) -> None:
    assert "413" in await _raw(bench, "Content-Length: 10000000000", 0)


async def test_200_megabytes_hurt_nobody(bench: Bench) -> None:
    async def flood() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield bytes(MEGABYTE)

    flooding = asyncio.create_task(bench.robin.post(f"/api/documents?project_id={bench.project_id}", content=flood()))
    took_s: list[float] = []
    while not flooding.done():
        began_s = time.perf_counter()
        checked(await bench.alice.get("/api/extractions", params={"limit": 1}))
        took_s.append(time.perf_counter() - began_s)

    answer = await flooding
    assert answer.status_code == 413
    assert "20 MB" in answer.json()["detail"]
    assert statistics.median(took_s) < 1.0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\forms\\March.csv", "March.csv"),
        ("a\x1b[31m\u202ecsv.exe", "a[31mcsv.exe"),
        ("CON.csv", "_CON.csv"),
        ("...", "manifest.csv"),
        ("", "manifest.csv"),
        ("Pröben µ.csv", "Pröben µ.csv"),
        ("x" * 3000 + ".csv", "x" * 147 + ".csv"),
    ],
)
async def test_the_name_of_a_file_is_clean(bench: Bench, given: str, kept: str) -> None:
    document = checked(await bench.upload(corpus.manifest_csv(), given))

    assert document["filename"] == kept
    back = await bench.robin.get(f"/api/documents/{document['id']}/content")
    assert back.headers["content-disposition"].isascii()


async def test_a_name_with_the_character_nul_is_refused(bench: Bench) -> None:
    assert (await bench.upload(corpus.manifest_csv(), "a\x00.csv")).status_code == 422


async def test_the_same_file_again_is_kept_once_and_read_again(bench: Bench) -> None:
    first = checked(await bench.upload(corpus.manifest_csv()))
    second = checked(await bench.upload(corpus.manifest_csv(), "again.csv"))

    assert first["note"] is None
    assert "“manifest.csv”" in second["note"]
    assert first["sha256"] == second["sha256"]
    assert first["extraction_id"] != second["extraction_id"]


async def test_an_upload_that_is_sent_again_has_one_effect(bench: Bench) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = [await bench.upload(corpus.manifest_csv(), headers=key) for _ in range(2)]
    other = await bench.upload(corpus.manifest_csv(corpus.many(3)), headers=key)

    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422


async def test_another_lab_sees_nothing(product: Product, bench: Bench) -> None:
    other = await make_bench(product)
    document = checked(await bench.upload(corpus.manifest_csv()))

    for path in (
        f"/api/documents/{document['id']}",
        f"/api/documents/{document['id']}/content",
        f"/api/extractions/{document['extraction_id']}",
    ):
        assert (await other.robin.get(path)).status_code == 404
    assert (await bench.upload(b"x", by=other.robin)).status_code == 404
    again = await other.robin.post("/api/extractions", json={"document_id": document["id"]})
    assert again.status_code == 404
    listed = checked(await other.robin.get("/api/extractions"))["items"]
    assert document["extraction_id"] not in {item["id"] for item in listed}


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("auditor", 403), ("technician", 201)])
async def test_who_may_upload(product: Product, bench: Bench, role: str, status: int) -> None:
    client = await product.client(role)

    assert (await bench.upload(corpus.manifest_csv(), by=client)).status_code == status


async def test_nobody_uploads_without_signing_in(product: Product, bench: Bench) -> None:
    assert (await bench.upload(corpus.manifest_csv(), by=product.anonymous())).status_code == 401


async def test_a_project_that_is_closed_takes_nothing(bench: Bench) -> None:
    path = f"/api/projects/{bench.project_id}"
    version = (await bench.alice.get(path)).headers["etag"]
    checked(await bench.alice.patch(path, json={"status": "closed"}, headers={"If-Match": version}))

    async def refused() -> bool:
        answer: httpx.Response = await bench.upload(corpus.manifest_csv())
        return answer.status_code == 409

    await bench.product.eventually(refused)
