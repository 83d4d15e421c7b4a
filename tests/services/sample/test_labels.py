"""Labels: what they say, and that each reaches its printer once, or says why it does not. The printer is a real one."""

import asyncio
import contextlib
import re
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from nanopore_tracking.services.sample.labels import model
from nanopore_tracking.services.sample.layouts.model import Label, Layout
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said, seen
from tests.services.sample.shelves import box, sample, scan

TUBE = "00000000-0000-7000-8000-000000000001"
LAYOUT = Layout(
    id=uuid4(), name="Tube", width_mm=33, height_mm=13, code_mm=9, font_mm=2.2, lines=["code", "name", "date"],
    code_left_mm=1.5, code_top_mm=1.5, text_left_mm=12, text_top_mm=1.5, active=True, version=1,
)  # fmt: skip


@dataclass
class Paper:
    """What a printer took, and the address that it listens on."""

    port: int = 0
    labels: list[str] = field(default_factory=list)


@contextlib.asynccontextmanager
async def _printer(*, hangs_up: bool = True) -> AsyncIterator[Paper]:
    paper, kept = Paper(), []

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        paper.labels.append((await reader.read()).decode())
        kept.append(writer)
        if hangs_up:
            writer.close()

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    paper.port = server.sockets[0].getsockname()[1]
    try:
        yield paper
    finally:
        for writer in kept:
            writer.close()
        server.close()


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _registered(product: Product, port: int, **more: Any) -> Any:
    manager = await product.client("facility_manager")
    asked = {"name": said("Printer"), "host": "127.0.0.1", "port": port, **more}
    return checked(await manager.post("/api/labels/printers", json=asked))


async def _print(desk: Desk, printer: Any, **asked: Any) -> Any:
    return await desk.staff.post("/api/labels/jobs", json={"printer_id": printer["id"], "layout_id": TUBE, **asked})


async def _jobs(desk: Desk, printer: Any) -> list[Any]:
    return list(checked(await desk.staff.get("/api/labels/jobs", params={"printer_id": printer["id"]}))["items"])


def _state(desk: Desk, printer: Any, *wanted: str) -> Any:
    async def reached() -> Any:
        found = await _jobs(desk, printer)
        return found if [job["state"] for job in found] == list(wanted) else None

    return reached


async def test_a_label_reaches_the_printer_once_and_is_in_the_history_of_its_sample(
    desk: Desk, product: Product
) -> None:
    tube = await sample(desk)
    async with _printer() as paper:
        printer = await _registered(product, paper.port)
        checked(await _print(desk, printer, samples=[tube["code"]], copies=3))
        jobs = await product.eventually(_state(desk, printer, "printed"))

    assert [job["code"] for job in jobs] == [tube["code"]]
    assert len(paper.labels) == 1
    assert f"^BXN,5,200^FH_^FD{tube['code']}^FS" in paper.labels[0]
    assert "^PQ3^XZ" in paper.labels[0]
    assert tube["name"] in paper.labels[0]
    async with product.db("audit") as owner:

        async def told() -> Any:
            return await owner.fetchval(
                "SELECT count(*) = 2 FROM entry WHERE subject_id = $1 AND type IN ('label.queued', 'label.printed')",
                tube["id"],
            )

        await product.eventually(told)


async def test_a_printer_that_never_hangs_up_has_taken_the_label_all_the_same(desk: Desk, product: Product) -> None:
    async with _printer(hangs_up=False) as paper:
        printer = await _registered(product, paper.port)
        checked(await desk.staff.post(f"/api/labels/printers/{printer['id']}/test/{TUBE}"))
        await product.eventually(_state(desk, printer, "printed"))

    assert "TEST-0001" in paper.labels[0]


async def test_a_second_label_needs_a_reason(desk: Desk, product: Product) -> None:
    tube = await sample(desk)
    async with _printer() as paper:
        printer = await _registered(product, paper.port)
        checked(await _print(desk, printer, samples=[tube["code"]]))

        refused = await _print(desk, printer, samples=[tube["code"]])

        assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["reason"])
        assert tube["code"] in refused.json()["detail"]
        checked(await _print(desk, printer, samples=[tube["id"]], reason="The first one fell off"))
        jobs = await product.eventually(_state(desk, printer, "printed", "printed"))
    assert [(job["again"], job["reason"]) for job in jobs] == [(True, "The first one fell off"), (False, "")]
    async with product.db("sample") as owner:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute("UPDATE print_job SET reason = '' WHERE again AND sample_id = $1", tube["id"])


async def test_all_tubes_of_a_box_are_labelled_in_their_order(desk: Desk, product: Product) -> None:
    into = await box(desk)
    tubes = [await sample(desk) for _ in range(4)]
    await scan(desk, into, *({"barcode": tube["code"]} for tube in tubes))
    async with _printer() as paper:
        printer = await _registered(product, paper.port)
        told = checked(await _print(desk, printer, box_id=into["id"]))
        await product.eventually(_state(desk, printer, *["printed"] * 4))
        checked(await _print(desk, printer, location_id=into["id"]))
        await product.eventually(_state(desk, printer, *["printed"] * 5))

    assert told["codes"] == [tube["code"] for tube in tubes]
    assert [re.search(r"S\d\d-\d+", label)[0] for label in paper.labels[:4]] == told["codes"]  # type: ignore[index]
    assert into["barcode"] in paper.labels[4]


async def test_what_no_printer_takes_fails_with_a_reason_and_is_retried_by_a_person(
    desk: Desk, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "ATTEMPTS", 1)
    tube = await sample(desk)
    async with _printer() as paper:
        port = paper.port
    printer = await _registered(product, port)
    checked(await _print(desk, printer, samples=[tube["code"]]))
    (job,) = await product.eventually(_state(desk, printer, "failed"))
    assert "cannot be reached" in job["failure"]
    listed = checked(await desk.staff.get("/api/labels/printers", params={"limit": 200}))["items"]
    assert next(item["failed"] for item in listed if item["id"] == printer["id"]) == 1

    async with _printer() as paper:
        manager = await product.client("facility_manager")
        path = f"/api/labels/printers/{printer['id']}"
        checked(await manager.patch(path, json={"port": paper.port}, headers=seen(printer)))
        checked(await desk.staff.post(f"/api/labels/jobs/{job['id']}/retry", headers=seen(job)))
        (job,) = await product.eventually(_state(desk, printer, "printed"))
    again = await desk.staff.post(f"/api/labels/jobs/{job['id']}/retry", headers=seen(job))
    assert again.status_code == 409


async def test_a_label_that_was_being_sent_when_the_service_stopped_waits_for_a_person(
    desk: Desk, product: Product
) -> None:
    tube = await sample(desk)
    async with _printer() as paper:
        printer = await _registered(product, paper.port, dots_per_mm=12)
        manager = await product.client("facility_manager")
        path = f"/api/labels/printers/{printer['id']}"
        off = checked(await manager.patch(path, json={"active": False}, headers=seen(printer)))
        assert (await _print(desk, off, samples=[tube["code"]])).status_code == 409
        checked(await manager.patch(path, json={"active": True}, headers=seen(off)))
        async with product.db("sample") as owner:
            await owner.execute(
                "INSERT INTO print_job (id, printer_id, sample_id, code, copies, again, reason, content, state, "
                "due_at, requested_by, created_at, updated_at) VALUES ($1, $2, $3, $4, 1, false, '', '^XA^XZ', "
                "'sending', now(), 'somebody', now(), now() - interval '5 minutes')",
                uuid4(),
                printer["id"],
                tube["id"],
                tube["code"],
            )
        (job,) = await product.eventually(_state(desk, printer, "failed"))
    assert "Look whether it was printed" in job["failure"]
    assert paper.labels == []


async def test_only_managers_set_up_printers_and_only_staff_print(desk: Desk, product: Product) -> None:
    asked = {"name": said("Printer"), "host": "printer-1"}
    assert (await desk.staff.post("/api/labels/printers", json=asked)).status_code == 403
    assert (await desk.submitter.get("/api/labels/printers")).status_code == 403
    manager = await product.client("facility_manager")
    layout = {"name": said("Layout"), "width_mm": 40, "height_mm": 10, "code_mm": 12, "font_mm": 2, "lines": ["code"]}
    refused = await manager.post("/api/labels/layouts", json=layout)
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["code_mm"])
    made = checked(await manager.post("/api/labels/layouts", json=layout | {"code_mm": 8}))
    path = f"/api/labels/layouts/{made['id']}"
    changed = checked(await manager.patch(path, json={"lines": ["name", "code"]}, headers=seen(made)))
    assert (changed["lines"], changed["version"]) == (["name", "code"], 2)


async def test_the_sheet_is_a_pdf_with_a_page_for_each_label(desk: Desk) -> None:
    tubes = [await sample(desk) for _ in range(3)]

    answer = await desk.staff.get(
        "/api/labels/sheet.pdf", params={"layout_id": TUBE, "samples": [tube["code"] for tube in tubes]}
    )

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer.content.count(b"/Type /Page ") == 3


def test_what_people_typed_is_no_command_to_a_printer_or_a_page() -> None:
    label = Label(code="S26-000001", name="a^XZ~JA_b\\ (c) µ", day=date(2026, 11, 29))

    told = model.zpl(label, LAYOUT, dots_per_mm=8, copies=1)

    assert told.count("^XZ") == 1
    assert "~" not in told
    assert "a_5eXZ_7eJA_5fb_5c (c) µ" in told
    streams = re.findall(rb"stream\n(.*?)\nendstream", model.pdf([label], LAYOUT), re.DOTALL)
    assert b"(a^XZ~JA_b\\\\ \\(c\\) \xb5) Tj" in zlib.decompress(streams[0])


@pytest.mark.parametrize(
    ("address", "own"),
    [("10.1.2.3", True), ("192.168.7.9", True), ("fd00::1", True), ("8.8.8.8", False), ("169.254.169.254", False)],
)
def test_a_printer_is_in_a_private_network(address: str, own: bool) -> None:
    assert model.own_network(address) is own
