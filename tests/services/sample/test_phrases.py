"""A text in natural words is answered with the filters that it means, of names that the caller may see."""

from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, new_lab, opened, said


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _phrase(client: Any, text: str) -> Any:
    return checked(await client.get("/api/samples/phrases", params={"q": text}))


async def _listed(client: Any, answer: Any) -> list[str]:
    found = checked(await client.get(answer["path"], params={**answer["query"], "limit": 200}))
    return [item["id"] for item in found["items"]]


async def test_what_is_understood_is_the_list_that_anybody_gets_with_these_filters(desk: Desk) -> None:
    lab = checked(await desk.staff.get(f"/api/labs/{desk.lab_id}"))
    asked = {"project_id": desk.project_id, "service_type": "ont-rna"}
    rna = checked(await desk.staff.post("/api/samples", json={**asked, "name": said("R"), "material": "total RNA"}))
    dna = checked(await desk.staff.post("/api/samples", json={**asked, "name": said("D"), "material": "gDNA"}))
    answer = await _phrase(desk.staff, f"RNA samples of {lab['name']} that came today for ont-rna")
    assert answer["kind"] == "samples"
    assert set(answer["query"]) == {"substance", "lab_id", "created", "service_type"}
    assert answer["query"]["lab_id"] == desk.lab_id
    assert await _listed(desk.staff, answer) == [rna["id"]]
    other = await _phrase(desk.staff, f"DNA samples of {lab['name']} expected since yesterday")
    assert (other["query"]["stage"], "entered" in other["query"]) == ("expected", True)
    assert await _listed(desk.staff, other) == [dna["id"]]
    counted = checked(await desk.staff.get("/api/samples/count", params=answer["query"]))
    assert counted["count"] == 1


async def test_names_of_other_labs_are_not_known_and_their_runs_are_not_offered(desk: Desk, product: Product) -> None:
    lab = checked(await desk.staff.get(f"/api/labs/{desk.lab_id}"))
    stranger = await _phrase(desk.stranger, f"samples of {lab['name']} on hold")
    assert stranger["query"] == {"status": "on_hold"}
    assert set(lab["name"].split()) & set(" ".join(stranger["unknown"]).split())
    project = checked(await desk.staff.get(f"/api/projects/{desk.project_id}"))
    assert (await _phrase(desk.stranger, f"samples of {project['code']}"))["query"] == {}
    assert (await _phrase(desk.staff, f"samples of {project['code']}"))["query"] == {"project_id": desk.project_id}
    assert (await _phrase(desk.stranger, "failed runs"))["kind"] == ""
    assert (await _phrase(desk.staff, "failed runs"))["query"] == {"state": "failed"}
    await new_lab(product)


async def test_a_lab_is_found_among_many_whose_names_share_a_word_with_its_own(desk: Desk, product: Product) -> None:
    name = said("Shared words Zeta")
    lab = await new_lab(product, name=name)
    async with product.db("sample") as owner:
        await owner.execute(
            """INSERT INTO lab (id, name, pi_name, pi_email, organisation, created_at, updated_at)
            SELECT gen_random_uuid(), 'Shared words ' || n, 'Dr Okafor', '', '', now(), now()
            FROM generate_series(1, 300) n"""
        )
        try:
            assert (await _phrase(desk.staff, f"samples of {name}"))["query"] == {"lab_id": lab["id"]}
        finally:
            await owner.execute("DELETE FROM lab WHERE name ~ '^Shared words [0-9]+$'")


async def test_kits_are_known_by_the_catalogue_and_runs_are_listed_by_them(desk: Desk) -> None:
    answer = await _phrase(desk.staff, "RBK114.24 runs on MinION in the last 2 weeks")
    assert answer["query"] == {"kit": "SQK-RBK114-24", "device": "MinION", "started": answer["query"]["started"]}
    assert await _listed(desk.staff, answer) == []


@pytest.mark.parametrize("text", ["", "x" * 201])
async def test_a_text_that_is_none_is_refused(desk: Desk, text: str) -> None:
    assert (await desk.staff.get("/api/samples/phrases", params={"q": text})).status_code == 422


@pytest.mark.parametrize("text", ["'; DROP TABLE sample; --", "a' | 'b", "()&|!:*<->", "\\", "%_", "null\t\n"])
async def test_signs_of_a_query_language_are_words_like_any(desk: Desk, text: str) -> None:
    assert (await _phrase(desk.staff, f"samples on hold {text}"))["query"] == {"status": "on_hold"}


async def test_a_proposed_filter_lists_what_everybody_gets_with_it(desk: Desk) -> None:
    lab = checked(await desk.staff.get(f"/api/labs/{desk.lab_id}"))
    asked = {"project_id": desk.project_id, "service_type": "ont-rna", "name": said("P"), "priority": "urgent"}
    asked["priority_reason"] = "A patient waits."
    made = checked(await desk.staff.post("/api/samples", json=asked))
    text = f"pressing samples of {lab['name']}"
    plain = await _phrase(desk.staff, text)
    assert (plain["askable"], plain["query"]) == (["pressing"], {"lab_id": desk.lab_id})
    params = {"q": text, "proposed": ["pressing:urgent"]}
    proposed = checked(await desk.staff.get("/api/samples/phrases", params=params))
    assert proposed["query"] == {"lab_id": desk.lab_id, "priority": "urgent"}
    assert [each["proposed"] for each in proposed["chips"]] == ["", "pressing:urgent"]
    assert await _listed(desk.staff, proposed) == [made["id"]]
    stranger = checked(await desk.stranger.get("/api/samples/phrases", params=params))
    assert stranger["query"] == {"priority": "urgent"}
    assert await _listed(desk.stranger, stranger) == [], "a filter shows nobody more than they may see"


@pytest.mark.parametrize("proposed", ["urgent", "pressing:DROP TABLE", "x" * 301])
async def test_a_proposal_that_is_none_is_refused(desk: Desk, proposed: str) -> None:
    params = {"q": "pressing samples", "proposed": [proposed]}
    answer = await desk.staff.get("/api/samples/phrases", params=params)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "proposed[0]")


@pytest.mark.parametrize("span", ["2026-13-01..", "..", "2026-02-02..2026-02-01", "yesterday", "..9999-12-31"])
async def test_a_span_of_days_that_is_none_is_refused(desk: Desk, span: str) -> None:
    for path, name in (("/api/samples", "created"), ("/api/samples/count", "entered"), ("/api/runs", "started")):
        answer = await desk.staff.get(path, params={name: span})
        assert answer.status_code == 422, path
        assert answer.json()["errors"][0]["path"] == name
