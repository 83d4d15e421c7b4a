"""The protocol of OpenAI-compatible servers, and what people are told when one does not help. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec

from nanopore_tracking.kernel.settings import Secret
from nanopore_tracking.services.ai.questions.model import Question

#: Bytes of an answer that are read at the most.
MOST_BYTES = 1_000_000
#: A longer wait than this is not waited for within a reading.
LONGEST_WAIT_S = 10.0
#: Ways to ask for an answer of one shape, in the order in which a server is tried: by OpenAI's schemas, by an object
#: with a schema beside it (llama.cpp's server for Python), by Ollama's own protocol.
Shape = Literal["json_schema", "json_object", "format"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
_BUSY = (429, 503)
_WRONG_KEY = (401, 403)
_WRONG_SHAPE = (400, 415, 422)
_OF_SHAPES = (b"response_format", b"json_schema", b"grammar")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A server and the model on it that is asked. url: up to `/v1`; local: it is the facility's own."""

    url: str
    model: str
    key: Secret
    local: bool
    timeout_s: float
    document_tokens: int
    month_tokens: int
    cost_per_1k_tokens: float

    @property
    def host(self) -> str:
        """Host and port, as people know the server."""
        return urlsplit(self.url).netloc

    def path(self, what: str) -> str:
        """Return the address of something on the server."""
        return f"{self.url.rstrip('/')}/{what}"

    def asked_at(self, shape: Shape) -> str:
        """Return the address at which a model is asked for an answer of a shape; Ollama's own is beside `/v1`."""
        if shape == "format":
            return f"{self.url.rstrip('/').removesuffix('/v1')}/api/chat"
        return self.path("chat/completions")

    def headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        said = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        return said | ({"Authorization": f"Bearer {self.key.reveal()}"} if self.key else {})

    def cost(self, tokens: int) -> float:
        """Return what tokens cost, in the facility's currency."""
        return tokens / 1000 * self.cost_per_1k_tokens


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a model wrote."""

    content: str


class Failure(Exception):
    """A model did not help; the text is a sentence for people.

    kind: `busy`, `down`, `refused` (by its server), `shape` (the same, for the way in which it was asked), `unusable`
    (its answer), `budget` or `open` (nothing was sent); again: asking once more may help; wait_s: after so long.
    """

    def __init__(self, kind: str, message: str, *, again: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.again = again
        self.wait_s = wait_s


def body(endpoint: Endpoint, question: Question[Any], *, most_tokens: int, shape: Shape = "json_schema") -> bytes:
    """Return a request for one completion: no tools, no chance, an answer of one shape and of a limited length."""
    asked: dict[str, Any] = {"model": endpoint.model, "messages": question.messages, "stream": False}
    if shape == "format":
        limits = {"temperature": 0, "num_predict": most_tokens}
        return msgspec.json.encode(asked | {"options": limits, "format": question.schema})
    wanted: dict[str, Any] = {"type": "json_object", "schema": question.schema}
    if shape == "json_schema":
        wanted = {"type": shape, "json_schema": {"name": question.kind, "strict": True, "schema": question.schema}}
    else:
        # Not every server that takes such an object reads the schema beside it; the model has to know it all the same.
        told = json.dumps(question.schema, ensure_ascii=False, separators=(",", ":"))
        system, *others = question.messages
        said = f"{system['content']} Answer with one JSON object that fits this schema, and nothing else: {told}"
        asked["messages"] = [{**system, "content": said}, *others]
    return msgspec.json.encode(asked | {"temperature": 0, "max_tokens": most_tokens, "response_format": wanted})


def as_completion(content: bytes) -> bytes:
    """Return an answer of Ollama's own protocol as one of OpenAI's; as it came where it is none."""
    try:
        told = msgspec.convert(json.loads(content, strict=False), _Ollama)
    except (ValueError, RecursionError, msgspec.ValidationError):
        return content
    usage = {"prompt_tokens": told.prompt_eval_count, "completion_tokens": told.eval_count}
    choice = {"message": {"content": told.message.content}, "finish_reason": told.done_reason}
    return msgspec.json.encode({"choices": [choice], "usage": usage})


def completion(endpoint: Endpoint, content: bytes, *, status: int, headers: Mapping[str, str]) -> Completion:
    """Return what a server answered; Failure with a sentence where that is no completion."""
    if status != 200:
        raise refusal(endpoint, status, headers, said=content)
    try:
        told = msgspec.convert(json.loads(content, strict=False), _Told)
    except (ValueError, RecursionError, msgspec.ValidationError):
        message = f"The server {endpoint.host} did not answer as OpenAI-compatible servers do."
        raise Failure("unusable", message, again=True) from None
    choice = told.choices[0]
    if choice.finish_reason == "length":
        raise Failure("unusable", f"The answer of {endpoint.model} was cut off: it was longer than it may be.")
    if choice.message.refusal or not (choice.message.content or "").strip():
        raise Failure("unusable", f"{endpoint.model} gave no answer.", again=not choice.message.refusal)
    return Completion(content=choice.message.content or "")


def spent(content: bytes, status: int, question: Question[Any]) -> tuple[int, int]:
    """Return the tokens of a question and of its answer, as the server counted them, else as they are guessed."""
    try:
        usage = msgspec.convert(json.loads(content, strict=False), _Counted).usage
    except (ValueError, RecursionError, msgspec.ValidationError):
        usage = None
    if usage is not None:
        return usage.prompt_tokens, usage.completion_tokens
    return (question.prompt_tokens, len(content) // 3) if status == 200 else (0, 0)


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __post_init__(self) -> None:
        if self.prompt_tokens < 0 or self.completion_tokens < 0:
            raise ValueError("less than no tokens")


class _Ollama(msgspec.Struct):
    message: _Message
    done_reason: str | None = None
    prompt_eval_count: int = 0
    eval_count: int = 0


class _Counted(msgspec.Struct):
    usage: _Usage | None = None


class _Told(msgspec.Struct):
    choices: list[_Choice]

    def __post_init__(self) -> None:
        if not self.choices:
            raise ValueError("no choice")


def refusal(endpoint: Endpoint, status: int, headers: Mapping[str, str], *, said: bytes = b"") -> Failure:
    """Return what an answer of another status than 200 means. said: what came with it."""
    host = endpoint.host
    if status in _BUSY:
        wait_s = waiting(headers.get("retry-after", ""), headers.get("date", ""))
        told = f"; it asks to wait for {wait_s:.0f} seconds" if wait_s else ""
        message = f"The server {host} has too much to do{told}."
        return Failure("busy" if status == 429 else "down", message, again=wait_s <= LONGEST_WAIT_S, wait_s=wait_s)
    if status in _WRONG_KEY:
        return Failure("refused", f"The server {host} does not accept NANOPORE_LLM_KEY.")
    if status == 404:
        return Failure(
            "refused", f"The server {host} does not know the model {endpoint.model}, or its address is another."
        )
    # Some servers break down on a shape that they do not know, and say so.
    if status in _WRONG_SHAPE or (status == 500 and any(word in said for word in _OF_SHAPES)):
        message = (
            f"The server {host} does not take the request (status {status}): it needs answers by JSON schema, by JSON "
            "object, or by Ollama's format."
        )
        return Failure("shape", message)
    if status >= 500:
        return Failure("down", f"The server {host} failed (status {status}).", again=True)
    return Failure("refused", f"The server {host} answered with status {status}.")


def waiting(retry_after: str, now: str) -> float:
    """Return the seconds that a server asks to wait, by a number or a date; 0 for none. now: its own date."""
    if retry_after.isdecimal():
        return float(min(int(retry_after), 86_400))
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - parsedate_to_datetime(now)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def models(content: bytes) -> list[str]:
    """Return the names of a server's list of models; empty where it is none."""
    try:
        told: Any = json.loads(content)
        return [str(each["id"]) for each in told["data"]][:1000]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def has_room(endpoint: Endpoint, question: Question[Any], spent: int) -> bool:
    """Tell whether it may be asked once more within what it may cost. spent: tokens that it cost already."""
    most = question.allowance(endpoint.document_tokens)
    return most - spent - question.prompt_tokens >= min(question.answer_tokens, most // 4)


def room(endpoint: Endpoint, question: Question[Any], spent: int = 0) -> int:
    """Return the tokens that an answer may have; Failure where the question is too long for its budget."""
    most = question.allowance(endpoint.document_tokens)
    if not has_room(endpoint, question, spent):
        cost = (
            f"one document may cost {most:,} (NANOPORE_LLM_DOCUMENT_TOKENS)."
            if most == endpoint.document_tokens
            else f"it may cost {most:,}."
        )
        raise Failure("budget", f"{question.about} has about {question.prompt_tokens:,} tokens; {cost}")
    return min(most - spent - question.prompt_tokens, question.answer_tokens)
