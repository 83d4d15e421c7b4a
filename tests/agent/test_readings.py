"""What is told of a run minute by minute: cumulative, nothing twice, nothing that MinKNOW did not say."""

from types import SimpleNamespace

from nanopore_tracking_agent import readings
from nanopore_tracking_agent.play.course import Course, Plan
from nanopore_tracking_agent.readings import Counts, Span


def _counts(bases: int) -> Counts:
    return Counts(reads=bases // 1000, bases=bases, pass_reads=bases // 1000, pass_bases=bases)


def test_only_minutes_after_the_last_known_are_told() -> None:
    span = Span(whole=[(60, _counts(1000)), (120, _counts(3000)), (180, _counts(6000))])
    assert [tick["minute"] for tick in readings.ticks(span, after=1)] == [2, 3]
    assert readings.ticks(span, after=3) == []


def test_a_barcode_that_had_nothing_new_keeps_what_it_had() -> None:
    whole = [(60, _counts(1000)), (120, _counts(3000)), (180, _counts(6000))]
    one = [(60, _counts(1000)), (180, _counts(4000))]
    span = Span(whole=whole, barcodes={("barcode01", "a"): one, ("barcode02", "b"): [(120, _counts(2000))]})
    told = readings.ticks(span, after=0)
    assert [[(part["barcode"], part["pass_bases"]) for part in tick["barcodes"]] for tick in told] == [
        [("barcode01", 1000)],
        [("barcode01", 1000), ("barcode02", 2000)],
        [("barcode01", 4000), ("barcode02", 2000)],
    ]


def test_what_a_barcode_had_before_the_last_known_minute_is_carried_on() -> None:
    span = Span(whole=[(60, _counts(10)), (120, _counts(20))], barcodes={("barcode01", ""): [(60, _counts(10))]})
    (tick,) = readings.ticks(span, after=1)
    assert tick["barcodes"][0]["pass_bases"] == 10


def test_reads_that_no_basecaller_has_seen_yet_are_counted_and_have_not_passed() -> None:
    summary = SimpleNamespace(
        read_count=100,
        basecalled_pass_read_count=60,
        basecalled_fail_read_count=10,
        basecalled_pass_bases=6000,
        basecalled_fail_bases=500,
    )
    assert Counts.of(summary) == Counts(reads=100, bases=6500, pass_reads=60, pass_bases=6000)


def test_time_in_states_becomes_shares_of_the_minute_that_a_bucket_ends_in() -> None:
    found = readings.shares({"strand": [75, 0], "pore": [25, 0], "zero": [0, 0]}, [0, 60])
    assert found == {1: {"strand": 0.75, "pore": 0.25}}


def test_a_fine_histogram_becomes_a_coarse_one_with_the_same_sum() -> None:
    fine = [(10 * n, n) for n in range(1001)]
    coarse = readings.coarser(fine)
    assert len(coarse) <= readings.BINS
    assert sum(value for _, value in coarse) == sum(value for _, value in fine)
    assert coarse[:2] == [(0, 3), (30, 12)]
    assert readings.coarser([]) == []


def test_the_first_two_parts_of_a_version_have_to_fit() -> None:
    assert readings.series("6.10.3") == readings.series("6.10.14") != readings.series("6.1.3")


def test_a_played_run_decays_scans_and_has_a_low_barcode() -> None:
    plan = Plan(barcodes=[("barcode01", "a", 1.0), ("barcode02", "b", 0.1)], half_life_h=14.0)
    course = Course(plan)
    hourly = [course.counts(60 * (hour + 1))[2] - course.counts(60 * hour)[2] for hour in range(72)]
    assert hourly[0] / hourly[14] > 1.8
    assert course.counts(95)[2] == course.counts(90)[2] < course.counts(96)[2], "nothing is read in a mux scan"
    shares = {name: share for name, _, share in course.parts}
    assert shares["barcode02"] < 0.2 * shares["barcode01"]
    assert abs(sum(shares.values()) - 1) < 1e-9
    assert len(course.scans(72 * 60)) == 49
    assert sum(course.states(300).values()) == plan.channels * 60 * 5000
