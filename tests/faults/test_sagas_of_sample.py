"""Each saga of the sample service is killed at its steps and between them; another process ends it, nothing doubled.

With FAULTS_EVERY_STEP=1, as `make faults` runs it, at every place; else at three of each kind.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.harness.killed import SAGAS, places, undoing
from tests.harness.product import Product, checked
from tests.services.sample.desk import opened, row, seen
from tests.services.sample.pooled import pooling
from tests.services.sample.shelf import checked_cell, instrument
from tests.services.sample.test_capability_11_delivery import ready, released
from tests.services.sample.test_manifest_intake import arrived, manifest, upload

pytestmark = pytest.mark.fault

EVERY = os.environ.get("FAULTS_EVERY_STEP") == "1"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One saga that is killed. subject: the id of what it is about; more: what is looked at afterwards."""

    die: str
    undone: bool
    subject: str
    more: dict[str, str]


def _wanted(saga: str) -> list[tuple[str, bool]]:
    """Return where the sagas of a kind are killed, and whether they are refused their last step."""
    done, undone = places(SAGAS[saga], undone=False), places(SAGAS[saga], undone=True)
    if EVERY:
        return [(place, False) for place in done] + [(place, True) for place in undone]
    return [(done[1], False), (done[-3], False), (undone[-2], True)]


@pytest.fixture
async def idle(product: Product) -> AsyncIterator[None]:
    """The product as it is while no process of its own drives the sagas of the sample service."""
    await product.sagas.stop()
    yield
    await product.sagas.start()


@contextlib.asynccontextmanager
async def _replica(product: Product, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "tests.harness.killed", product.environ["SAMPLES_DB_URL"], str(folder))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _rows(product: Product, service: str, query: str, *values: Any) -> list[dict[str, Any]]:
    async with product.db(service) as db:
        return [dict(found) for found in await db.fetch(query, *values)]


async def _killed(product: Product, saga: str, cases: list[Case], folder: Path) -> dict[str, str]:
    """Let processes drive the sagas, each killed where it shall be, until all have ended; return their ids."""
    query = "SELECT id::text, subject_id FROM saga WHERE type = $1 AND subject_id = ANY($2::text[])"

    async def begun() -> Any:
        found = await _rows(product, "sample", query, saga, [case.subject for case in cases])
        return found if len(found) == len(cases) else None

    ids = {found["subject_id"]: found["id"] for found in await product.eventually(begun)}
    last = SAGAS[saga].steps[-1].name
    plan = {ids[case.subject]: {"die": case.die, "refuse": last if case.undone else ""} for case in cases}
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")
    codes: Counter[int | None] = Counter()
    left = "SELECT id FROM saga WHERE id = ANY($1::uuid[]) AND ended_at IS NULL"
    async with asyncio.timeout(400):
        while await _rows(product, "sample", left, list(plan)):
            async with _replica(product, folder) as process:
                while process.returncode is None and await _rows(product, "sample", left, list(plan)):  # noqa: ASYNC110 (a process that is killed tells nobody)
                    await asyncio.sleep(0.05)
            codes[process.returncode] += 1
    assert codes[-signal.SIGKILL] >= 1, codes
    # A place behind what is kept is passed once: a saga is spared where another one's kill fell into that instant.
    spared = [case for case in cases if not (folder / ids[case.subject]).exists()]
    assert all(case.die.endswith(":kept") for case in spared), spared
    assert 2 * len(spared) < len(cases), spared
    return ids


async def _proven(product: Product, saga: str, saga_id: str, case: Case) -> Counter[str]:
    """See that a saga ended with every step done, or undone, once; return what the log has of what it is about."""
    (found,) = await _rows(product, "sample", "SELECT state FROM saga WHERE id = $1::uuid", saga_id)
    assert found["state"] == ("compensated" if case.undone else "completed"), case
    steps = await _rows(
        product, "sample", "SELECT name, phase FROM saga_step WHERE saga_id = $1::uuid ORDER BY finished_at", saga_id
    )
    names = [step.name for step in SAGAS[saga].steps]
    wanted = [f"{name}:do" for name in (names[:-1] if case.undone else names)]
    wanted += [f"{name}:undo" for name in undoing(SAGAS[saga])] if case.undone else []
    assert [f"{step['name']}:{step['phase']}" for step in steps] == wanted, case
    ended = "saga.compensated" if case.undone else "saga.completed"

    async def logged() -> Any:
        types = await _rows(product, "audit", "SELECT type FROM entry WHERE subject_id = $1", saga_id)
        return types if ended in [item["type"] for item in types] else None

    told = Counter(item["type"] for item in await product.eventually(logged))
    assert told == ({"saga.started": 1, "saga.compensation_started": 1, ended: 1} if case.undone else
                    {"saga.started": 1, ended: 1}), case  # fmt: skip
    types = await _rows(product, "audit", "SELECT type FROM entry WHERE subject_id = $1", case.subject)
    return Counter(item["type"] for item in types)


async def _runs(product: Product) -> list[Case]:
    made = await pooling(product)
    pool, cases = await made.pooled(21), []
    for die, undone in _wanted("run_start"):
        cell, device = await checked_cell(made.manager), await instrument(made.manager)
        asked = {"pool": pool["code"], "volume_ul": 1.0, "flow_cell": cell["flow_cell_id"]}
        asked["position_id"] = device["positions"][0]["id"]
        run = checked(await made.manager.post("/api/runs", json=asked))
        checked(await made.manager.post(f"/api/runs/{run['code']}/start", headers=seen(run)))
        more = {"code": run["code"], "cell": cell["flow_cell_id"]}
        cases.append(Case(die=die, undone=undone, subject=run["id"], more=more))
    return cases


async def _run_ended(product: Product, case: Case, told: Counter[str]) -> None:
    manager = await product.client("facility_manager")
    run = checked(await manager.get(f"/api/runs/{case.more['code']}"))
    cell = checked(await manager.get(f"/api/flow-cells/{case.more['cell']}"))
    held = await _rows(product, "sample", "SELECT run_id FROM run_barcode WHERE run_id = $1::uuid", case.subject)
    sheets = await _rows(product, "sample", "SELECT profile FROM run_sheet WHERE run_id = $1::uuid", case.subject)
    reserved = "SELECT id FROM flow_cell_event WHERE kind = 'reserved' AND details ->> 'run' = $1"
    assert len(await _rows(product, "sample", reserved, case.more["code"])) == 1, case
    assert len({sheet["profile"] for sheet in sheets}) == len(sheets), case
    assert told["run.sheet_issued"] == 1, case
    if case.undone:
        assert (run["state"], cell["held_by"], held) == ("sheet_issued", None, []), case
        assert told["run.moved"] == 1, case
    else:
        assert (run["state"], cell["held_by"], len(held)) == ("starting", run["code"], 1), case
        assert told["run.moved"] == 2, case


async def _deliveries(product: Product) -> list[Case]:
    desk, manager = await opened(product), await product.client("facility_manager")
    cases = []
    for number, (die, undone) in enumerate(_wanted("delivery_handover")):
        submission, code = await ready(desk, manager, requester_email=f"killed{number}@lab.example")
        delivery = await released(desk, manager, code)
        more = {"code": delivery["code"], "sample": code, "submission": submission["id"]}
        cases.append(Case(die=die, undone=undone, subject=delivery["id"], more=more))
    told = "SELECT s.subject_id FROM saga s JOIN saga_signal g ON g.saga_id = s.id WHERE s.subject_id = ANY($1::text[])"

    async def heard() -> bool:
        found = await _rows(product, "sample", told, [case.subject for case in cases])
        return len(found) == 2 * len(cases)

    await product.eventually(heard)
    return cases


async def _delivery_ended(product: Product, case: Case, told: Counter[str]) -> None:
    manager = await product.client("facility_manager")
    delivery = checked(await manager.get(f"/api/deliveries/{case.more['code']}"))
    sample = checked(await manager.get(f"/api/samples/{case.more['sample']}"))
    changes = checked(await manager.get(f"/api/samples/{case.more['sample']}/transitions"))["items"]
    ways = Counter(change["stage"] for change in changes)
    asked = {"submission_id": case.more["submission"]}
    mails = Counter(mail["kind"] for mail in checked(await manager.get("/api/mails", params=asked))["items"])
    assert (told["delivery.released"], ways["delivered"]) == (1, 1), case
    if case.undone:
        assert (delivery["state"], sample["stage"], ways["data_delivery"]) == ("retracted", "data_delivery", 2), case
        assert (mails["released"], told["delivery.state_changed"]) == (0, 2), case
    else:
        assert (delivery["state"], sample["stage"], ways["data_delivery"]) == ("released", "delivered", 1), case
        assert (mails["released"], told["delivery.state_changed"]) == (1, 1), case


async def _intakes(product: Product) -> list[Case]:
    desk, cases = await opened(product), []
    for number, (die, undone) in enumerate(_wanted("submission_intake")):
        name = f"KILLED_{number}"
        await upload(desk.submitter, desk, manifest(row(name, organism="Exampella testii")), f"{name}.csv")
        submission = await desk.show(await arrived(product, desk))
        path, asked = f"/api/submissions/{submission['id']}/acceptance", {"reason": "The submitter was asked."}
        checked(await desk.staff.post(path, json=asked, headers=seen(submission)))
        more = {"reading": submission["source"]["extraction_id"], "code": submission["code"]}
        cases.append(Case(die=die, undone=undone, subject=submission["id"], more=more))
    return cases


async def _intake_ended(product: Product, case: Case, told: Counter[str]) -> None:
    manager = await product.client("facility_manager")
    submission = checked(await manager.get(f"/api/submissions/{case.subject}"))

    async def settled() -> bool:
        reading = checked(await manager.get(f"/api/extractions/{case.more['reading']}"))
        return bool(reading["submission_code"] == (None if case.undone else case.more["code"]))

    await product.eventually(settled)
    assert submission["intake"] == ("undone" if case.undone else "done"), case
    assert told["submission.intake_started"] == 1, case
    assert (told["submission.taken_in"], told["submission.intake_undone"]) == ((0, 1) if case.undone else (1, 0)), case
    claims = await _rows(product, "audit", "SELECT type FROM entry WHERE subject_id = $1", case.more["reading"])
    assert [item["type"] for item in claims].count("ai.extraction_claimed") == 1, case


Begin = Callable[[Product], Awaitable[list[Case]]]
Ended = Callable[[Product, Case, Counter[str]], Awaitable[None]]


@pytest.mark.timeout(500)
@pytest.mark.parametrize(
    ("saga", "begin", "ended"),
    [
        ("run_start", _runs, _run_ended),
        ("delivery_handover", _deliveries, _delivery_ended),
        ("submission_intake", _intakes, _intake_ended),
    ],
)
async def test_a_saga_that_is_killed_at_a_step_is_ended_by_another_process_and_has_each_effect_once(
    product: Product, idle: None, tmp_path: Path, *, saga: str, begin: Begin, ended: Ended
) -> None:
    cases = await begin(product)
    ids = await _killed(product, saga, cases, tmp_path)
    for case in cases:
        await ended(product, case, await _proven(product, saga, ids[case.subject], case))
