"""Identifiers: their layout, and that they keep the order in which one process made them."""

from datetime import UTC, datetime, timedelta

from nanopore_tracking.kernel.ids import parsed, uuid7


def test_identifiers_keep_the_order_in_which_they_were_made() -> None:
    made = [uuid7() for _ in range(20_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_identifier_has_its_version_and_its_moment() -> None:
    made = uuid7()
    moment = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)

    assert (made.version, made.int >> 62 & 0b11) == (7, 0b10)
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=5)
    assert parsed(str(made)) == made
