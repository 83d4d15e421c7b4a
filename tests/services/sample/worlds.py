"""Worlds of which the truth is known: flow cells that decay, laboratories that deliver."""

import math
import random
from datetime import UTC, datetime, timedelta

from nanopore_tracking.services.sample.decays import model as decays
from nanopore_tracking.services.sample.decays.model import Course
from nanopore_tracking.services.sample.outlooks.model import STAGES, Move

START = datetime(2026, 1, 5, tzinfo=UTC)


def runs(seed: int, many: int = 60) -> list[Course]:
    """Return runs of 48 to 72 h; half of them are reloaded within the second day.

    Half-lives are log-normal around 14 h, rates around 2 Gb an hour; pores come and go slowly, and bins are noisy.
    """
    chance = random.Random(seed)
    return [_run(chance) for _ in range(many)]


def _run(chance: random.Random) -> Course:
    level = math.exp(chance.gauss(math.log(2.0), 0.5))
    half_life_h = math.exp(chance.gauss(math.log(14), 0.35))
    reload_min = chance.uniform(20, 28) * 60 if chance.random() < 0.5 else math.inf
    began, drift, so_far = 0.0, 0.0, 0.0
    minutes: list[float] = []
    gb: list[float] = []
    reloads: list[float] = []
    for minute in range(10, chance.choice((48, 72, 72)) * 60 + 1, 10):
        if not reloads and minute >= reload_min:
            reloads.append(minute)
            level, began = level * chance.uniform(0.6, 0.87), minute
        hours = (minute - began) / 60
        drift = 0.97 * drift + chance.gauss(0, 0.03)
        noise = math.exp(drift + chance.gauss(0, 0.08))
        so_far += level * 0.5 ** (hours / half_life_h) * min(1.0, hours / 0.7) * noise / 6
        minutes.append(minute)
        gb.append(so_far)
    return decays.course(minutes, gb, reloads)


def moves(seed: int, many: int = 500) -> list[Move]:
    """Return how samples of one service went through all stages, each for a log-normal time, one after the other."""
    chance = random.Random(seed)
    found = []
    for number in range(many):
        at = START + timedelta(hours=7 * number)
        for stage in (*STAGES, "delivered"):
            found.append(Move(f"sample {number}", "ont-dna", stage, at))
            at += timedelta(hours=math.exp(chance.gauss(math.log(10), 0.8)))
    return sorted(found, key=lambda move: move.at)
