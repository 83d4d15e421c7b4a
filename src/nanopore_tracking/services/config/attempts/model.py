"""How long failed attempts are answered with a wait: it grows with each failure, has a bound, and is forgotten."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Rule:
    """free: failures without a wait; then it doubles from 1 s to longest_s. forget_s: quiet time that forgets all."""

    free: int
    longest_s: float
    forget_s: float = 3600.0

    def wait_s(self, failures: int) -> float:
        """Return how long nothing is accepted after so many failures in a row."""
        beyond = failures - self.free
        return 0.0 if beyond <= 0 else float(min(self.longest_s, 2.0 ** min(beyond - 1, 30)))


#: The wait of an account is short, so that nobody can keep its owner out; of an address it is long.
ACCOUNT = Rule(free=5, longest_s=60.0)
ADDRESS = Rule(free=20, longest_s=600.0)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What is remembered of the failed attempts under one key. blocked_until: None where there is no wait."""

    key: bytes
    failures: int
    last_at: datetime
    blocked_until: datetime | None


def by_account(username: str) -> bytes:
    """Return the key of an account, whether it exists or not."""
    return _key("account", username.lower())


def by_address(address: str) -> bytes:
    """Return the key of an address."""
    return _key("address", address)


def by_both(username: str, address: str) -> bytes:
    """Return the key of an account as it is tried from an address at which its owner was signed in before."""
    return _key("both", f"{username.lower()} {address}")


def _key(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind} {value}".encode()).digest()


def wait_s(attempts: list[Attempt], at: datetime) -> int:
    """Return the whole seconds until every key accepts an attempt again; 0 for now."""
    ends = [attempt.blocked_until for attempt in attempts if attempt.blocked_until is not None]
    left = max(((end - at).total_seconds() for end in ends), default=0.0)
    return max(0, -int(-left // 1))


def failed(rule: Rule, before: Attempt | None, *, key: bytes, at: datetime) -> Attempt:
    """Return what is remembered after one more failure."""
    quiet = before is None or (at - before.last_at).total_seconds() > rule.forget_s
    failures = 1 if before is None or quiet else before.failures + 1
    pause_s = rule.wait_s(failures)
    blocked_until = at + timedelta(seconds=pause_s) if pause_s else None
    return Attempt(key=key, failures=failures, last_at=at, blocked_until=blocked_until)
