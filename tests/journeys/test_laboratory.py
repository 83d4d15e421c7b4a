"""The journey of 96 samples through the whole laboratory, by people at their screens."""

from pathlib import Path

import pytest

from tests.harness.product import Product
from tests.journeys import delivering, preparing, receiving, sequencing
from tests.journeys.hands import Hands
from tests.services.sample.desk import charged
from tests.web.conftest import Bench, OpenWindow

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(600)]

STAGES = [
    "expected", "received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run",
    "basecalling", "quality_assessment", "data_delivery", "delivered", "archived",
]  # fmt: skip


async def test_ninety_six_samples_go_from_their_manifest_to_the_customer(
    product: Product, window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    await charged(product, bench.project)
    customer = await window("submitter", labs=(bench.lab["id"],))
    hands = Hands(
        product=product,
        bench=bench,
        window=window,
        page=await window("technician"),
        manager=await window("facility_manager"),
        program=await product.client("technician"),
        folder=tmp_path,
    )
    await receiving.sent(hands, customer)
    await receiving.accepted(hands, customer)
    await receiving.received(hands)
    await receiving.stored(hands)
    await preparing.measured(hands)
    await preparing.planned(hands)
    await preparing.prepared(hands)
    await preparing.pooled(hands)
    # A session of a program lasts some minutes.
    hands.program = await product.client("technician")
    await sequencing.loaded(hands)
    await sequencing.ran(hands)
    await sequencing.called(hands)
    await sequencing.decided(hands)
    delivery = await delivering.prepared(hands)
    address = await delivering.released(hands, delivery)
    await delivering.received(hands, delivery, address)

    assert await hands.stages() == {"archived"}
    assert await delivering.told(hands, await product.client("auditor")) == STAGES[1:]
