"""States and header of submissions, without anything around them."""

from typing import Any

import pytest

from nanopore_tracking.contracts.api.sample.submissions import SubmissionProblem
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.catalogue.model import Catalogue, FlowCell, Kit, ServiceType
from nanopore_tracking.services.sample.decisions.model import acceptable
from nanopore_tracking.services.sample.submissions import model

CATALOGUE = Catalogue(
    versions={"kits": 3},
    kits=[
        Kit(code="SQK-RBK114-24", material="DNA", capacity=24, flow_cells=["FLO-MIN114", "FLO-PRO114M"]),
        Kit(code="SQK-LSK114", material="DNA", flow_cells=["FLO-MIN114", "FLO-PRO114M"]),
        Kit(code="SQK-LSK114-XL", material="DNA", flow_cells=["FLO-PRO114M"]),
        Kit(code="SQK-RNA002", material="RNA", deprecated=True),
    ],
    flow_cells=[
        FlowCell(code="FLO-MIN114", device="MinION"),
        FlowCell(code="FLO-MIN004RA", device="MinION"),
        FlowCell(code="FLO-PRO114M", device="PromethION"),
    ],
    service_types=[ServiceType(code="ont-dna", name="Oxford Nanopore DNA")],
)


def submission(status: str = "under_review", **changed: Any) -> model.Submission:
    said = {"requester_name": "Robin Vantage", "contains_human_dna": "no", "priority": "normal"}
    header = {name: said.get(name, "") for name in model.HEADER}
    counted = ("row_count", "error_count", "finding_count", "warning_count", "open_finding_count")
    counts = {name: changed.pop(name, 0) for name in counted}
    classification = changed.pop("data_classification", "open")
    return model.Submission(
        id=uuid7(),
        code="SUB-2026-00001",
        status=status,
        project_id=uuid7(),
        lab_id=uuid7(),
        data_classification=classification,
        header={**header, "kit_requested": "SQK-LSK114", **changed},
        extraction_id=None,
        sha256=None,
        rows_announced=0,
        catalogue_versions={},
        version=1,
        **counts,
    )


def check(row_count: int = 1, **header: Any) -> list[SubmissionProblem]:
    return model.check_header(submission(**header), row_count, CATALOGUE)


def test_a_good_header_has_no_problems() -> None:
    assert check(flow_cell_requested="FLO-MIN114", service_type="ont-dna", genome_size="4.6 Mb", target="50x") == []


@pytest.mark.parametrize(
    ("header", "code", "level"),
    [
        ({"kit_requested": ""}, "KIT_MISSING", "warning"),
        ({"kit_requested": "SQK-NEW115"}, "KIT_UNKNOWN", "warning"),
        ({"kit_requested": "SQK-RBK114.24"}, "KIT_SPELLING", "finding"),
        ({"kit_requested": "SQK-RNA002"}, "KIT_DEPRECATED", "finding"),
        ({"flow_cell_requested": "GridFlow"}, "FLOW_CELL_UNKNOWN", "warning"),
        (
            {"kit_requested": "SQK-LSK114-XL", "flow_cell_requested": "MinION Flow Cell"},
            "KIT_FLOW_CELL_MISMATCH",
            "finding",
        ),
        ({"service_type": "ont-magic"}, "SERVICE_UNKNOWN", "warning"),
        ({"genome_size": "600"}, "UNIT_AMBIGUOUS", "finding"),
        ({"target": "20,000 reads per sample"}, "TARGET_AS_READS", "finding"),
        ({"target": "50x-100x"}, "GENOME_SIZE_MISSING", "finding"),
        ({"target": "50"}, "UNIT_AMBIGUOUS", "finding"),
        ({"contains_human_dna": "unknown"}, "HUMAN_DNA_UNKNOWN", "finding"),
        ({"contains_human_dna": "yes"}, "DATA_CLASSIFICATION", "finding"),
        ({"requester_name": ""}, "REQUESTER_MISSING", "warning"),
    ],
)
def test_each_fault_of_the_header_is_named(header: Any, code: str, level: str) -> None:
    found = check(**header)
    assert [(problem.code, problem.level) for problem in found] == [(code, level)]
    assert found[0].message.endswith(".")


def test_ninety_six_samples_do_not_fit_twenty_four_barcodes() -> None:
    found = check(96, kit_requested="Rapid Sequencing with Barcoding (SQK-RBK114.24)")
    assert [problem.code for problem in found] == ["KIT_SPELLING", "BARCODE_CAPACITY"]
    assert "96" in found[1].message
    assert "24" in found[1].message


def test_a_submission_without_rows_has_an_error_and_it_comes_first() -> None:
    assert check(0, contains_human_dna="unknown")[0].code == "NO_ROWS"


def test_human_dna_in_a_project_for_human_data_is_in_order() -> None:
    said = submission(contains_human_dna="yes", data_classification="human")
    assert model.check_header(said, 1, CATALOGUE) == []


def test_the_same_document_sent_twice_is_found() -> None:
    found = model.check_header(submission(), 1, CATALOGUE, earlier=["SUB-2026-00007"])
    assert [problem.code for problem in found] == ["DOCUMENT_SUBMITTED_BEFORE"]


def test_without_catalogues_nothing_is_said_to_be_unknown() -> None:
    said = submission(kit_requested="SQK-NEW115", flow_cell_requested="X", service_type="Y")
    assert model.check_header(said, 1, Catalogue()) == []


@pytest.mark.parametrize("written", ["SQK-RBK114-24", "SQK-RBK114.24", "rbk114 24", "Rapid kit (SQK-RBK114.24)"])
def test_a_kit_is_found_however_it_is_written(written: str) -> None:
    kit = CATALOGUE.kit(written)
    assert kit is not None
    assert kit.code == "SQK-RBK114-24"


def test_the_longest_kit_code_wins() -> None:
    assert [getattr(CATALOGUE.kit(said), "code", None) for said in ("SQK-LSK114-XL", "LSK114", "LSK")] == [
        "SQK-LSK114-XL",
        "SQK-LSK114",
        None,
    ]


def test_every_state_has_its_followers_and_the_decided_ones_have_none() -> None:
    assert {state for followers in model.NEXT.values() for state in followers} < set(model.NEXT)
    assert [state for state, followers in model.NEXT.items() if not followers] == ["accepted", "rejected", "cancelled"]


@pytest.mark.parametrize("status", list(model.NEXT))
@pytest.mark.parametrize("to", list(model.NEXT))
def test_every_pair_of_states_that_is_not_listed_is_refused(status: str, to: str) -> None:
    if to in model.NEXT[status]:
        model.may_follow(submission(status), to)
        return
    with pytest.raises(errors.Conflict) as refused:
        model.may_follow(submission(status), to)
    assert refused.value.extra["allowed"] == list(model.NEXT[status])


@pytest.mark.parametrize("status", ["reading", "accepted", "rejected", "cancelled"])
def test_what_is_decided_or_being_read_is_not_changed(status: str) -> None:
    with pytest.raises(errors.Conflict):
        model.changeable(submission(status))


def test_errors_block_acceptance_and_findings_need_a_reason() -> None:
    with pytest.raises(errors.Conflict, match="1 error and"):
        acceptable(submission(error_count=1), "it does not matter")
    with pytest.raises(errors.Conflict) as refused:
        acceptable(submission(finding_count=2, open_finding_count=1), "")
    assert [field.path for field in refused.value.fields] == ["reason"]
    acceptable(submission(finding_count=2, open_finding_count=1), "the submitter agreed")
    acceptable(submission(finding_count=2, warning_count=9), "")


def test_the_header_of_a_manifest_is_normalised_and_never_too_long() -> None:
    said = {"priority": "Urgent", "contains_human_dna": "No", "organism": "Exampella\x00testii", "comment": "x" * 9000}
    header = model.header_from_manifest(said)
    assert header["priority"] == "urgent"
    assert header["contains_human_dna"] == "no"
    assert header["organism"] == "Exampella testii"
    assert len(header["comment"]) == 4000
    assert model.header_from_manifest({"priority": "soon"})["priority"] == "normal"


def test_the_code_has_the_year_and_five_digits() -> None:
    assert model.code(2026, 42) == "SUB-2026-00042"
