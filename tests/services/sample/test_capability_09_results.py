"""What a run gave stands with each sample, with the reads of no barcode and of those that nobody loaded."""

from dataclasses import replace
from pathlib import Path

from tests.harness.product import Product, checked
from tests.runfolders import vintages
from tests.services.sample.planning import planned
from tests.services.sample.pooled import pooling
from tests.services.sample.told import folder_of, told

#: Of 1,200 reads of twelve barcodes, 36 have the barcode of nobody: 3 %.
_STRANGE = 36


async def test_capability_09_a_barcode_that_nobody_loaded_is_a_finding_and_each_sample_has_its_own_reads(
    product: Product, tmp_path: Path
) -> None:
    made = await pooling(product)
    run = await planned(made, await made.pooled(*range(1, 13)))
    names = [f"barcode{number:02}" for number in range(1, 13)]
    reads = [replace(read, barcode=names[place % 12]) for place, read in enumerate(vintages.draw(1200))]
    reads[:_STRANGE] = [replace(read, barcode="barcode17") for read in reads[:_STRANGE]]
    reads[_STRANGE : 2 * _STRANGE] = [replace(read, barcode="unclassified") for read in reads[_STRANGE : 2 * _STRANGE]]
    ids = "aaaaaaaa-2222-4333-8444-555555555555"

    await told(made, run, folder_of(tmp_path, run, reads, protocol_run_id=ids), tmp_path / "cache")

    odd = checked(await made.manager.get(f"/api/runs/{run['code']}/findings"))["findings"]
    (strange,) = [each for each in odd if each["code"] == "CROSS_TALK_OR_MISLABEL"]
    assert (strange["barcode"], strange["severity"]) == ("barcode17", "fail")
    assert "3.0% of the reads" in strange["message"]
    sets = checked(await made.manager.get("/api/runs/read-sets", params={"run": run["code"], "limit": 50}))["items"]
    counted = {each["barcode"]: each["reads"] for each in sets}
    assert counted["unclassified"] == counted["barcode17"] == _STRANGE
    expected = [each for each in sets if each["kind"] == "expected"]
    assert sorted(each["barcode"] for each in expected) == names
    assert len({each["sample"] for each in expected}) == 12
    for each in expected[:2]:
        mine = checked(await made.manager.get(f"/api/samples/{each['sample']}/yield"))
        assert (mine["reads"], mine["runs"]) == (counted[each["barcode"]], [run["code"]])
