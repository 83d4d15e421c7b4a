"""The read groups of a BAM file are read from its header, whatever else is in the file or is wrong with it."""

import tracemalloc
from pathlib import Path

import pytest

from nanopore_tracking.runfolders import bams
from nanopore_tracking.runfolders.bams import ReadGroup
from nanopore_tracking.runfolders.figures import Unreadable
from tests.runfolders import bamfiles
from tests.runfolders.vintages import ACQUISITION, PROTOCOL_RUN


@pytest.mark.parametrize("size", [60_000, 7])
def test_each_read_group_says_run_flow_cell_barcode_and_alias(tmp_path: Path, size: int) -> None:
    lines = [
        bamfiles.group(ACQUISITION, "PAX12345", alias="S01", more=" modbase_models=5mCG"),
        bamfiles.group(ACQUISITION, "PAX12345", barcode="barcode02"),
        bamfiles.group(ACQUISITION, "PAX12345", alias="S01", more=" model_stride=5"),
    ]
    found = bams.read_groups(bamfiles.write(tmp_path / "a.bam", "@SQ\tSN:chr1\tLN:1", *lines, size=size))
    known = {"run_id": ACQUISITION, "flow_cell_id": "PAX12345"}
    assert found == [
        ReadGroup(**known, barcode="barcode01", alias="S01"),
        ReadGroup(**known, barcode="barcode02"),
    ]


@pytest.mark.parametrize(
    ("line", "run_id"),
    [
        (f"@RG\tID:x\tDS:run_id={ACQUISITION} basecall_model=m", ACQUISITION),
        (f"@RG\tID:{PROTOCOL_RUN}_model_barcode01\tDS:basecall_model=m", PROTOCOL_RUN),
        ("@RG\tID:mine\tDS:of somebody else", ""),
        ("@RG\tID", ""),
    ],
)
def test_a_run_is_told_by_the_description_else_by_the_name_of_the_group(tmp_path: Path, line: str, run_id: str) -> None:
    assert [each.run_id for each in bams.read_groups(bamfiles.write(tmp_path / "a.bam", line))] == [run_id]


_WHOLE = bamfiles.block(bamfiles.content(bamfiles.group(ACQUISITION, "PAX1")))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not packed as one"),
        (b"BAM\x01\0\0\0\0 not packed at all", "not packed as one"),
        (b"\x1f\x8b\x08\0" + _WHOLE[4:], "not packed as one"),
        (_WHOLE[:100], "ends within its header"),
        (_WHOLE[:60] + bytes(100), "damaged within its header"),
        (bamfiles.block(b"@SQ of a text"), "does not begin as one"),
        (bamfiles.block(bamfiles.content(length=-1)), "does not begin as one"),
        (bamfiles.block(bamfiles.content(length=2**31 - 1)), "longer than 64 MB"),
        (bamfiles.block(bamfiles.content(length=10_000)), "ends within its header"),
        (bamfiles.block(bamfiles.content(*["@RG\tID:x"] * 1001)), "1,001 read groups"),
    ],
)
def test_what_is_no_whole_header_is_refused_in_a_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "a.bam").write_bytes(data)
    with pytest.raises(Unreadable, match=said):
        bams.read_groups(tmp_path / "a.bam")


def test_a_file_that_unpacks_to_very_much_is_read_as_far_as_its_header(tmp_path: Path) -> None:
    (tmp_path / "a.bam").write_bytes(bamfiles.block(bamfiles.content() + bytes(50 << 20)))
    tracemalloc.start()
    try:
        assert bams.read_groups(tmp_path / "a.bam") == []
        assert tracemalloc.get_traced_memory()[1] < 2 << 20
    finally:
        tracemalloc.stop()
