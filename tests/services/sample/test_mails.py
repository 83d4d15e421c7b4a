"""Mails to customers through a real mail server: what is told, tried again, given up."""

import re
from typing import Any
from uuid import uuid4

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen

FOR_EVER = "550 no such person"
FOR_NOW = "451 not now"


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


def _address() -> str:
    return f"{uuid4().hex[:10]}@lab.example"


async def _log(desk: Desk, submission: Any) -> list[dict[str, Any]]:
    found = checked(await desk.staff.get("/api/mails", params={"submission_id": submission["id"], "sort": "created"}))
    return list(found["items"])


async def _ended(product: Product, desk: Desk, submission: Any, number: int = 1) -> list[dict[str, Any]]:
    async def ended() -> Any:
        found = [mail for mail in await _log(desk, submission) if mail["state"] != "waiting"]
        return found if len(found) >= number else None

    return list(await product.eventually(ended))


async def test_who_asked_is_told_of_receipt_and_acceptance_with_a_link_that_works(product: Product, desk: Desk) -> None:
    address = _address()
    submission = await desk.under_review(row(), requester_email=address)
    (received,) = await _ended(product, desk, submission)
    accepted = checked(
        await desk.staff.post(f"/api/submissions/{submission['id']}/acceptance", json={}, headers=seen(submission))
    )
    assert accepted["status"] == "accepted"
    await _ended(product, desk, submission, 2)
    first, second = product.postbox.to(address)

    assert (received["kind"], received["state"], received["attempts"]) == ("received", "sent", 1)
    assert submission["code"] in str(first["Subject"])
    assert "accepted" in str(second["Subject"])
    assert first["Auto-Submitted"] == "auto-generated"
    plain, html = (first.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    (path,) = re.findall(r"/status/[\w-]{43}", plain.get_content())
    assert path in html.get_content()
    shown = checked(await product.anonymous().get(f"/api{path}"))
    assert (shown["code"], shown["said"]) == (submission["code"], "It is accepted. We wait for your tubes.")


async def test_a_question_goes_out_and_stands_on_the_page_of_its_link_until_it_is_answered(
    product: Product, desk: Desk
) -> None:
    address = _address()
    submission = await desk.under_review(row(), requester_email=address)
    path = f"/api/submissions/{submission['id']}/questions"
    asked = {"body": "Is 600 the length of the amplicon in bp?"}
    question = checked(await desk.staff.post(path, json=asked, headers=seen(submission)))
    await _ended(product, desk, submission, 2)
    plain = product.postbox.to(address)[1].get_body(("plain",))
    assert plain is not None
    assert asked["body"] in plain.get_content()
    (link,) = re.findall(r"/status/[\w-]{43}", plain.get_content())
    shown = checked(await product.anonymous().get(f"/api{link}"))
    assert [each["question"] for each in shown["questions"]] == [asked["body"]]

    now = seen(await desk.show(submission))
    checked(await desk.submitter.post(f"{path}/{question['id']}/answer", json={"body": "Yes."}, headers=now))

    assert checked(await product.anonymous().get(f"/api{link}"))["questions"] == []


async def test_what_a_submitter_wrote_is_text_in_a_mail_and_nothing_else(product: Product, desk: Desk) -> None:
    address = _address()
    submission = await desk.under_review(row(), requester_email=address)
    asked = {"reason": "<script>alert(1)</script> {code.__class__} too small"}
    checked(
        await desk.staff.post(f"/api/submissions/{submission['id']}/rejection", json=asked, headers=seen(submission))
    )
    await _ended(product, desk, submission, 2)
    html = product.postbox.to(address)[1].get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "{code.__class__} too small" in html.get_content()


async def test_a_mail_that_is_not_taken_now_is_tried_again(product: Product, desk: Desk) -> None:
    address = _address()
    product.postbox.refusals[address] = FOR_NOW
    submission = await desk.under_review(row(), requester_email=address)

    async def tried() -> bool:
        return product.postbox.tries.count(address) >= 2

    await product.eventually(tried)
    (waiting,) = await _log(desk, submission)
    assert waiting["state"] == "waiting"
    del product.postbox.refusals[address]
    (sent,) = await _ended(product, desk, submission)
    assert sent["state"] == "sent"
    assert sent["attempts"] >= 3
    assert len(product.postbox.to(address)) == 1
    links = checked(await desk.staff.get(f"/api/submissions/{submission['id']}/status-links"))["items"]
    assert [link["made_for"] for link in links] == ["mail"]


async def test_a_mail_that_is_refused_for_ever_is_given_up_and_a_person_tries_again(
    product: Product, desk: Desk
) -> None:
    address = _address()
    product.postbox.refusals[address] = FOR_EVER
    submission = await desk.under_review(row(), requester_email=address)
    (failed,) = await _ended(product, desk, submission)
    assert (failed["state"], failed["attempts"]) == ("failed", 1)
    assert "550" in failed["error"]
    assert address not in failed["error"]

    del product.postbox.refusals[address]
    path = f"/api/submissions/{submission['id']}/mails/{failed['id']}/again"
    assert (await desk.submitter.post(path, json={})).status_code == 403
    checked(await desk.staff.post(path, json={}))
    (sent,) = await _ended(product, desk, submission)
    assert sent["state"] == "sent"
    assert (await desk.staff.post(path, json={})).status_code == 409


async def test_without_an_address_there_is_no_mail_and_nobody_sees_those_of_another_lab(
    product: Product, desk: Desk
) -> None:
    silent = await desk.under_review(row())
    told = await desk.under_review(row("QX_02"), requester_email=_address())
    await _ended(product, desk, told)
    assert await _log(desk, silent) == []
    params = {"submission_id": told["id"]}
    assert checked(await desk.submitter.get("/api/mails", params=params))["items"]
    assert checked(await desk.stranger.get("/api/mails", params=params))["items"] == []


async def test_it_is_told_whether_mails_are_sent(desk: Desk) -> None:
    outlet = checked(await desk.staff.get("/api/mails/outlet"))
    assert outlet["enabled"]
    assert (outlet["host"], outlet["sender"]) == ("127.0.0.1", "Sequencing <sequencing@facility.example>")
