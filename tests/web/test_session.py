"""The access tokens that the web front uses for a session: asked for anew soon, used on while nobody answers."""

from types import SimpleNamespace
from typing import Any

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.web import session
from nanopore_tracking.web.session import Sessions


class Exchange:
    """A config service that answers, is away, or says that a session has ended."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.life_s = 300
        self.asked = 0

    async def __call__(self, *_: str) -> Any:
        """Return what the config service answers to an exchange."""
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        account = SimpleNamespace(id="a1", username="alice", name="Alice", roles=["viewer"], lab_ids=[])
        return SimpleNamespace(access_token=f"access-{self.asked}", expires_in=self.life_s, account=account)


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Exchange:
    monkeypatch.setattr(session, "REFRESH_S", 0.0)
    monkeypatch.setattr(session, "UNANSWERED_S", 0.0)
    return Exchange()


async def test_a_session_that_was_closed_ends_when_it_is_asked_for_again(exchange: Exchange) -> None:
    sessions = Sessions(exchange)
    assert (await sessions.open("token")).access_token == "access-1"
    exchange.failure = errors.Unauthenticated("It has ended.")
    with pytest.raises(errors.Unauthenticated):
        await sessions.open("token")
    exchange.failure = errors.Unavailable("Nobody answers.")
    with pytest.raises(errors.Unavailable):
        await sessions.open("token")


async def test_while_nobody_answers_the_last_token_is_used_on(exchange: Exchange) -> None:
    sessions = Sessions(exchange)
    await sessions.open("token")
    exchange.failure = errors.Unavailable("Nobody answers.")
    assert (await sessions.open("token")).access_token == "access-1"
    with pytest.raises(errors.Unavailable):
        await sessions.open("token", "another tablet")
    exchange.failure = None
    assert (await sessions.open("token")).access_token == "access-4"


async def test_a_token_that_has_ended_is_not_used_on(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MARGIN_S", 301.0)
    sessions = Sessions(exchange)
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    await sessions.open("token")
    monkeypatch.setattr("time.monotonic", lambda: 1001.0)
    exchange.failure = errors.Unavailable("Nobody answers.")
    with pytest.raises(errors.Unavailable):
        await sessions.open("token")


async def test_within_some_seconds_it_is_asked_for_once(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "REFRESH_S", 30.0)
    sessions = Sessions(exchange)
    assert {(await sessions.open("token")).access_token for _ in range(3)} == {"access-1"}
    assert exchange.asked == 1
