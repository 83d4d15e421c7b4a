"""Capability 16: charges come from facts: libraries, flow cells, runs, SUP basecalling; each is charged once."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from nanopore_tracking.services.sample.billing import model, store
from tests.harness.engines import TestEngines
from tests.harness.laboratory import Laboratory
from tests.harness.laboratory import laboratory as opened
from tests.harness.product import Product, checked
from tests.harness.ways import fulfil
from tests.services.sample.desk import seen
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.shelf import checked_cell, instrument
from tests.services.sample.test_capability_16_charges import statement


async def _do(made: Pooling, code: str, what: str, **body: Any) -> Any:
    now = checked(await made.manager.get(f"/api/runs/{code}"))
    return checked(await made.manager.post(f"/api/runs/{code}/{what}", json=body or None, headers=seen(now)))


async def _sequenced(product: Product, made: Pooling, pool: Any, *, end: str = "completed", **said: Any) -> None:
    """Plan a run of a pool, start it, load the flow cell and end it."""
    cell, box = await checked_cell(made.manager), await instrument(made.manager)
    asked = {"pool": pool["code"], "flow_cell": cell["flow_cell_id"], "position_id": box["positions"][0]["id"]}
    run = checked(await made.manager.post("/api/runs", json={**asked, "volume_ul": 5, **said}))
    await _do(made, run["code"], "start")

    async def starting() -> bool:
        return bool(checked(await made.manager.get(f"/api/runs/{run['code']}"))["state"] == "starting")

    await product.eventually(starting)
    load = {"kind": "load", "pool": pool["code"], "volume_ul": 5, "run": run["code"]}
    checked(await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json=load))
    again = {**load, "kind": "reload", "volume_ul": 1}
    checked(await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json=again))
    await _do(made, run["code"], "transitions", to="running", protocol_run_id=f"p-{run['code']}")
    await _do(made, run["code"], "transitions", to=end, reason="It ended.")
    await _do(made, run["code"], "transitions", to="analysed")


async def _moved(made: Pooling, sample: Any, *stages: str) -> None:
    path = f"/api/samples/{sample['code']}"
    for to in stages:
        now = checked(await made.manager.get(path))
        step = {"to": to, "reason": "A test of charges.", "override": True}
        checked(await made.manager.post(f"{path}/transitions", json=step, headers=seen(now)))


async def _lines(product: Product, made: Pooling) -> tuple[Any, set[tuple[str, int, int]]]:
    project = checked(await made.manager.get(f"/api/projects/{made.project_id}"))
    found = await statement(product, project["lab_id"])
    assert found["rebuilt"]
    return found, {(each["item"], each["quantity"], each["amount_cents"]) for each in found["lines"]}


async def test_capability_16_a_pool_is_charged_by_its_libraries_its_flow_cell_and_its_run(product: Product) -> None:
    made = await pooling(product)
    samples = [await made.sample() for _ in range(3)]
    pool = await made.pool(*[await made.library(sample, number + 1) for number, sample in enumerate(samples)])
    assert (await _lines(product, made))[1] == {("library-prep", 3, 28_500)}

    await _sequenced(product, made, pool)
    found, lines = await _lines(product, made)
    assert lines == {("library-prep", 3, 28_500), ("flow-cell", 3, 75_000), ("sequencing-run", 3, 36_000)}
    assert (found["total_cents"], found["without_code"]) == ({"EUR": 139_500}, 0)
    await _moved(made, samples[0], "library_qc", "sequencing_setup", "sequencing_run", "basecalling")
    assert (await _lines(product, made))[1] == lines, "a stage that was passed tells the same"


async def test_capability_16_a_run_that_failed_or_is_the_facilitys_own_is_not_charged(product: Product) -> None:
    made = await pooling(product)
    pool = await made.pooled(1)
    await _sequenced(product, made, pool, purpose="qc")
    assert (await _lines(product, made))[1] == {("library-prep", 1, 9_500)}

    await _sequenced(product, made, pool, end="failed")
    assert (await _lines(product, made))[1] == {("library-prep", 1, 9_500), ("flow-cell", 1, 75_000)}


async def test_capability_16_sup_basecalling_is_charged_once_for_each_model(product: Product) -> None:
    made = await pooling(product)
    sample = await made.sample()
    path = f"/api/samples/{sample['code']}"
    await _moved(made, sample, "library_qc", "sequencing_setup", "sequencing_run", "basecalling")
    reads = [{"reads": 10, "bases_pass_bp": 10_000, "n50_bp": 1_000, "mean_q": 18.0}]
    for name in ("hac@v5.2.0", "sup@v5.2.0", "sup@v5.2.0", "sup@v5.0.0"):
        said = {"kind": "basecalling", "model": f"dna_r10.4.1_e8.2_400bps_{name}", "read_sets": reads}
        checked(await made.manager.post(f"{path}/records", json=said))

    assert (await _lines(product, made))[1] == {("sup-basecalling", 2, 5_000)}, "and no stage that was passed over"


async def _facts(laboratory: Laboratory) -> Counter[str]:
    """Return how many facts of which kind were charged; the same are found when they are made again."""
    begins, ends = laboratory.at - timedelta(days=30), laboratory.at + timedelta(days=1)
    events = await store.month_of(laboratory.db, laboratory.lab_id, begins=begins, ends=ends)
    again = await store.rebuild(laboratory.db, laboratory.lab_id, begins=begins, ends=ends)
    assert store.told(events) == store.told(again)
    return Counter(event.fact for event in events)


async def _through(laboratory: Laboratory, sample_id: UUID, *stages: str) -> None:
    for here in stages:
        await fulfil(laboratory, sample_id, here)
        await _on(laboratory, sample_id)


async def _on(laboratory: Laboratory, sample_id: UUID) -> None:
    stages = ("expected", "received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run")
    here = (await laboratory.show(sample_id)).stage
    await laboratory.move(sample_id, (*stages, "basecalling")[stages.index(here) + 1])
    laboratory.later(seconds=1)


async def _from_now_on(laboratory: Laboratory, moment: Any) -> None:
    async with laboratory.owner() as owner:
        await owner.execute("UPDATE billing_change SET moment = $1", moment)


@pytest.fixture(name="laboratory")
async def _laboratory(engines: TestEngines) -> AsyncIterator[Laboratory]:
    """A laboratory of this test alone, which changes since when work is charged by facts."""
    async with opened(engines) as found:
        yield found


async def test_capability_16_a_library_that_is_prepared_anew_is_charged_once(laboratory: Laboratory) -> None:
    await _from_now_on(laboratory, laboratory.at)
    laboratory.later(seconds=1)
    sample = await laboratory.register(material="HMW gDNA")
    await _through(laboratory, sample, "expected", "received", "sample_qc")
    library = await laboratory.library(sample)
    assert await _facts(laboratory) == {"library.made": 1}

    await laboratory.step_library(library["code"], "planned", reason="Ticked by mistake.")
    laboratory.later(seconds=1)
    await laboratory.step_library(library["code"], "prepared")

    assert await _facts(laboratory) == {"library.made": 1}


async def test_capability_16_what_was_charged_before_stays_and_nothing_is_charged_twice(laboratory: Laboratory) -> None:
    await _from_now_on(laboratory, laboratory.at + timedelta(days=300))
    early = ("expected", "received", "sample_qc")
    old, between = await laboratory.register(material="HMW gDNA"), await laboratory.register(material="HMW gDNA")
    await _through(laboratory, old, *early, "library_prep")
    await _through(laboratory, between, *early)
    await fulfil(laboratory, between, "library_prep")
    planned = await laboratory.register(material="HMW gDNA")
    await _through(laboratory, planned, *early)
    ended = {"operator": "alice", "finished_at": "2026-11-20T10:00:00Z"}
    library = await laboratory.library(planned, prepared=False, **ended)
    assert await _facts(laboratory) == {"library_prep.passed": 1}

    await _from_now_on(laboratory, laboratory.at)
    laboratory.later(seconds=1)
    await _on(laboratory, between)
    assert await _facts(laboratory) == {"library_prep.passed": 2}, "its library was made before and not charged then"
    await laboratory.step_library(library["code"], "prepared")
    await _on(laboratory, planned)
    assert await _facts(laboratory) == {"library_prep.passed": 2, "library.made": 1}
    new = await laboratory.register(material="HMW gDNA")
    await _through(laboratory, new, *early, "library_prep")
    assert await _facts(laboratory) == {"library_prep.passed": 2, "library.made": 2}
    await _through(laboratory, new, "library_qc", "sequencing_setup", "sequencing_run")
    assert (await _facts(laboratory))["sequencing_run.passed"] == 1, "its run was recorded by hand"


@pytest.mark.parametrize(("cents", "parts"), [(75_000, 24), (100, 3), (2, 5), (0, 4)])
def test_the_shares_of_a_price_are_the_price(cents: int, parts: int) -> None:
    shares = [model.share(cents, part, parts) for part in range(parts)]

    assert sum(shares) == cents
    assert max(shares) - min(shares) <= 1
