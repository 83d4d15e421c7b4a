"""Questions about a form: kept with its review, and asked in the thread of its submission once that is there."""

from typing import Any

from tests.harness.printed import form, rows
from tests.harness.product import checked
from tests.services.ai.conftest import Bench
from tests.services.ai.test_reviews import decide, end, read, said, value, values


async def test_what_a_reviewer_asks_is_asked_in_the_thread_of_the_submission(bench: Bench) -> None:
    review = await read(bench, form(rows(2)))
    path = f"/api/extractions/{review['extraction_id']}/questions"
    organism, comments, volume = value(review, "organism"), value(review, "comments"), value(review, "volume_ul", 2)
    for about, body in ((organism, "Which strain?"), (comments, "A mistake"), (volume, "Is this really 20?")):
        review = checked(await bench.alice.post(path, json={"value_id": about["id"], "body": body}))
    wrong = next(each for each in review["questions"] if each["body"] == "A mistake")
    review = checked(await bench.alice.delete(f"{path}/{wrong['id']}"))
    assert [each["field"] for each in review["questions"]] == ["organism", "volume_ul"]
    robin = await bench.robin.post(path, json={"value_id": organism["id"], "body": "May I?"})
    assert robin.status_code == 403
    strange = await bench.alice.post(path, json={"value_id": review["extraction_id"], "body": "Which one?"})
    assert strange.status_code == 404

    doubts = [said(each, "confirm") for each in values(review) if each["state"] == "needs_review"]
    if doubts:
        review |= {"version": checked(await decide(bench.alice, review, *doubts))["version"]}
    checked(await end(bench.alice, review, "acceptance"))

    async def asked() -> Any:
        asking = {"extraction_id": review["extraction_id"]}
        items = checked(await bench.robin.get("/api/submissions", params=asking))["items"]
        return items[0] if items and items[0]["status"] == "questions_to_customer" else None

    submission = await bench.product.eventually(asked)
    thread = checked(await bench.robin.get(f"/api/submissions/{submission['code']}/messages"))["items"]
    assert len(thread) == 1
    assert thread[0]["body"].splitlines() == [
        "About the form form.pdf:",
        "Source organism (on the form: “Exampella testii”): Which strain?",
        "Volume, row 2 (on the form: “20”): Is this really 20?",
    ]
    assert thread[0]["written_by"].startswith("Person")
    late = await bench.alice.post(path, json={"value_id": organism["id"], "body": "And now?"})
    assert late.status_code == 409
