"""A matched run folder records the basecalling of its samples once, and nothing that it does not say."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.read_sets.model import Called, KeptSet, Whose, record
from tests.harness.product import Product, checked
from tests.runfolders import vintages
from tests.services.sample.desk import seen
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.told import MODEL, folder_of, told

READS = vintages.draw(400)
SUP = "dna_r10.4.1_e8.2_400bps_sup@v5.2.0"
ON = ("library_qc", "sequencing_setup", "sequencing_run", "basecalling")


async def _moved(made: Pooling, code: str, *stages: str) -> Any:
    path = f"/api/samples/{code}"
    for to in stages:
        step = {"to": to, "reason": "A test of reads.", "override": True}
        checked(
            await made.manager.post(
                f"{path}/transitions", json=step, headers=seen(checked(await made.manager.get(path)))
            )
        )
    return checked(await made.manager.get(path))


async def _records(made: Pooling, code: str) -> list[Any]:
    path = f"/api/samples/{code}/records"
    return list(checked(await made.manager.get(path, params={"kind": "basecalling"}))["items"])


async def _run(product: Product, **said: Any) -> tuple[Pooling, Any, list[str]]:
    """Return a planned run and the codes of its two samples, which are at library prep."""
    made = await pooling(product)
    run = await planned(made, await made.pooled(1, 2), **said)
    items = checked(await made.manager.get("/api/samples", params={"project_id": made.project_id}))["items"]
    return made, run, sorted(item["code"] for item in items)


def _folder(root: Path, run: Any, *, model: str = MODEL) -> Path:
    protocol_run_id = f"{secrets.token_hex(4)}-2222-4333-8444-555555555555"
    return folder_of(root, run, READS, protocol_run_id=protocol_run_id, model=model)


async def test_reads_are_recorded_at_their_stage_or_when_the_sample_comes_there(
    product: Product, tmp_path: Path
) -> None:
    made, run, (early, late) = await _run(product)
    await _moved(made, early, *ON)
    folder = _folder(tmp_path, run)
    await told(made, run, folder, tmp_path / "cache")
    (record,) = await _records(made, early)
    mine = [read for read in READS if read.barcode == "barcode01"]
    passed = [read.length for read in mine if read.passed]
    own, rest = sorted(record["details"]["read_sets"], key=lambda each: each["barcode"])
    assert (record["details"]["model"], record["details"]["min_q"], record["details"]["all_reads"]) == (MODEL, 9, 400)
    assert (own["barcode"], rest["barcode"]) == ("barcode01", "unclassified"), "nothing of the other sample"
    assert (own["reads"], own["bases_pass_bp"], own["n50_bp"]) == (len(mine), sum(passed), vintages.half(passed))
    assert record["details"]["note"].startswith("Read by the ingest from sequencing_summary_")

    assert await _records(made, late) == []
    moved = await _moved(made, late, *ON)
    (record,) = await _records(made, late)
    assert {each["barcode"] for each in record["details"]["read_sets"]} == {"barcode02", "unclassified"}
    gate = checked(await made.manager.get(f"/api/samples/{moved['code']}/gate"))
    assert all(want["met"] for want in gate["requirements"] if want["fulfilled_by"] == "basecalling"), gate

    (folder / "report_PAX12345.html").write_text("Looked at.")
    await told(made, run, folder, tmp_path / "cache")
    assert [len(await _records(made, code)) for code in (early, late)] == [1, 1], (
        "what is said already is not said again"
    )


def _nameless(sample_id: UUID | None, *, reads: int) -> KeptSet:
    """Return reads that have no barcode and, where they are of a sample, its alias."""
    return KeptSet(
        kind="expected",
        barcode="unclassified",
        sample_id=sample_id,
        reads=reads,
        pass_bases=900,
        pass_n50_bases=100,
        pass_mean_q=12.0,
    )


def test_reads_that_only_their_alias_names_are_of_the_barcode_of_their_sample() -> None:
    """Dorado 2.1 leaves barcode_arrangement unclassified where a sheet has aliases (dorado#1621)."""
    sample_id = uuid4()
    own = _nameless(sample_id, reads=9)
    rest = replace(_nameless(None, reads=4), kind="unclassified")
    called = Called(id=uuid4(), model=MODEL, min_q=9, summary="sequencing_summary.txt", reads=13, folder="/data/run")
    for sets in ([own, rest], [rest, own]):
        said = record(called, sets, sample_id=sample_id, barcodes=["barcode07"])
        assert said is not None
        assert {each.barcode: each.reads for each in said.read_sets} == {"barcode07": 9, "unclassified": 4}
    assert record(called, [own, rest], sample_id=sample_id, barcodes=["barcode07", "barcode08"]) is None


@pytest.mark.parametrize(
    ("barcode", "alias", "whose"),
    [
        ("barcode01", "", "first"),
        ("SQK-NBD114-24_barcode02", "", "second"),
        ("barcode01", "run_1", "second"),
        ("unclassified", "RUN_1", "second"),
        ("run_1", "", "second"),
        ("run_2", "", "first"),
        ("run_3", "", None),
        ("2", "", None),
    ],
)
def test_an_alias_that_ends_with_a_number_is_no_barcode(barcode: str, alias: str, whose: str | None) -> None:
    samples = {"first": uuid4(), "second": uuid4()}
    tags = [
        Tag(kit="K", barcode=name, key=name, alias=other, sample_id=samples[which], sample_code="", kind="test_sample")
        for name, other, which in (("NB01", "run_2", "first"), ("NB02", "run_1", "second"))
    ]
    found = Whose(tags).of(barcode, alias)
    assert found == (("expected", samples[whose]) if whose else ("unexpected", None))


async def test_basecallings_of_one_acquisition_stand_beside_each_other_and_one_counts(
    product: Product, tmp_path: Path
) -> None:
    made, run, (code, _) = await _run(product)
    folder = _folder(tmp_path, run)
    (final,) = folder.glob("final_summary*")
    protocol_run_id = final.read_text().partition("protocol_run_id=")[2].partition("\n")[0]
    vintages.join(folder / "later_summary.tsv", "dorado-1.4", {protocol_run_id: READS[:100]})
    await told(made, run, folder, tmp_path / "cache")
    sets = checked(await made.manager.get("/api/runs/read-sets", params={"run": run["code"], "limit": 50}))["items"]
    found = {(each["summary"], each["model"], each["min_q"], each["counts"]) for each in sets}
    counting = next(each["summary"] for each in sets if each["summary"] != "later_summary.tsv")
    assert found == {(counting, MODEL, 9, True), ("later_summary.tsv", "", None, False)}

    asked = {"acquisition_id": sets[0]["acquisition_id"]}
    called = checked(await made.manager.get("/api/runs/basecalls", params=asked))["items"]
    ids = {each["summary"]: each["id"] for each in called}
    said = {"model": SUP, "min_q": 10, "reason": "I called it again."}
    refused = await made.manager.post(f"/api/runs/basecalls/{ids[counting]}/model", json=said)
    assert (refused.status_code, refused.json()["type"]) == (409, "not-allowed"), "the folder says it itself"
    named = checked(await made.manager.post(f"/api/runs/basecalls/{ids['later_summary.tsv']}/model", json=said))
    assert (named["model"], named["min_q"], named["counts"], named["named_because"]) == (SUP, 10, False, said["reason"])
    (folder / "report_PAX12345.html").write_text("Looked at.")
    await told(made, run, folder, tmp_path / "cache")
    again = checked(await made.manager.get("/api/runs/read-sets", params={"run": run["code"], "limit": 50}))["items"]
    found = {(each["summary"], each["model"], each["named"], each["counts"]) for each in again}
    assert found == {(counting, MODEL, False, True), ("later_summary.tsv", SUP, True, False)}, "and it stays"
    mine = [read for read in READS if read.barcode == "barcode01"]
    given = checked(await made.manager.get(f"/api/samples/{code}/yield"))
    assert given["reads"] == len(mine), "the reads of both are not added up"
    codes = [each["code"] for each in checked(await made.manager.get(f"/api/runs/{run['code']}/findings"))["findings"]]
    assert "MODEL_UNKNOWN" not in codes
    page = (await made.manager.get(f"/api/runs/{run['code']}/report")).text
    assert "another basecalling counts, of later_summary.tsv" in page


async def test_a_model_that_nothing_says_is_not_invented(product: Product, tmp_path: Path) -> None:
    made, run, (code, _) = await _run(product)
    await _moved(made, code, *ON)
    await told(made, run, _folder(tmp_path, run, model=""), tmp_path / "cache")
    assert await _records(made, code) == []
    found = checked(await made.manager.get(f"/api/runs/{run['code']}/findings"))["findings"]
    assert "MODEL_UNKNOWN" in [each["code"] for each in found]
    (called,) = checked(await made.manager.get("/api/runs/basecalls", params={"limit": 1}))["items"]
    path = f"/api/runs/basecalls/{called['id']}/model"
    assert (await made.manager.post(path, json={"model": "  "})).status_code == 422
    checked(await made.manager.post(path, json={"model": MODEL, "min_q": 9}))
    (record,) = await _records(made, code)
    assert record["details"]["model"] == MODEL, "what waited for the model is recorded by it"
    odd = checked(await made.manager.get(f"/api/runs/{run['code']}/findings"))["findings"]
    assert "MODEL_UNKNOWN" not in [each["code"] for each in odd]


async def test_a_run_for_qc_records_nothing_and_a_recovery_does(product: Product, tmp_path: Path) -> None:
    for purpose, many in (("qc", 0), ("recovery", 1)):
        made, run, (code, _) = await _run(product, purpose=purpose)
        await _moved(made, code, *ON)
        await told(made, run, _folder(tmp_path / purpose, run), tmp_path / "cache")
        assert len(await _records(made, code)) == many
        given = checked(await made.manager.get(f"/api/samples/{code}/yield"))
        assert given["runs"] == [run["code"]] * many
        assert [(tier["model"], tier["min_q"]) for tier in given["tiers"]] == [(MODEL, 9)] * many
