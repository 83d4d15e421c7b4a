"""A target is counted over all runs, and what is odd about the reads of a run is told, no more."""

import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from nanopore_tracking.contracts.api.sample.yields import YieldTier
from nanopore_tracking.contracts.manifest import Kind
from nanopore_tracking.services.config import catalogues as seeds
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.catalogue.model import Threshold
from nanopore_tracking.services.sample.reports.model import aim
from nanopore_tracking.services.sample.yields import model
from nanopore_tracking.services.sample.yields.model import Barcode, Given


def _limits(**most: float) -> list[Threshold]:
    gate, quality = "quality_assessment", {"barcode_part": "warn", "unclassified_share": "warn"}
    known = {"blank_share": 0.01, "unclassified_share": 0.15, "unexpected_share": 0.01, "barcode_part": 0.2} | most
    return [
        Threshold(
            code=quantity,
            name=quantity,
            gate=gate,
            quantity=quantity,
            severity=quality.get(quantity, "fail"),  # type: ignore[arg-type]
            **{"min" if quantity == "barcode_part" else "max": limit},  # type: ignore[arg-type]
        )
        for quantity, limit in known.items()
    ]


LIMITS = _limits()


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


def test_a_sum_over_several_models_says_what_each_of_them_gave() -> None:
    tiers = [
        YieldTier(model="dna_hac@v5.2.0", min_q=9.0, runs=["R26-0"], reads=1, bases=1, pass_bases=12_000_000_000),
        YieldTier(model="dna_sup@v5.2.0", min_q=10.0, runs=["R26-1"], reads=1, bases=1, pass_bases=8_000_000_000),
    ]
    said = model.judged(replace(_given(20), tiers=tiers), aim("20 Gb", ""))
    assert said["sentence"].endswith(
        "This adds up 2 kinds of basecalling, which pass by limits of their own (dna_hac@v5.2.0 from Q9 on: 12 Gb; "
        "dna_sup@v5.2.0 from Q10 on: 8 Gb)."
    )
    assert "kinds of" not in model.judged(replace(_given(20), tiers=tiers[:1]), aim("20 Gb", ""))["sentence"]


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


def test_how_much_is_odd_is_said_by_the_catalogue() -> None:
    barcodes = [*GOOD[:1], _barcode("barcode02", 40, "S2"), _barcode("barcode17", 30), _barcode("unclassified", 20)]
    odd = model.findings(barcodes, TAGS, LIMITS)
    assert [(each.code, each.severity) for each in odd] == [
        ("BARCODE_LOW", "warn"),
        ("CROSS_TALK_OR_MISLABEL", "fail"),
    ]
    assert odd[0].message == (
        "S2 (barcode02) has 40 reads, 15% of what an even pool would give it; at least 20.0% is wanted."
    )
    assert model.findings(barcodes, TAGS, _limits(barcode_part=0.1, unexpected_share=0.1)) == []


def test_where_the_facility_has_no_limit_the_shipped_one_counts_and_is_named() -> None:
    barcodes = [*GOOD[:1], _barcode("barcode02", 40, "S2"), _barcode("barcode17", 30), _barcode("unclassified", 400)]
    odd = model.findings(barcodes, TAGS, [])
    shipped = "(the limit as shipped: the thresholds of the facility have none)."
    assert [each.code for each in odd] == ["BARCODE_LOW", "CROSS_TALK_OR_MISLABEL"]
    assert [each.message.endswith(shipped) for each in odd] == [True, True]
    assert shipped not in model.findings(barcodes, TAGS, LIMITS)[0].message


def test_the_shipped_limits_are_those_of_the_first_catalogue() -> None:
    seed = Path(seeds.__file__).parents[1] / "seed" / "thresholds.toml"
    entries = {entry["code"]: entry for entry in tomllib.loads(seed.read_text("utf-8"))["entries"]}
    known = {"code", "name", "gate", "quantity", "min", "max", "severity"}
    for limit in model.SHIPPED:
        said = {name: value for name, value in entries[limit.code].items() if name in known}
        assert Threshold(**said) == limit


def test_an_unexpected_barcode_is_told_with_its_share() -> None:
    (found,) = model.findings([*GOOD, _barcode("barcode17", 31)], TAGS, LIMITS)
    assert found.message == "barcode17 has 3.0% of the reads, and nothing that was loaded has it."
