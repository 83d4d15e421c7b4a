"""The gates from the flow cell to the archive, rule by rule."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from nanopore_tracking.contracts.api.sample import records
from nanopore_tracking.contracts.api.sample.chain import Want
from nanopore_tracking.services.sample.facts.model import Facts
from nanopore_tracking.services.sample.records.model import Handover, LoadingBefore
from nanopore_tracking.services.sample.run_gates import model as runs
from nanopore_tracking.services.sample.runs.model import RunOfSample
from tests.harness.before import BEFORE
from tests.harness.laboratory import RECORDS
from tests.harness.samples import NOW, facts, present, sample


def said(kind: str, **more: Any) -> Any:
    if kind in BEFORE:
        return msgspec.convert({**BEFORE[kind], **more}, LoadingBefore if kind == "loading" else Handover)
    return msgspec.convert({"kind": kind, **RECORDS[kind], **more}, records.NewRecord)


def planned(state: Any = "sheet_issued", **more: Any) -> RunOfSample:
    told = {"code": "R26-000001", "flow_cell": "FAX12345", "ended_at": None, "end_reason": "", "wants": ()}
    return RunOfSample(state=state, **{**told, **more})


LIBRARY = present()
BARCODED = present(kit="SQK-NBD114-24", barcodes=["barcode07"], pool="P26-000007")


def missing(gate: Any, **told: Any) -> list[str]:
    known: Facts = facts(**{"library": LIBRARY, **told})
    return [found.code for found in gate(known) if not found.met and found.severity == "fail"]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, []),
        ({"pores_available": 799}, ["pores"]),
        ({"pores_available": 799, "few_pores_reason": "A test run."}, []),
        ({"product_code": "FLO-MIN999"}, ["flow-cell-known"]),
        ({"product_code": "FLO-PRO114M", "pores_available": 6000}, ["kit-fits-flow-cell"]),
    ],
)
def test_a_loading_of_before_is_judged_by_the_rules_of_its_time(more: dict[str, Any], wanted: list[str]) -> None:
    assert missing(runs.sequencing_setup, loading=said("loading", **more)) == wanted


def test_a_run_of_the_sample_is_planned_and_can_be_charged() -> None:
    assert missing(runs.sequencing_setup) == ["run-planned"]
    assert missing(runs.sequencing_setup, planned=planned()) == []
    assert missing(runs.sequencing_setup, planned=planned(), charge_fault="No code.") == ["charge-code"]
    assert missing(runs.sequencing_setup, loading=said("loading"), charge_fault="No code.") == ["charge-code"]
    want = Want(code="sheet-current", met=False, message="Stale.", how="Issue the sheet.")
    assert missing(runs.sequencing_setup, planned=planned(wants=[want]), loading=said("loading")) == ["sheet-current"]


@pytest.mark.parametrize(
    ("state", "after_h", "wanted"),
    [
        ("running", None, []),
        ("completed", 1, []),
        ("completed", -1, ["run-planned"]),
        ("failed", 1, ["run-planned"]),
    ],
)
def test_a_run_that_ended_well_meanwhile_counts_and_one_of_before_does_not(
    state: str, after_h: int | None, wanted: list[str]
) -> None:
    ended = None if after_h is None else NOW + timedelta(hours=after_h)

    assert missing(runs.sequencing_setup, planned=planned(state, ended_at=ended)) == wanted


def test_the_alias_of_a_loading_of_before_is_unique_in_its_experiment() -> None:
    assert missing(runs.sequencing_setup, loading=said("loading"), alias_taken=True) == ["alias-unique"]


def test_a_library_alone_holds_what_is_planned() -> None:
    readings = {
        ("library", "concentration"): 10.0,
        ("library", "volume"): 12.0,
        ("library", "fragment_mean_bp"): 5000.0,
    }
    loading = said("loading", planned_fmol=40.0)

    assert missing(runs.sequencing_setup, loading=loading, readings=readings) == ["enough-to-load"]
    assert missing(runs.sequencing_setup, loading=loading, readings=readings, library=BARCODED) == []


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, []),
        ({"ended_at": None}, ["run-ended"]),
        ({"end_reason": "  "}, ["run-ended"]),
        ({"flow_cell_id": "FAX99999"}, ["run-on-planned-flow-cell"]),
    ],
)
def test_a_run_has_ended_on_the_planned_flow_cell(more: dict[str, Any], wanted: list[str]) -> None:
    assert missing(runs.sequencing_run, loading=said("loading"), run=said("run", **more)) == wanted
    assert missing(runs.sequencing_run, loading=said("loading")) == ["run"]
    assert missing(runs.sequencing_run, run=said("run")) == ["run-on-planned-flow-cell"]


def _reads(barcode: str | None, reads: int) -> dict[str, Any]:
    return {"barcode": barcode, "reads": reads, "bases_pass_bp": 10**9, "n50_bp": 20_000, "mean_q": 18}


def test_there_are_reads_of_the_samples_barcode() -> None:
    without = said("basecalling", read_sets=[_reads("barcode01", 10), _reads("unclassified", 1)])
    with_it = said("basecalling", read_sets=[_reads("barcode07", 10)])

    assert missing(runs.basecalling) == ["basecalling"]
    assert missing(runs.basecalling, basecalling=said("basecalling")) == []
    assert missing(runs.basecalling, basecalling=without, library=BARCODED) == ["reads-of-the-sample"]
    assert missing(runs.basecalling, basecalling=with_it, library=BARCODED) == []


@pytest.mark.parametrize(
    ("verdict", "wanted"),
    [
        (None, ["decision"]),
        ("pass", []),
        ("accept_as_is", []),
        ("conditional", ["decision"]),
        ("top_up", ["decision"]),
        ("fail", ["decision"]),
    ],
)
def test_a_person_decides_about_the_data(verdict: str | None, wanted: list[str]) -> None:
    decision = said("decision", verdict=verdict, reason="As the customer wishes.") if verdict else None

    assert missing(runs.quality_assessment, basecalling=said("basecalling"), decision=decision) == wanted


def test_data_outside_the_limits_are_accepted_as_they_are_only() -> None:
    mixed = said("basecalling", read_sets=[_reads("barcode07", 80), _reads("unclassified", 20)])
    told = {"library": BARCODED, "basecalling": mixed}

    assert missing(runs.quality_assessment, decision=said("decision"), **told) == ["limit-unclassified"]
    accepted = said("decision", verdict="accept_as_is", reason="The customer agreed.")
    assert missing(runs.quality_assessment, decision=accepted, **told) == []


@pytest.mark.parametrize("kind", ["negative_control", "no_template_control"])
def test_capability_19_a_control_without_material_that_has_reads_is_a_finding(kind: str) -> None:
    """Above the share that the catalogue allows a person decides; a sample with material may have all reads."""
    few, many = ([_reads("barcode07", own), _reads("barcode01", 1000 - own)] for own in (10, 11))
    told = {"library": BARCODED, "decision": said("decision")}
    blank = sample(kind=kind)

    assert missing(runs.quality_assessment, sample=blank, basecalling=said("basecalling", read_sets=few), **told) == []
    found = missing(runs.quality_assessment, sample=blank, basecalling=said("basecalling", read_sets=many), **told)
    assert found == ["limit-blank"]
    assert missing(runs.quality_assessment, basecalling=said("basecalling", read_sets=many), **told) == []


def test_data_are_delivered_when_they_are_verified_and_released() -> None:
    assert missing(runs.data_delivery) == ["delivery"]
    assert missing(runs.data_delivery, delivery=said("delivery")) == []
    assert missing(runs.data_delivery, delivery=said("delivery", verified_at=None)) == ["verified"]
    assert missing(runs.data_delivery, delivery=said("delivery", released_by=" ")) == ["released"]
    assert missing(runs.data_delivery, delivery=said("delivery"), charge_fault="No code.") == ["charge-code"]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, ["receipt", "retention"]),
        ({"received_at": NOW, "retention_until": "2036-12-31"}, []),
        ({"link_expires_at": NOW, "retention_until": "2036-12-31"}, []),
        ({"link_expires_at": NOW + timedelta(days=1), "retention_until": "2036-12-31"}, ["receipt"]),
    ],
)
def test_delivered_data_are_archived_after_the_receipt(more: dict[str, Any], wanted: list[str]) -> None:
    assert missing(runs.delivered, delivery=said("delivery", **more)) == wanted
