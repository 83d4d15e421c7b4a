"""What dashboards are told of the laboratory: queues, ends, times, yields."""

import math
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from nanopore_tracking.services.sample.board import jobs, store
from nanopore_tracking.services.sample.board.model import Ended, Figures, Yield
from tests.harness.engines import TestEngines
from tests.harness.laboratory import RECORDS, Laboratory
from tests.harness.laboratory import laboratory as opened


@pytest.fixture
async def empty(engines: TestEngines) -> AsyncIterator[Laboratory]:
    """A laboratory of this test's own, as everything in it is counted."""
    async with opened(engines) as found:
        yield found


async def _figures(of: Laboratory) -> Figures:
    return await store.figures(of.db, of.at)


def _told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"laboratory_{name}", {"service": "sample", **labels})


async def _deliver(of: Laboratory, sample_id: UUID, *, after_days: int) -> None:
    """Receive a sample, and deliver it days later without having worked on it."""
    for stage in (
        *("received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run"),
        *("basecalling", "quality_assessment", "data_delivery"),
    ):
        await of.move(sample_id, stage, reason="A test of times.", override=True, may=True)
    of.later(days=after_days)
    await of.move(sample_id, "delivered", reason="A test of times.", override=True, may=True)


async def test_queues_and_how_long_the_first_has_been_in_one(empty: Laboratory) -> None:
    await empty.register()
    empty.later(hours=3)
    second = await empty.register()
    await empty.move(second, "on_hold", reason="The tube leaks.")
    empty.later(hours=1)

    figures = await _figures(empty)

    assert {key: queue.samples for key, queue in figures.queues.items()} == {
        ("expected", "queued"): 1,
        ("expected", "on_hold"): 1,
    }
    assert figures.longest_s("expected", empty.at) == 4 * 3600
    assert figures.longest_s("received", empty.at) == 0


async def test_ends_and_times_since_receipt_within_thirty_days(empty: Laboratory) -> None:
    for days in (2, 6, 10):
        await _deliver(empty, await empty.register(), after_days=days)
    failed = await empty.register()
    await empty.move(failed, "failed", reason="No DNA in it.")

    figures = await _figures(empty)
    assert figures.ended["failed"] == Ended(samples=1, took_s=None)
    assert figures.ended["delivered"].samples == 3
    half, most = figures.ended["delivered"].took_s or (0, 0)
    assert half == pytest.approx(6 * 86400)
    assert most == pytest.approx(9.2 * 86400)

    empty.later(days=25)
    assert (await _figures(empty)).ended["delivered"].samples == 1
    empty.later(days=6)
    assert (await _figures(empty)).ended == {}


async def test_yields_are_of_the_samples_own_barcode(empty: Laboratory) -> None:
    mine = {"barcode": "barcode02", "reads": 10, "bases_pass_bp": 3_000, "n50_bp": 300, "mean_q": 20}
    others = [mine | {"barcode": name, "bases_pass_bp": 999_999} for name in ("barcode01", "unclassified")]
    plexed, alone = await empty.register(), await empty.register()
    await _called(empty, plexed, {"kit": "SQK-NBD114-24", "barcodes": [{"barcode": "barcode02"}]}, [*others, mine])
    await _called(empty, alone, {}, [RECORDS["basecalling"]["read_sets"][0] | {"bases_pass_bp": 1_000, "mean_q": 12}])

    assert (await _figures(empty)).read == Yield(samples=2, bases_bp=4_000, mean_q=18)
    empty.later(days=31)
    assert (await _figures(empty)).read == Yield()


async def _called(of: Laboratory, sample_id: UUID, library: dict[str, Any], read_sets: list[dict[str, Any]]) -> None:
    for stage in ("received", "sample_qc", "library_prep"):
        await of.move(sample_id, stage, reason="A test of yields.", override=True, may=True)
    await of.library(sample_id, **library)
    for stage in ("library_qc", "sequencing_setup", "sequencing_run", "basecalling"):
        await of.move(sample_id, stage, reason="A test of yields.", override=True, may=True)
    await of.record(sample_id, "basecalling", read_sets=read_sets)


async def test_what_has_become_empty_is_told_as_nought(empty: Laboratory) -> None:
    await _deliver(empty, await empty.register(), after_days=2)
    await empty.register()
    jobs.tell("sample", await _figures(empty), empty.at)
    assert _told("samples", stage="expected", status="queued") == 1
    assert _told("ended_samples", outcome="delivered") == 1
    assert _told("turnaround_seconds", quantile="0.9") == pytest.approx(2 * 86400)

    jobs.tell("sample", Figures(), empty.at)

    assert _told("samples", stage="expected", status="queued") == 0
    assert _told("longest_stay_seconds", stage="expected") == 0
    assert _told("submissions", status="under_review") == 0
    assert _told("ended_samples", outcome="delivered") == 0
    assert math.isnan(_told("turnaround_seconds", quantile="0.9") or 0)
    assert _told("passed_bases") == 0
