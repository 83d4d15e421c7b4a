"""A target is counted over all runs, and what is odd about the reads of a run is told, no more."""

import uuid
from collections.abc import Sequence

import pytest

from nanopore_tracking.contracts.manifest import Kind
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.catalogue.model import Threshold
from nanopore_tracking.services.sample.reports.model import aim
from nanopore_tracking.services.sample.yields import model
from nanopore_tracking.services.sample.yields.model import Barcode, Given

LIMITS = [
    Threshold(code=quantity, name=quantity, gate="quality_assessment", quantity=quantity, max=limit, severity="warn")
    for quantity, limit in (("blank_share", 0.01), ("unclassified_share", 0.15))
]


def _given(gigabases: float, runs: int = 2, *, reads: int = 0, unjudged: int = 0) -> Given:
    codes = [f"R26-{n}" for n in range(runs)]
    return Given(runs=codes, flow_cells=codes, reads=reads, pass_bases=round(gigabases * 1e9), unjudged_bases=unjudged)


def test_two_runs_that_are_short_of_a_coverage_propose_a_top_up() -> None:
    said = model.judged(_given(46 * 0.005), aim("50x", "5 Mb"))
    assert (said["state"], said["share"], said["missing_bases"]) == ("top_up_proposed", 0.92, 20_000_000)
    assert said["missing_runs"] == pytest.approx(0.17, abs=0.01)
    assert said["sentence"] == (
        "0.23 Gb of 0.25 Gb passed over 2 runs: 0.02 Gb are missing. "
        "A top-up takes about 0.2 of a run like those so far."
    )


@pytest.mark.parametrize(
    ("given", "target", "state"),
    [
        (_given(20), "20 Gb", "reached"),
        (_given(19.9), "20 Gb", "top_up_proposed"),
        (_given(0, reads=5_000_000), "5 M reads", "reached"),
        (_given(50, reads=4_999_999), "5 M reads", "top_up_proposed"),
        (_given(50), "as much as possible", "no_target"),
        (_given(0, 0), "20 Gb", "no_reads"),
    ],
)
def test_what_was_asked_for_is_counted_as_it_was_asked(given: Given, target: str, state: str) -> None:
    assert model.judged(given, aim(target, ""))["state"] == state


def test_reads_that_nobody_judged_do_not_count_and_are_told() -> None:
    said = model.judged(_given(5, unjudged=30_000_000_000), aim("20 Gb", ""))
    assert said["state"] == "top_up_proposed"
    assert said["sentence"].endswith("30 Gb were not judged and do not count.")


def _tag(sample: str, barcode: str, kind: Kind = "test_sample") -> Tag:
    return Tag(kit="", barcode=barcode, key=barcode, alias="", sample_id=uuid.uuid4(), sample_code=sample, kind=kind)


def _barcode(name: str, reads: int, sample: str = "", kind: str = "test_sample") -> Barcode:
    what = "expected" if sample else "unclassified" if name == "unclassified" else "unexpected"
    return Barcode(barcode=name, kind=what, sample=sample, sample_kind=kind if sample else "", reads=reads)


TAGS = [_tag("S1", "barcode01"), _tag("S2", "barcode02"), _tag("NTC", "barcode12", "no_template_control")]
GOOD = [_barcode("barcode01", 500, "S1"), _barcode("barcode02", 480, "S2"), _barcode("unclassified", 20)]


@pytest.mark.parametrize(
    ("barcodes", "codes"),
    [
        (GOOD, []),
        ([], []),
        ([*GOOD, _barcode("barcode17", 30)], ["CROSS_TALK_OR_MISLABEL"]),
        ([*GOOD, _barcode("barcode17", 5)], []),
        ([*GOOD, _barcode("barcode12", 30, "NTC", "no_template_control")], ["CONTROL_READS"]),
        ([*GOOD, _barcode("barcode12", 5, "NTC", "no_template_control")], []),
        ([GOOD[0], _barcode("barcode02", 40, "S2")], ["BARCODE_LOW"]),
        ([GOOD[0]], ["BARCODE_MISSING"]),
        ([*GOOD[:2], _barcode("unclassified", 300)], ["UNCLASSIFIED_SHARE"]),
    ],
)
def test_each_oddity_is_found_and_nothing_else(barcodes: Sequence[Barcode], codes: list[str]) -> None:
    assert [each.code for each in model.findings(barcodes, TAGS, LIMITS)] == codes


def test_an_unexpected_barcode_is_told_with_its_share() -> None:
    (found,) = model.findings([*GOOD, _barcode("barcode17", 31)], TAGS, LIMITS)
    assert found.message == "barcode17 has 3.0% of the reads, and nothing that was loaded has it."
