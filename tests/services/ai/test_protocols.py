"""Protocols of the laboratory: taken apart, kept by versions, found by word and by meaning, quoted word for word."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest

from nanopore_tracking.services.ai.meanings.model import NAME, Meanings, Missing, folder
from nanopore_tracking.services.ai.passages.model import read
from nanopore_tracking.services.ai.protocols import model, store
from nanopore_tracking.services.ai.protocols.jobs import understand
from tests.harness.product import Product, checked
from tests.services.ai.protocols_of_a_lab import LIGATION, STORAGE, document, printed

URL = "/api/documents/protocols"


async def keep(by: httpx.AsyncClient, title: str, content: bytes, filename: str = "protocol.md") -> httpx.Response:
    return await by.post(URL, params={"title": title, "filename": filename}, content=content)


async def found(by: httpx.AsyncClient, q: str, **more: Any) -> Any:
    return checked(await by.get(f"{URL}/search", params={"q": q, **more}))


async def retire(by: httpx.AsyncClient, protocol: Any) -> Any:
    headers = {"If-Match": f'"v{protocol["version"]}"'}
    return checked(await by.post(f"{URL}/{protocol['id']}/retirement", headers=headers))


def test_a_protocol_is_taken_apart_at_its_headings_in_any_kind_of_file() -> None:
    told = [(each.heading, each.body.splitlines()[0][:28]) for each in read(LIGATION.encode(), "text").passages]
    assert told == [
        ("Before you begin", "Thaw the flow cell wash buff"),
        ("Input", "Take 1 µg of high molecular "),
        ("Clean-up", "Add 60 µL of AMPure beads an"),
    ]
    underlined = read(STORAGE.encode(), "text").passages
    assert [each.heading for each in underlined] == ["Keeping material cold", "Broken freezers"]

    pages = printed([("Input", ["Take 1 µg of DNA."]), ("Clean-up", ["Add beads.", "Wash twice."])])
    assert [(each.heading, each.body, each.page) for each in read(pages, "pdf").passages] == [
        ("Input", "Take 1 µg of DNA.", 1),
        ("Clean-up", "Add beads.\nWash twice.", 2),
    ]
    word = document(
        ["# Input", "Take 1 µg of DNA and read this sentence.", "# Clean-up", "Add beads and wait a while."]
    )
    assert [each.heading for each in read(word, "docx").passages] == ["Input", "Clean-up"]


def test_a_long_passage_is_divided_and_loses_nothing() -> None:
    lines = [f"Step {number}: wait for {number} minutes before you go on." for number in range(1, 200)]
    passages = read("\n".join(lines).encode(), "text").passages
    assert len(passages) > 5
    assert all(len(each.body) <= 1000 for each in passages)
    assert "\n".join(each.body for each in passages).splitlines() == lines


async def test_a_protocol_is_found_by_its_words_in_its_last_version_until_it_is_retired(product: Product) -> None:
    manager, technician = await product.client("facility_manager"), await product.client("technician")
    mark = f"quillwort{uuid4().hex[:8]}"
    made = checked(await keep(manager, f"Wash {mark}", f"# One\nRinse the {mark} with water.".encode(), "wash.md"))
    (item,) = (await found(technician, mark))["items"]
    assert (item["title"], item["number"], item["heading"], item["position"]) == (f"Wash {mark}", 1, "One", 1)
    assert item["body"] == f"Rinse the {mark} with water."
    assert (item["by"], item["near"]) == (["words"], None)
    assert "NANOPORE_MEANINGS" in (await found(technician, mark))["note"]

    path = f"{URL}/{made['id']}"
    newer = f"# One\nRinse the {mark} with ethanol.".encode()
    checked(await manager.post(f"{path}/versions", params={"filename": "wash-2.md"}, content=newer))
    (item,) = (await found(technician, f"rinsing {mark}"))["items"]
    assert (item["number"], item["body"]) == (2, f"Rinse the {mark} with ethanol.")
    old = checked(await technician.get(f"{path}/passages", params={"number": 1}))
    assert [each["body"] for each in old["passages"]] == [f"Rinse the {mark} with water."]
    content = await technician.get(f"{path}/content")
    assert (content.content, content.headers["content-type"]) == (newer, "text/plain; charset=utf-8")
    assert "attachment" in content.headers["content-disposition"]

    shown = checked(await technician.get(path))
    assert [(each["number"], each["passage_count"]) for each in shown["versions"]] == [(2, 1), (1, 1)]
    assert (await technician.post(f"{path}/retirement", headers={"If-Match": '"v3"'})).status_code == 403
    assert (await manager.post(f"{path}/retirement", headers={"If-Match": '"v1"'})).status_code == 412
    retired = await retire(manager, shown)
    assert retired["retired_at"]
    assert (await found(technician, mark))["items"] == []
    assert (await manager.post(f"{path}/versions", content=newer)).status_code == 409
    again = await keep(manager, f"Wash {mark}", newer)
    assert again.status_code == 201, "the title is free again"
    await retire(manager, again.json())


async def test_who_may_see_protocols_and_what_is_taken_as_one(product: Product) -> None:
    manager, technician = await product.client("facility_manager"), await product.client("technician")
    submitter = await product.client("submitter")
    assert (await submitter.get(URL)).status_code == 403
    assert (await submitter.get(f"{URL}/search", params={"q": "beads"})).status_code == 403
    assert (await keep(technician, "Mine", b"# a\ntext")).status_code == 403

    mark = uuid4().hex[:8]
    made = checked(await keep(manager, f"Taken {mark}", b"# One\nSome words to keep."))
    twice = await keep(manager, f"taken {mark}", b"# One\nOther words to keep.")
    assert (twice.status_code, "is a protocol called" in twice.json()["detail"]) == (409, True)
    await retire(manager, made)
    for content, status, said in (
        (b"", 422, "The file is empty"),
        (b"\x89PNG\r\n\x1a\n123", 415, "a picture"),
        (b"   \n\n  \n", 422, "No text was found"),
        (b"%PDF-1.7\nbroken", 422, "Nothing was kept"),
    ):
        answered = await keep(manager, f"Other {mark}", content)
        assert (answered.status_code, said in answered.json()["detail"]) == (status, True), answered.json()
    assert (await technician.get(f"{URL}/{uuid4()}/passages")).status_code == 404
    assert (await technician.get(f"{URL}/search", params={"q": " -"})).status_code == 422


def test_lists_are_merged_by_rank_and_what_is_far_is_left_out() -> None:
    one, two, three, far = (UUID(int=number) for number in range(1, 5))
    ranked = model.merged([one, two], [(two, 0.9), (three, 0.5), (far, 0.1)], 10)
    assert [(each.id, each.words, each.near) for each in ranked] == [
        (two, True, 0.9), (one, True, None), (three, False, 0.5)
    ]  # fmt: skip
    assert ranked[0].score == pytest.approx(1 / 62 + 1 / 61, abs=1e-6)
    assert [each.id for each in model.merged([one, two], [], 1)] == [one]


@contextlib.asynccontextmanager
async def _extended(product: Product) -> AsyncIterator[None]:
    """Let the ai database have the extension, as whoever administers it gives it to it."""
    async with product.db("ai") as owner:
        name = await owner.fetchval("SELECT current_database()")
    superuser = await asyncpg.connect(product.engines.superuser_url, database=name)
    try:
        await superuser.execute("CREATE EXTENSION vector")
        yield
    finally:
        await superuser.execute("DROP EXTENSION IF EXISTS vector")
        await superuser.close()


async def test_what_is_meant_is_found_in_other_words_with_and_without_the_extension(product: Product) -> None:
    try:
        asked = Meanings.load(folder())
    except Missing as missing:
        pytest.skip(str(missing))
    manager, runtime = await product.client("facility_manager"), product.runtimes["ai"]
    kept = [
        checked(await keep(manager, f"{title} {uuid4().hex[:6]}", content.encode()))
        for title, content in (("Ligation", LIGATION), ("Cold", STORAGE))
    ]
    before = runtime.settings
    runtime.settings = msgspec.structs.replace(before, meanings="on")
    try:
        await understand(runtime)
        answer = await found(manager, "how do I avoid breaking long fragments")
        assert answer["note"] == ""
        assert (answer["items"][0]["heading"], answer["items"][0]["by"]) == ("Input", ["meaning"])
        assert answer["items"][0]["body"] in LIGATION
        cold = (await found(manager, "what to do when the refrigerator fails", limit=1))["items"]
        assert [each["heading"] for each in cold] == ["Broken freezers"]

        vector = asked.vectors(["the fridge is broken"])[0].tolist()
        exact = await store.by_meaning(runtime.db, vector, NAME, extended=False)
        assert await store.by_meaning(runtime.db, vector, NAME) == exact, "without the extension it is the same"
        async with _extended(product):
            extended = await store.by_meaning(runtime.db, vector, NAME)
        assert [each for each, _ in extended] == [each for each, _ in exact]
        assert [near for _, near in extended] == pytest.approx([near for _, near in exact], abs=1e-5)
        assert len(exact) >= 5
    finally:
        runtime.settings = before
        for each in kept:
            await retire(manager, each)
