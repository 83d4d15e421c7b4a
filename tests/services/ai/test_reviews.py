"""Forms from upload to submission: what was read, what people decide, who may, and what is handed on."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.harness.printed import form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench

DOUBTFUL = ("QX_03", "2O", "44.5", "1.81")


async def read(bench: Bench, content: bytes, *, as_form: bool = False) -> dict[str, Any]:
    """Upload a form and return its review."""
    document = checked(await bench.upload(content, "form.pdf", as_form=as_form))

    async def ended() -> Any:
        found = checked(await bench.robin.get(f"/api/extractions/{document['extraction_id']}"))
        return found if found["state"] not in ("queued", "reading") else None

    extraction = await bench.product.eventually(ended)
    assert extraction["state"] == "needs_review", extraction
    return await review_of(bench, extraction["id"])


async def review_of(bench: Bench, extraction_id: str) -> dict[str, Any]:
    found: dict[str, Any] = checked(await bench.alice.get(f"/api/extractions/{extraction_id}/review"))
    return found


def values(review: Any) -> list[Any]:
    """Return all values of a form."""
    return [*review["fields"], *(each for row in review["rows"] for each in row["values"])]


async def submission_of(bench: Bench, review: Any) -> Any:
    """Return the submission of an accepted form, once it is checked."""

    async def made() -> Any:
        asked = {"extraction_id": review["extraction_id"]}
        items = checked(await bench.alice.get("/api/submissions", params=asked))["items"]
        return items[0] if items and items[0]["status"] == "under_review" else None

    code = (await bench.product.eventually(made))["code"]
    return checked(await bench.alice.get(f"/api/submissions/{code}"))


def value(review: Any, field: str, row: int | None = None) -> Any:
    there = review["fields"] if row is None else review["rows"][row - 1]["values"]
    return next(each for each in there if each["field"] == field)


async def decide(by: httpx.AsyncClient, review: Any, *decisions: Any) -> httpx.Response:
    return await by.post(f"/api/extractions/{review['extraction_id']}/decisions", json={"decisions": list(decisions)})


def said(value: Any, action: str, text: str = "") -> dict[str, Any]:
    return {"value_id": value["id"], "action": action, "text": text, "version": value["version"]}


async def end(by: httpx.AsyncClient, review: Any, what: str, **said: Any) -> httpx.Response:
    headers = {"If-Match": f'"v{review["version"]}"'}
    return await by.post(f"/api/extractions/{review['extraction_id']}/{what}", json=said, headers=headers)


async def test_a_form_is_read_looked_at_and_becomes_a_submission(bench: Bench) -> None:
    review = await read(bench, form([*rows(2), DOUBTFUL]))
    volume = value(review, "volume_ul", 3)
    assert (volume["state"], volume["raw"], volume["value"], volume["page"]) == ("needs_review", "2O", None, 1)
    assert volume["doubt"]
    left, top, right, bottom = volume["box"]
    assert 0 < left < right < review["pages"][0]["width_pt"]
    assert 0 < top < bottom < review["pages"][0]["height_pt"]

    waiting = await end(bench.alice, review, "acceptance")
    assert (waiting.status_code, waiting.json()["type"].rpartition("/")[2]) == (409, "needs-review")
    doubts = [each for each in [*review["fields"], *review["rows"][2]["values"]] if each["state"] == "needs_review"]
    others = [said(each, "confirm") for each in doubts if each["id"] != volume["id"]]
    told = checked(await decide(bench.alice, review, said(volume, "correct", "20 µL"), *others))
    assert told["to_check"] == 0
    review = await review_of(bench, review["extraction_id"])
    corrected = value(review, "volume_ul", 3)
    assert (corrected["state"], corrected["value"], corrected["was"]) == ("corrected", 20, "2O")
    checked(await end(bench.alice, review, "acceptance"))
    shown = await submission_of(bench, review)
    assert shown["row_count"] == 3
    assert (shown["requester_name"], shown["external_id"]) == ("Robin Vantage", "QX-901")
    row = checked(await bench.alice.get(f"/api/submissions/{shown['code']}/rows/3"))
    assert row["values"]["volume_ul"] == 20


async def test_what_was_decided_is_taken_back_and_what_cannot_be_is_refused(bench: Bench) -> None:
    review = await read(bench, form([DOUBTFUL]))
    volume = value(review, "volume_ul", 1)
    wrong = await decide(bench.alice, review, said(volume, "correct", "plenty"))
    assert wrong.status_code == 422, wrong.text
    assert "Volume" in wrong.json()["detail"]
    unread = await decide(bench.alice, review, said(volume, "confirm"))
    assert (unread.status_code, "cannot be confirmed" in unread.json()["detail"]) == (422, True)
    assert value(await review_of(bench, review["extraction_id"]), "volume_ul", 1)["version"] == volume["version"]

    checked(await decide(bench.alice, review, said(volume, "correct", "2,5")))
    now = value(await review_of(bench, review["extraction_id"]), "volume_ul", 1)
    assert now["value"] == 2.5
    assert (await decide(bench.alice, review, said(volume, "confirm"))).status_code == 412
    checked(await decide(bench.alice, review, said(now, "undo")))
    back = value(await review_of(bench, review["extraction_id"]), "volume_ul", 1)
    assert (back["state"], back["raw"], back["was"]) == ("needs_review", "2O", None)


async def test_two_reviewers_do_not_overwrite_each_other(bench: Bench, product: Product) -> None:
    review = await read(bench, form(rows(2)))
    other = await product.client("technician")
    path = f"/api/extractions/{review['extraction_id']}"
    checked(await bench.alice.post(f"{path}/reviewer", json={}))
    volume = value(review, "volume_ul", 1)
    refused = await decide(other, review, said(volume, "correct", "7"))
    assert refused.status_code == 409
    assert "is reviewing this form" in refused.json()["detail"]
    assert (await other.post(f"{path}/reviewer", json={})).status_code == 409
    taken = checked(await other.post(f"{path}/reviewer", json={"take_over": True}))
    assert taken["reviewer"]["mine"]
    checked(await decide(other, review, said(volume, "correct", "7")))
    assert (await decide(bench.alice, review, said(volume, "correct", "8"))).status_code == 409
    checked(await other.delete(f"{path}/reviewer"))
    both = await asyncio.gather(
        *(decide(by, review, said(value(review, "volume_ul", 2), "correct", "9")) for by in (bench.alice, other))
    )
    assert sorted(each.status_code for each in both) == [200, 409]


async def test_a_row_that_is_no_sample_is_left_out_and_a_form_is_refused_with_a_reason(bench: Bench) -> None:
    review = await read(bench, form([*rows(1), ("Note", "40", "", "")]))
    path = f"/api/extractions/{review['extraction_id']}"
    checked(await bench.alice.post(f"{path}/rows/2", json={"dropped": True, "version": 1}))
    assert (await bench.alice.post(f"{path}/rows/2", json={"dropped": True, "version": 1})).status_code == 412
    assert (await bench.alice.post(f"{path}/rows/9", json={"dropped": True, "version": 1})).status_code == 404
    review = await review_of(bench, review["extraction_id"])
    assert [row["dropped"] for row in review["rows"]] == [False, True]
    ended = checked(await end(bench.alice, review, "rejection", reason="The form is of another facility."))
    assert (ended["state"], ended["error"]) == ("refused", "The form is of another facility.")
    late = await decide(bench.alice, review, said(value(review, "volume_ul", 1), "confirm"))
    assert (late.status_code, "was refused" in late.json()["detail"]) == (409, True)


async def test_only_the_laboratory_decides_and_only_the_lab_sees_it(bench: Bench, product: Product) -> None:
    review = await read(bench, form(rows(1)))
    path = f"/api/extractions/{review['extraction_id']}"
    assert checked(await bench.robin.get(f"{path}/review"))["rows"]
    assert (await bench.robin.post(f"{path}/reviewer", json={})).status_code == 403
    stranger = await product.client("submitter")
    for what in ("review", "texts"):
        assert (await stranger.get(f"{path}/{what}")).status_code == 404
    assert (await stranger.get(f"/api/documents/{review['document_id']}/pages/1")).status_code == 404
    texts = checked(await bench.robin.get(f"{path}/texts"))["pages"]
    assert "QX_01" in texts[0]


async def test_a_page_is_shown_as_a_picture_and_again_from_what_is_kept(bench: Bench) -> None:
    review = await read(bench, form(rows(1)))
    path = f"/api/documents/{review['document_id']}/pages"
    first = await bench.robin.get(f"{path}/1")
    assert (first.status_code, first.headers["content-type"]) == (200, "image/png")
    assert first.content[:4] == b"\x89PNG"
    assert (await bench.robin.get(f"{path}/1")).content == first.content
    missing = await bench.robin.get(f"{path}/2")
    assert (missing.status_code, missing.json()["detail"]) == (404, "The document has 1 pages.")


async def test_each_decision_is_in_the_audit_log(bench: Bench, product: Product) -> None:
    review = await read(bench, form([DOUBTFUL]))
    checked(await decide(bench.alice, review, said(value(review, "volume_ul", 1), "correct", "20")))
    auditor = await product.client("auditor")

    async def told() -> Any:
        asked = {"object_id": review["extraction_id"], "type": "ai.form_values_decided"}
        return checked(await auditor.get("/api/audit/entries", params=asked))["items"]

    (entry,) = await product.eventually(told)
    assert entry["changes"] == [{"field": "volume_ul", "before": "2O", "after": "20"}]


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", b"%PDF-1.4\n" + b"\0" * 500])
async def test_a_damaged_form_ends_with_a_sentence(bench: Bench, content: bytes) -> None:
    document = checked(await bench.upload(content, "form.pdf"))

    async def refused() -> Any:
        found = checked(await bench.robin.get(f"/api/extractions/{document['extraction_id']}"))
        return found if found["state"] == "refused" else None

    assert (await bench.product.eventually(refused))["error"].endswith(".")
