"""Asks a language model: within its time, its budget and its patience; every end is an answer or a sentence."""

import asyncio
import functools
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import structlog
from prometheus_client import Counter, Gauge

from nanopore_tracking.kernel import errors, outward
from nanopore_tracking.kernel.circuit import Breaker
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.ai.endpoints import model, store
from nanopore_tracking.services.ai.endpoints.model import SHAPES, Completion, Endpoint, Failure, Shape
from nanopore_tracking.services.ai.questions.model import Question, Unfit
from nanopore_tracking.services.ai.settings import ModelSettings

A = TypeVar("A")

_SERVICE = "ai"
_ATTEMPTS = 2
_JITTER_S = 0.3

#: kind: what was asked about; outcome: done, left (by who asked), or one of the kinds of Failure.
_REQUESTS = Counter("language_model_requests_total", "Questions to a language model.", ("service", "kind", "outcome"))
#: direction: in or out.
_TOKENS = Counter("language_model_tokens_total", "Tokens that a language model used.", ("service", "kind", "direction"))
_COST = Counter("language_model_cost_total", "What these tokens cost, in the facility's currency.", ("service",))
_BUDGET = Gauge("language_model_budget_used_ratio", "The share of the month's tokens that is used.", ("service",))

_log = structlog.get_logger(__name__)


@dataclass
class Standing:
    """How a server is, as this process knows it.

    last: when it was asked last, and the sentence where that failed; shape: by which it answered.
    """

    breaker: Breaker
    last: tuple[datetime, str] | None = None
    shape: Shape | None = None


@dataclass(frozen=True, kw_only=True)
class Consulted(Generic[A]):
    """What came of a question. tokens: in and out together, as they count."""

    answer: A
    tokens: int
    duration_ms: int = field(compare=False, default=0)


_standings: dict[str, Standing] = {}


def standing(url: str) -> Standing:
    """Return how a server is; its breaker is shared by all that this process asks of it."""
    if url not in _standings:
        _standings[url] = Standing(Breaker("the language model", service=_SERVICE))
    return _standings[url]


def endpoint_of(settings: ModelSettings) -> Endpoint | None:
    """Return the server that is set, None where none is."""
    if not settings.llm_url:
        return None
    return Endpoint(
        url=settings.llm_url,
        model=settings.llm_model,
        key=settings.llm_key,
        local=settings.llm_place == "local",
        timeout_s=settings.llm_timeout_s,
        document_tokens=settings.llm_document_tokens,
        month_tokens=settings.llm_month_tokens,
        cost_per_1k_tokens=settings.llm_cost_per_1k_tokens,
    )


async def consult(
    settings: ModelSettings,
    endpoint: Endpoint,
    question: Question[A],
    *,
    db: Reads | None = None,
    attempts: int = _ATTEMPTS,
) -> Consulted[A]:
    """Ask one question and return what was answered; Failure with a sentence. db: where the month's budget is kept."""
    started_s = time.monotonic()
    outcome, said = "left", "The question was left before an answer came."
    try:
        found = await _within_budget(settings, endpoint, question, db=db, attempts=attempts)
        outcome, said = "done", ""
    except Failure as failure:
        outcome, said = failure.kind, failure.message
        raise
    finally:
        duration_ms = round((time.monotonic() - started_s) * 1000)
        _REQUESTS.labels(_SERVICE, question.kind, outcome).inc()
        standing(endpoint.url).last = (datetime.now(UTC), said)
        # Never a text of the question, of the answer, or the key.
        _log.info(
            "language_model.asked",
            host=endpoint.host,
            model=endpoint.model,
            outcome=outcome,
            kind=question.kind,
            fields=question.asked,
            redacted=question.redacted,
            duration_ms=duration_ms,
        )
    return Consulted(answer=found.answer, tokens=found.tokens, duration_ms=duration_ms)


async def _within_budget(
    settings: ModelSettings, endpoint: Endpoint, question: Question[A], *, db: Reads | None, attempts: int
) -> Consulted[A]:
    model.room(endpoint, question)
    # Set aside is what it may cost at the most, so that no number of replicas spends more than there is.
    aside, month = question.allowance(endpoint.document_tokens), None
    if db is not None:
        month = await store.reserve(db, aside, budget=endpoint.month_tokens, at=datetime.now(UTC))
        if month is None:
            message = "The tokens of this month are used up (NANOPORE_LLM_MONTH_TOKENS)."
            raise Failure("budget", message)
    bill = _Bill()
    try:
        return await _asked(settings, endpoint, question, bill=bill, attempts=attempts)
    finally:
        _TOKENS.labels(_SERVICE, question.kind, "in").inc(bill.into)
        _TOKENS.labels(_SERVICE, question.kind, "out").inc(bill.out)
        _COST.labels(_SERVICE).inc(endpoint.cost(bill.total))
        if db is not None and month is not None:
            await store.settle(db, month, more=bill.total - aside, cost=endpoint.cost(bill.total))


@dataclass
class _Bill:
    """The tokens that were spent so far."""

    into: int = 0
    out: int = 0

    @property
    def total(self) -> int:
        return self.into + self.out

    def add(self, into: int, out: int) -> None:
        self.into += into
        self.out += out


async def _asked(
    settings: ModelSettings, endpoint: Endpoint, question: Question[A], *, bill: _Bill, attempts: int
) -> Consulted[A]:
    """Ask, and once more where that may help and its budget has room for it."""
    for attempt in range(1, attempts + 1):
        try:
            completion = await _completed(settings, endpoint, question, bill=bill)
            answer = question.read(completion.content)
        except Unfit as unfit:
            failure = Failure("unusable", f"The answer of {endpoint.model} was of no use: {unfit}", again=True)
        except Failure as found:
            failure = found
        else:
            return Consulted(answer=answer, tokens=bill.total)
        if not failure.again or attempt == attempts or not model.has_room(endpoint, question, bill.total):
            raise failure
        await asyncio.sleep(failure.wait_s + random.uniform(0, _JITTER_S))  # noqa: S311 (spreads callers, hides nothing)
    raise AssertionError("each attempt returns or raises")


async def _completed(
    settings: ModelSettings, endpoint: Endpoint, question: Question[Any], *, bill: _Bill
) -> Completion:
    """Send one request through the breaker; a server that says no is well, one that is silent or fails is not."""
    reply = functools.partial(_sent, settings, endpoint, question, bill=bill)
    try:
        found = await standing(endpoint.url).breaker.call(reply)
    except errors.Unavailable as opened:
        message = f"The server {endpoint.host} did not answer several times and is left alone for a moment."
        raise Failure("open", message) from opened
    if isinstance(found, Failure):
        raise found
    return found


async def _sent(
    settings: ModelSettings, endpoint: Endpoint, question: Question[Any], *, bill: _Bill
) -> Completion | Failure:
    """Return what a server answered to the first way of asking that it takes, or why that is of no use."""
    here = standing(endpoint.url)
    refused = Failure("refused", "")
    # Where a way is known to be taken, a refusal is about the question: it is not asked in other ways.
    for shape in (here.shape,) if here.shape is not None else SHAPES:
        found = await _sent_as(settings, endpoint, question, shape=shape, bill=bill)
        if not isinstance(found, Failure):
            here.shape = shape
            return found
        # A server that is not Ollama knows nothing of its address.
        if found.kind != "shape" and not (found.kind == "refused" and refused.message):
            return found
        refused = Failure("refused", refused.message or found.message)
    here.shape = None
    return refused


async def _sent_as(
    settings: ModelSettings, endpoint: Endpoint, question: Question[Any], *, shape: Shape, bill: _Bill
) -> Completion | Failure:
    """Return what a server answered, or why that is of no use; raise what tells that it is not well."""
    room = model.room(endpoint, question, bill.total)
    try:
        reply = await outward.send(
            "POST",
            endpoint.asked_at(shape),
            model.body(endpoint, question, most_tokens=room, shape=shape),
            headers=endpoint.headers(),
            local=settings.llm_local(),
            within_s=endpoint.timeout_s,
            most_bytes=model.MOST_BYTES,
        )
    except outward.Refused as refused:
        return Failure("refused", f"NANOPORE_LLM_URL leads where nothing is sent: {refused}")
    except outward.NoAnswer as silence:
        if isinstance(silence.__cause__, TimeoutError):
            # The server may have read the question and even answered: that counts.
            bill.add(question.prompt_tokens, 0)
            message = f"The server {endpoint.host} did not answer within {endpoint.timeout_s:g} seconds."
        else:
            message = f"The server {endpoint.host} could not be reached, or broke off its answer."
        raise Failure("down", message, again=True) from silence
    if not reply.whole:
        bill.add(question.prompt_tokens, room)
        return Failure("unusable", f"The answer of {endpoint.model} did not end and was broken off.")
    body = model.as_completion(reply.body) if shape == "format" else reply.body
    try:
        found = model.completion(endpoint, body, status=reply.status, headers=reply.headers)
    except Failure as failure:
        bill.add(*model.spent(body, reply.status, question))
        if failure.kind == "down":
            raise
        return failure
    bill.add(*model.spent(body, reply.status, question))
    return found


async def names(settings: ModelSettings, endpoint: Endpoint) -> list[str]:
    """Return the models that a server lists; empty where it does not answer, or keeps no list."""
    try:
        reply = await outward.send(
            "GET",
            endpoint.path("models"),
            headers=endpoint.headers(),
            local=settings.llm_local(),
            within_s=min(endpoint.timeout_s, 10.0),
            most_bytes=model.MOST_BYTES,
        )
    except (outward.Refused, outward.NoAnswer):
        return []
    return model.models(reply.body) if reply.status == 200 else []


async def tell_budget(db: Reads, endpoint: Endpoint | None) -> None:
    """Tell how much of the month's budget is used; nothing is told where no model is set."""
    if endpoint is None:
        _BUDGET.labels(_SERVICE).set(0)
        return
    standing(endpoint.url)
    used = (await store.usage(db, datetime.now(UTC)))["tokens"]
    _BUDGET.labels(_SERVICE).set(used / endpoint.month_tokens if endpoint.month_tokens else 1.0)
