"""Hashing passwords: costs, equal time, few at once."""

import asyncio

import pytest

from nanopore_tracking.kernel import errors, passwords
from nanopore_tracking.kernel.passwords import AT_ONCE, LEAST_MEMORY_KIB, LEAST_PASSES, Passwords


@pytest.fixture
def hashing() -> Passwords:
    return Passwords(LEAST_MEMORY_KIB, LEAST_PASSES)


async def test_a_password_matches_its_own_hash_only(hashing: Passwords) -> None:
    kept = await hashing.hash("quiet harbour")

    assert kept.startswith("$argon2id$")
    assert await hashing.matches(kept, "quiet harbour")
    assert not await hashing.matches(kept, "quiet harbor")
    assert not await hashing.matches(kept, "")
    assert not await hashing.matches("nonsense", "quiet harbour")
    assert not await hashing.matches(None, "the password of nobody")


async def test_accents_match_however_they_are_composed(hashing: Passwords) -> None:
    assert await hashing.matches(await hashing.hash("u\u0308ber den See"), "\u00fcber den See")


async def test_a_hash_with_other_costs_is_outdated(hashing: Passwords) -> None:
    kept = await hashing.hash("quiet harbour")

    assert not hashing.outdated(kept)
    assert Passwords(LEAST_MEMORY_KIB * 2, LEAST_PASSES).outdated(kept)


@pytest.mark.parametrize(("memory_kib", "passes"), [(LEAST_MEMORY_KIB - 1, LEAST_PASSES), (LEAST_MEMORY_KIB, 1)])
def test_costs_that_are_too_low_are_refused(memory_kib: int, passes: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        Passwords(memory_kib, passes)


async def test_few_have_their_turn_at_once_and_a_full_queue_is_told(
    hashing: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAITING", 10)
    inside = most = 0
    refused: list[errors.TooMany] = []

    async def attempt() -> None:
        nonlocal inside, most
        try:
            async with hashing.turn():
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.01)
                inside -= 1
        except errors.TooMany as full:
            refused.append(full)

    await asyncio.gather(*(attempt() for _ in range(15)))

    assert most == AT_ONCE
    assert len(refused) == 5
    assert refused[0].retry_after_s > 0
