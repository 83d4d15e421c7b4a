"""A BAM file of another run, flow cell or sample is found by its header; what is not known is not held against it."""

from typing import Any

import pytest

from nanopore_tracking.contracts.api.sample.deliveries import FoundFile, FoundGroup
from nanopore_tracking.services.sample.headers.model import Origin, differences

MINE = Origin(
    code="S26-000001",
    aliases=["QX_01", "QX_01_a"],
    numbers=[1, 2],
    flow_cells=["PAX12345"],
    run_ids=["0f1d" * 10, "e4994c62-93f9-439a-bc8f-d20c95a137a5"],
)
OTHER = Origin(code="S26-000002", aliases=["QX_02"], numbers=[3], flow_cells=["PAX12345"], run_ids=MINE.run_ids)
RIGHT = {"run_id": "0f1d" * 10, "flow_cell_id": "PAX12345", "barcode": "barcode01", "alias": "QX_01"}


def _file(*groups: dict[str, Any], **said: Any) -> FoundFile:
    found = [FoundGroup(**group) for group in groups]
    return FoundFile(path="pass\\a.bam", sha256="0" * 64, size_bytes=1, read_groups=found, **said)


def _found(file: FoundFile, sample: str | None = MINE.code, origins: Any = (MINE, OTHER)) -> list[tuple[str, str]]:
    return [(each.what, each.message) for each in differences([file], {"pass/a.bam": sample}, origins)]


@pytest.mark.parametrize(
    "group",
    [
        RIGHT,
        RIGHT | {"run_id": "E4994C62-93F9-439A-BC8F-D20C95A137A5", "alias": "qx_01_A"},
        RIGHT | {"alias": "", "barcode": "NB02"},
        RIGHT | {"alias": "barcode02", "barcode": "barcode02"},
        RIGHT | {"alias": "unclassified", "barcode": "unclassified"},
        {},
    ],
)
def test_what_agrees_and_what_is_not_said_is_no_difference(group: dict[str, str]) -> None:
    assert _found(_file(group)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"flow_cell_id": "PAX99999"}, "of the flow cell PAX99999; S26-000001 ran on PAX12345."),
        ({"run_id": "a" * 40}, f"of the run {'a' * 40}, which is no run of S26-000001."),
        ({"alias": "QX_02"}, "of QX_02, and S26-000001 is qx_01, qx_01_a."),
        ({"alias": "", "barcode": "barcode03"}, "of barcode03, and S26-000001 has barcode01, barcode02."),
    ],
)
def test_each_id_that_is_anothers_is_told(wrong: dict[str, str], said: str) -> None:
    ((what, message),) = _found(_file(RIGHT, RIGHT | wrong))
    assert (what, said in message) == ("read_group", True), message


def test_a_file_for_all_may_be_of_any_sample_of_the_delivery() -> None:
    assert _found(_file(RIGHT | {"alias": "QX_02"}), sample=None) == []
    assert _found(_file(RIGHT | {"alias": "QX_03"}), sample=None)


def test_where_nothing_is_known_of_a_sample_nothing_is_compared() -> None:
    blank = Origin(code=MINE.code, aliases=[], numbers=[], flow_cells=[], run_ids=[])
    assert _found(_file(RIGHT | {"alias": "whoever"}), origins=[blank]) == []


def test_a_header_that_cannot_be_read_is_told() -> None:
    assert _found(_file(header_fault="The BAM ends within its header.")) == [
        ("header", "The BAM ends within its header.")
    ]
