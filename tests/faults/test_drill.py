"""The kill drill in short: a few kills, and every check that a long run makes."""

import random
import sys

import pytest

from tests.faults import drill
from tests.faults.killer import ALL, plan

_SECONDS, _KILLS = 12, 4


@pytest.mark.fault
@pytest.mark.timeout(240)
async def test_nothing_is_lost_or_doubled_while_engines_and_services_are_killed() -> None:
    seed = random.SystemRandom().randrange(1_000_000)

    report = await drill.run(seed, _SECONDS, kills=_KILLS)

    sys.stdout.write(f"{report.line}\n")
    assert report.wrong == [], f"seed {seed}"
    assert report.line["kills"]["all"] == _KILLS
    assert report.line["acknowledged"] > 0


def test_a_seed_repeats_its_kills() -> None:
    assert plan(7, 60) == plan(7, 60)
    assert plan(7, 60) != plan(8, 60)


def test_a_minute_has_all_kinds_of_kills_and_at_least_twenty() -> None:
    kills = plan(7, 60)

    assert len(kills) >= 20
    assert {kill.kind for kill in kills} == {"sample", "audit", "config", "nats", "postgres", "backend", ALL}
    assert [kill.at_s for kill in kills] == sorted(kill.at_s for kill in kills)
