"""How failed attempts are answered with a wait, and whose address an attempt counts for; without a database."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from nanopore_tracking.services.config.attempts import model
from nanopore_tracking.services.config.attempts.model import ACCOUNT, ADDRESS, Attempt
from nanopore_tracking.services.config.sign_in.model import origin

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROXIES = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("10.0.0.0/8"))


def _after(failures: int, rule: model.Rule = ACCOUNT, apart_s: float = 1) -> Attempt:
    found: Attempt | None = None
    for number in range(failures):
        found = model.failed(rule, found, key=b"k", at=NOW + timedelta(seconds=number * apart_s))
    assert found is not None
    return found


def test_a_few_failures_cost_nothing_then_the_wait_doubles_up_to_a_minute() -> None:
    waits = [model.wait_s([attempt], attempt.last_at) for attempt in (_after(number) for number in range(1, 16))]

    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_an_address_may_fail_more_often_and_waits_longer() -> None:
    assert ADDRESS.wait_s(20) == 0
    assert ADDRESS.wait_s(21) == 1
    assert ADDRESS.wait_s(10_000) == 600


def test_failures_are_forgotten_after_a_quiet_hour() -> None:
    assert _after(50, apart_s=3601).failures == 1
    assert _after(50, apart_s=3600).failures == 50


def test_the_wait_is_told_in_whole_seconds_rounded_up() -> None:
    attempt = _after(8)

    assert model.wait_s([attempt], attempt.last_at + timedelta(seconds=3.2)) == 1
    assert model.wait_s([attempt], attempt.last_at + timedelta(seconds=4)) == 0
    assert model.wait_s([], NOW) == 0


def test_an_attempt_that_began_before_a_failure_without_a_wait_does_not_wait() -> None:
    assert model.wait_s([_after(3)], NOW - timedelta(seconds=1)) == 0


def test_large_and_small_letters_are_one_account() -> None:
    assert model.by_account("Alice") == model.by_account("alice")
    assert model.by_account("alice") != model.by_address("alice")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
        ("", "198.51.100.1", ""),
    ],
)
def test_an_attempt_counts_for_the_nearest_address_that_is_no_proxy(peer: str, forwarded: str, address: str) -> None:
    assert origin(peer, forwarded, client="curl", proxies=PROXIES).address == address


def test_the_client_is_kept_short_and_without_control_characters() -> None:
    assert origin("192.0.2.7", "", client="a\x00b\n" + "x" * 500, proxies=()).client == "ab" + "x" * 198
