"""The sample service's own copies of the catalogues, as the config service ships and publishes them."""

import contextlib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from nanopore_tracking.contracts.events.config import CataloguePublished
from nanopore_tracking.services.sample.catalogue import commands, store
from nanopore_tracking.services.sample.catalogue.model import Catalogue
from nanopore_tracking.services.sample.checks.model import rules
from tests.harness.laboratory import Laboratory
from tests.harness.product import Product, checked

TODAY = datetime.now(UTC).date()


@pytest.fixture
async def shipped(laboratory: Laboratory) -> Catalogue:
    """The catalogues as they are shipped."""
    return await store.current(laboratory.db, TODAY)


def test_shipped_kits_are_found_in_every_spelling_of_the_form(shipped: Catalogue) -> None:
    for written, code, capacity, cuts in (
        ("Ligation Sequencing (SQK-LSK114)", "SQK-LSK114", None, False),
        ("Ligation Sequencing with Barcoding (SQK-NBD114.96)", "SQK-NBD114-96", 96, False),
        ("Rapid Sequencing (SQK-RAD114)", "SQK-RAD114", None, True),
        ("Rapid Sequencing with Barcoding (SQK-RBK114.24)", "SQK-RBK114-24", 24, True),
    ):
        kit = shipped.kit(written)
        assert kit is not None
        assert (kit.code, kit.capacity, kit.fragmentation == "transposase") == (code, capacity, cuts)
        assert kit.flow_cells


def test_a_flow_cell_is_meant_by_its_code_or_its_device(shipped: Catalogue) -> None:
    assert [cell.code for cell in shipped.flow_cells_meant("FLO-PRO114M")] == ["FLO-PRO114M"]
    meant = shipped.flow_cells_meant("MinION Flow Cell")
    assert len(meant) > 1
    assert {cell.device for cell in meant} == {"MinION"}
    assert shipped.flow_cells_meant("something else") == []


def test_the_limits_of_rows_are_those_that_are_shipped(shipped: Catalogue) -> None:
    header = {"kit_requested": "SQK-NBD114.24", "material": "", "service_type": "ont-dna"}
    found = rules(header, shipped)
    assert found.dna.least_volume_ul == 10
    assert (found.dna.least_a260_a280, found.rna.least_a260_a280) == (1.75, 1.95)
    assert found.kit is not None
    assert found.kit.capacity == 24


def event(version: int, effective_from: date) -> CataloguePublished:
    entries: list[dict[str, Any]] = [{"code": f"KIT-{version}", "material": "DNA", "new_field": 1}]
    return CataloguePublished(
        catalogue="kits", catalogue_version=version, effective_from=effective_from, entries=entries
    )


async def test_every_version_is_kept_and_the_newest_in_effect_counts(laboratory: Laboratory) -> None:
    class Undone(Exception):
        """Rolls the test's versions back."""

    with contextlib.suppress(Undone):
        async with laboratory.db.transaction(laboratory.call()) as tx:
            await commands.keep(tx, event(2, date(2026, 11, 2)))
            await commands.keep(tx, event(2, date(2026, 11, 2)))
            await commands.keep(tx, event(3, date(2999, 1, 1)))
            counts = await store.current(tx, date(2026, 12, 1))
            assert ([kit.code for kit in counts.kits], counts.versions["kits"]) == (["KIT-2"], 2)
            assert (await store.current(tx, date(2999, 1, 1))).versions["kits"] == 3
            raise Undone


async def test_a_published_version_changes_what_is_checked(product: Product) -> None:
    admin = await product.admin()
    found = await admin.get("/api/catalogues/service_types")
    catalogue = checked(found)
    code = f"ont-test-{catalogue['latest_version']}"
    entries = [*catalogue["entries"], {**catalogue["entries"][0], "code": code, "name": f"Test service {code}"}]
    headers = {"If-Match": f'"v{catalogue["latest_version"]}"'}
    body = {"entries": entries, "note": "one more service"}
    checked(await admin.put("/api/catalogues/service_types", json=body, headers=headers))

    async def known() -> bool:
        runtime = product.runtimes["sample"]
        return (await store.current(runtime.db, datetime.now(UTC).date())).service_type(code) is not None

    assert await product.eventually(known)
