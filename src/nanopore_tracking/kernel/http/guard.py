"""Decides whether a request may pass: each route states its policy, and one without a policy is not built at all."""

from dataclasses import dataclass
from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import Verifier, refuse
from nanopore_tracking.kernel.http.ask import Context

PUBLIC = "public"
SIGNED_IN = "signed-in"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What holds for all routes of a service.

    permissions: all that a policy may name; strict: query parameters that a handler does not declare are refused.
    """

    verifier: Verifier
    permissions: frozenset[str]
    strict: bool


class Unguarded(TypeError):
    """A route states no policy, or one that is neither `public`, `signed-in` nor a known permission."""


def policy_of(handler: Any, known: frozenset[str]) -> str:
    """Return the policy that a route states; Unguarded without one, or with one that nobody could have."""
    policy = handler.opt.get("policy")
    where = f"{handler.fn.__qualname__} at {', '.join(sorted(handler.paths))}"
    if not isinstance(policy, str):
        raise Unguarded(f'{where} states no policy; add policy="public", "signed-in" or a permission')
    if policy not in (PUBLIC, SIGNED_IN) and policy not in known:
        raise Unguarded(f"{where} states the policy {policy!r}, which is no permission")
    return policy


async def admit(context: Context, policy: str, verifier: Verifier) -> None:
    """Find out who asks and check the policy; Unauthenticated or Forbidden when it does not hold."""
    if policy == PUBLIC:
        return
    sent = context.headers.get(b"authorization", b"")
    if sent[:7].lower() != b"bearer ":
        refuse()
    principal = await verifier.principal(sent[7:].decode("latin-1").strip())
    context.principal = principal
    if policy != SIGNED_IN and policy not in principal.permissions:
        raise errors.Forbidden(f"Your account may not do this: it needs the permission {policy}.", permission=policy)
