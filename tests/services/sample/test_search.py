"""One search: codes, barcodes, names, notes and places, whatever accents, only what one may see, read from indexes."""

from dataclasses import asdict
from typing import Any

import pytest

from nanopore_tracking.services.sample.search import model, store
from tests.harness.laboratory import Laboratory
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said, seen


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _found(client: Any, text: str) -> dict[str, list[Any]]:
    answer = checked(await client.get("/api/samples/search", params={"q": text}))
    return {group["kind"]: group["items"] for group in answer["groups"]}


async def _registered(desk: Desk, name: str, **values: Any) -> Any:
    return checked(await desk.staff.post("/api/samples", json={"project_id": desk.project_id, "name": name, **values}))


async def test_a_sample_is_found_by_code_barcode_and_the_beginnings_of_its_words(desk: Desk) -> None:
    barcode = said("tube").replace(" ", "-")
    sample = await _registered(desk, said("Crème brûlée"), container_barcode=barcode)
    word = sample["name"].split()[-1]

    for text in (sample["code"], sample["code"].lower(), barcode, word, f"creme {word[:4]}", f"CRÈME {word}"):
        assert sample["id"] in [item["id"] for item in (await _found(desk.staff, text))["sample"]], text
    assert (await _found(desk.staff, sample["code"]))["sample"][0]["id"] == sample["id"]


async def test_notes_projects_labs_and_submissions_are_found_by_their_words(desk: Desk) -> None:
    sample = await _registered(desk, said("noted"))
    word = said("x").split()[1]
    comment = {"comment": f"Très visqueux, {word}!"}
    checked(await desk.staff.patch(f"/api/samples/{sample['id']}", json=comment, headers=seen(sample)))
    submission = await desk.draft(external_id=f"HTSF--{word}")
    project = checked(await desk.staff.get(f"/api/projects/{desk.project_id}"))
    lab = checked(await desk.staff.get(f"/api/labs/{desk.lab_id}"))

    noted = await _found(desk.staff, f"tres {word}")
    assert [item["code"] for item in noted["note"]] == [sample["code"]]
    assert comment["comment"] in noted["note"][0]["where"]
    assert [item["code"] for item in (await _found(desk.staff, word))["submission"]] == [submission["code"]]
    for text in (project["code"], project["title"]):
        assert desk.project_id in [item["id"] for item in (await _found(desk.staff, text))["project"]]
    assert [item["id"] for item in (await _found(desk.staff, lab["name"]))["lab"]] == [desk.lab_id]


async def test_a_word_that_begins_like_a_number_is_one_word(desk: Desk) -> None:
    """As 46e16 is a number to PostgreSQL, which makes two words of 46E16E where it reads a title."""
    word = f"46E16E{said('').split()[-1]}"
    asked = {"lab_id": desk.lab_id, "title": f"Thermophiles {word}"}
    project = checked(await desk.staff.post("/api/projects", json=asked))
    sample = await _registered(desk, f"culture {word}", comment=f"From {word}.")

    found = await _found(desk.staff, word)

    assert [item["id"] for item in found["project"]] == [project["id"]]
    assert [item["id"] for item in found["sample"]] == [sample["id"]]


async def test_nobody_finds_what_belongs_to_others(desk: Desk) -> None:
    sample = await _registered(desk, said("secret"))
    project = checked(await desk.staff.get(f"/api/projects/{desk.project_id}"))
    lab = checked(await desk.staff.get(f"/api/labs/{desk.lab_id}"))

    for text in (sample["code"], sample["name"], project["code"], project["title"], lab["name"]):
        assert await _found(desk.stranger, text) == {}, text
        assert await _found(desk.submitter, text) != {}, text


@pytest.mark.parametrize("text", ["'", "' | !", "a & b", ":*", "\\", "%", "S26-", "a" * 100, "√", "( ("])
async def test_whatever_is_typed_is_answered(desk: Desk, text: str) -> None:
    await _found(desk.staff, text)


@pytest.mark.parametrize(
    ("text", "query", "indexes"),
    [
        ("S25-000777", "in_samples", ["sample_code"]),
        ("gel-17", "in_samples", ["sample_words", "sample_container_barcode"]),
        ("viscous", "in_notes", ["sample_notes"]),
    ],
)
async def test_samples_are_found_by_indexes(laboratory: Laboratory, text: str, query: str, indexes: list[str]) -> None:
    statement = getattr(store.Q, query)
    values: dict[str, Any] = {**asdict(model.wanted(text)), "scope": None, "most": 11}
    arguments = statement.arguments({name: values[name] for name in statement.parameters})
    async with laboratory.owner() as owner:
        await owner.execute("SET enable_seqscan = off")
        rows = await owner.fetch(f"EXPLAIN {statement.text}", *arguments)
        await owner.execute("RESET enable_seqscan")
    plan = "\n".join(row[0] for row in rows)

    assert "Seq Scan on sample" not in plan
    for index in indexes:
        assert index in plan
