"""The language model that may help to read forms and to search: whether one is set, how it is, and what it costs."""

from datetime import datetime
from typing import Literal

from nanopore_tracking.contracts.api.base import Answer


class ModelStanding(Answer, frozen=True, kw_only=True):
    """How forms are read, and the language model that is set.

    method: how forms are read; host, model: of the server, blank where none is set; place: `local` or `remote`;
    key_set: whether a key is sent; month_tokens, document_tokens: what either may cost; tokens, requests,
    cost: of this month (UTC), on all replicas; breaker: of the replica that answers, with when it lets a call pass
    again; last_asked_at, last_error: of the same replica, blank where the last answer was good; shape: by which way of
    asking the server gives answers of one shape, blank until it gave one: `json_schema`, `json_object`, or Ollama's
    `format`; meanings: why nothing is compared by meaning, blank where it is; searches: whether words of searches may
    be put to it, `off`, `local` or `remote`.
    """

    method: Literal["pattern", "llm", "hybrid", "rag"]
    host: str
    model: str
    place: Literal["local", "remote"]
    key_set: bool
    document_tokens: int
    month_tokens: int
    tokens: int
    requests: int
    cost: float
    cost_per_1k_tokens: float
    breaker: Literal["closed", "half_open", "open"]
    retry_after_s: float
    last_asked_at: datetime | None
    last_error: str
    shape: Literal["", "json_schema", "json_object", "format"] = ""
    meanings: str = ""
    searches: Literal["off", "local", "remote"] = "off"


class ModelTrialValue(Answer, frozen=True, kw_only=True):
    """One value of the trial: what stands in its text, and what the model made of it."""

    field: str
    wanted: str
    raw: str
    right: bool


class ModelTrial(Answer, frozen=True, kw_only=True):
    """What came of asking the model for a text of the product's own.

    worked: it answered, and every value is right; said: a sentence; known: the server lists the model, null where it
    keeps no list.
    """

    worked: bool
    said: str
    known: bool | None
    duration_ms: int
    tokens: int
    values: list[ModelTrialValue]
