"""A sample is done when the sum of all loads reaches its target; else a top-up is proposed and the customer is told."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.harness.product import Product, checked
from tests.runfolders import vintages
from tests.services.sample.desk import Desk, opened, row, seen
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.told import folder_of, told

_HANDLED = """SELECT w.sequence = r.next_sequence - 1
        AND NOT EXISTS (SELECT FROM outbox o WHERE o.position <> ALL (r.batch))
    FROM watermark w CROSS JOIN outbox_relay r WHERE w.source = 'sample' AND r.source = 'sample'"""
ADDRESS = "short-of-data@lab.example"
READS = vintages.draw(200)
#: What one load gives of the sample's barcode.
GIVEN_BP = sum(read.length for read in READS if read.barcode == "barcode01" and read.passed)


async def test_capability_10_two_loads_that_are_short_propose_a_top_up_and_mail_it_once(
    product: Product, tmp_path: Path
) -> None:
    desk, made, cache = await opened(product), await pooling(product), tmp_path / "cache"
    submission, sample = await _accepted(desk, target="50x", genome_size=f"{2 * GIVEN_BP / 46_000:.6f} kb")
    pool = await _pool(made, sample)
    first, second = await planned(made, pool), await planned(made, pool)

    await told(made, first, folder_of(tmp_path / "1", first, READS, protocol_run_id=_protocol(1)), cache)
    once = await _yield(made, sample)
    folder = folder_of(tmp_path / "2", second, READS, protocol_run_id=_protocol(2))
    await told(made, second, folder, cache)

    twice = await _yield(made, sample)
    assert [round(50 * each["share"]) for each in (once, twice)] == [23, 46]
    assert (twice["state"], len(twice["runs"]), len(twice["flow_cells"])) == ("top_up_proposed", 2, 2)
    mail = await product.eventually(lambda: _mail(desk, submission))
    assert mail["recipient"] == ADDRESS
    (folder / "report_PAX12345.html").write_text("Looked at.")
    await told(made, second, folder, cache)
    assert await product.eventually(lambda: _handled(product))
    assert len(await _mails(desk, submission)) == 1, "the first run was not the last one, and the second is told once"
    (letter,) = [each for each in product.postbox.to(ADDRESS) if "fewer data" in str(each["Subject"])]
    assert second["code"] in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_capability_10_only_a_person_accepts_what_is_short(product: Product) -> None:
    desk = await opened(product)
    _, sample = await _accepted(desk, target="50x", genome_size="1 Mb")
    path = f"/api/samples/{sample['code']}/records"
    said = {"kind": "decision", "verdict": "accept_as_is", "reason": "It will do."}

    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    asked = {"name": "Script", "roles": ["technician"], "expires_at": until}
    token = checked(await desk.staff.post("/api/tokens", json=asked))["token"]

    async with httpx.AsyncClient(base_url=product.base_url) as program:
        program.headers["Authorization"] = f"Bearer {token}"
        refused = await program.post(path, json=said)

    assert refused.status_code == 403, refused.text


def _protocol(number: int) -> str:
    return f"{secrets.token_hex(4)}-2222-4333-8444-{number:012}"


async def _accepted(desk: Desk, **header: Any) -> tuple[Any, Any]:
    submission = await desk.under_review(row(), requester_email=ADDRESS, **header)
    path = f"/api/submissions/{submission['id']}/acceptance"
    checked(await desk.staff.post(path, json={}, headers=seen(submission)))
    (sample,) = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))["items"]
    return submission, sample


async def _pool(made: Pooling, sample: Any) -> Any:
    now = checked(await made.manager.get(f"/api/samples/{sample['code']}"))
    for to in ("received", "sample_qc", "library_prep"):
        step = {"to": to, "reason": "A test of yields.", "override": True}
        now = checked(await made.manager.post(f"/api/samples/{now['code']}/transitions", json=step, headers=seen(now)))
    other = await made.library(await made.sample(), 2)
    return await made.pool(await made.library(now, 1), other)


async def _yield(made: Pooling, sample: Any) -> Any:
    return checked(await made.manager.get(f"/api/samples/{sample['code']}/yield"))


async def _mails(desk: Desk, submission: Any) -> list[Any]:
    found = checked(await desk.staff.get("/api/mails", params={"submission_id": submission["id"]}))["items"]
    return [each for each in found if each["kind"] == "fewer_data"]


async def _mail(desk: Desk, submission: Any) -> Any:
    found = await _mails(desk, submission)
    return found[0] if found and found[0]["state"] == "sent" else None


async def _handled(product: Product) -> bool:
    """Tell whether the service handled all that it announced so far."""
    async with product.db("sample") as connection:
        return bool(await connection.fetchval(_HANDLED))
