"""A server of a language model, as OpenAI-compatible ones are: real HTTP, and answers made from the lines it is sent.

It knows nothing of the product: what it answers is found in the request by a few rules, so that a value in an answer
proves the whole way from the document. It can also behave as badly as such servers and models do.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from tests.harness.tiny_models import MODELS, read, schema_of
from tests.harness.tiny_words import WORDS

if TYPE_CHECKING:
    from tests.harness.product import Product


@dataclass
class ModelServer:
    """What came so far. behaviour: of every answer; first: of the first ones; key: that it wants; usage: it counts.

    takes: how it is asked for an answer of one shape: `json_schema` as OpenAI, `json_object` as llama.cpp's server for
    Python, which breaks down on others, `format` as Ollama at an address of its own.
    """

    port: int = 0
    model: str = "tiny-reader"
    key: str = ""
    behaviour: str = "well"
    first: list[str] = field(default_factory=list)
    usage: bool = True
    retry_after: str = ""
    takes: str = "json_schema"
    asked: list[dict[str, Any]] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    tokens: int = 0

    @property
    def url(self) -> str:
        """The address that is set."""
        return f"http://127.0.0.1:{self.port}/v1"

    def words(self) -> str:
        """Return all that was ever sent to it."""
        return json.dumps(self.asked, ensure_ascii=False)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            content = await reader.readexactly(int(headers.get("content-length", "0")))
            self.came.append(head[0].rpartition(" ")[0])
            await self._answer(head[0], headers, content, writer=writer)
        writer.close()

    async def _answer(
        self, what: str, headers: dict[str, str], content: bytes, *, writer: asyncio.StreamWriter
    ) -> None:
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            await _send(writer, 401, {"error": {"message": "Incorrect API key provided"}})
        elif what.startswith("GET /v1/models "):
            await _send(writer, 200, {"object": "list", "data": [{"id": self.model, "object": "model"}]})
        elif what.startswith("POST /v1/chat/completions "):
            await self._complete(json.loads(content), writer)
        elif what.startswith("POST /api/chat ") and self.takes == "format":
            await self._chat(json.loads(content), writer)
        else:
            await _send(writer, 404, {"error": {"message": "Not found"}})

    async def _complete(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        self.asked.append(request)
        wrong = _misuse(request, self)
        if wrong:
            broken = 500 if self.takes == "json_object" and "response_format" in wrong else 400
            await _send(writer, 404 if "The model" in wrong else broken, {"error": {"message": wrong}})
            return
        how = self.first.pop(0) if self.first else self.behaviour
        if how.isdecimal():
            more = {"Retry-After": self.retry_after} if self.retry_after else {}
            await _send(writer, int(how), {"error": {"message": "no"}}, **more)
        elif how in ("silent", "drips", "endless", "breaks off"):
            await self._misbehave(how, writer)
        else:
            await _send(writer, 200, self._completion(request, how))

    async def _chat(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        """Answer as Ollama does at its own address."""
        self.asked.append(request)
        limits = request.get("options", {})
        if request["stream"] or limits.get("temperature") != 0 or limits.get("num_predict", 0) <= 0:
            await _send(writer, 400, {"error": "no stream, temperature 0, a limit"})
        else:
            told = self._completion(request, self.behaviour)
            choice, usage = told["choices"][0], told["usage"]
            said = {"role": "assistant", "content": choice["message"]["content"]}
            counts = {"prompt_eval_count": usage["prompt_tokens"], "eval_count": usage["completion_tokens"]}
            done = {"done": True, "done_reason": choice["finish_reason"]}
            await _send(writer, 200, {"model": self.model, "message": said} | counts | done)

    def _completion(self, request: dict[str, Any], how: str) -> dict[str, Any]:
        of_words = "filters" in schema_of(request)["required"]
        model: Callable[[dict[str, Any]], Any] = (WORDS if of_words else MODELS).get(
            how, WORDS["well"] if of_words else read
        )
        made = json.dumps(model(request), ensure_ascii=False)
        said: dict[str, tuple[str | None, str, str | None]] = {
            "fenced": (f"```json\n{made}\n```", "stop", None),
            "cut off": (made[: len(made) // 2], "length", None),
            "prose": ("Here are the values that you asked for.", "stop", None),
            "blank": ("  \n ", "stop", None),
            "refuses": (None, "stop", "I cannot help with that."),
        }
        content, reason, refusal = said.get(how, (made, "stop", None))
        into = sum(len(message["content"]) for message in request["messages"]) // 4
        out = len(content or "") // 4
        self.tokens += into + out
        usage = {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": self.model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": content, "refusal": refusal},
                    "finish_reason": reason,
                }
            ],
        } | ({"usage": usage} if self.usage else {})

    async def _misbehave(self, how: str, writer: asyncio.StreamWriter) -> None:
        if how == "silent":
            await asyncio.sleep(30)
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        if how == "breaks off":
            writer.write(b'10\r\n{"choices": [{"a')
            await writer.drain()
            return
        part = b" " * (60_000 if how == "endless" else 1)
        for _ in range(2000):
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
            await writer.drain()
            await asyncio.sleep(0 if how == "endless" else 0.05)


def _misuse(request: dict[str, Any], server: ModelServer) -> str:
    """Return what a strict server would say to a request, blank for a good one."""
    shape = request.get("response_format", {})
    if request.get("model") != server.model:
        return f"The model {request.get('model')} does not exist"
    if shape.get("type") != server.takes:
        return f"response_format must be a strict {server.takes}"
    if server.takes == "json_schema" and not shape["json_schema"]["strict"]:
        return "response_format must be strict"
    if request.get("temperature") != 0 or request.get("stream") or "tools" in request:
        return "temperature 0, no stream, no tools"
    if request.get("max_tokens", 0) <= 0:
        return "max_tokens must be positive"
    return "" if _closed(schema_of(request)) else "every object must be closed and all of it required"


def _closed(schema: Any) -> bool:
    if isinstance(schema, list):
        return all(_closed(each) for each in schema)
    if not isinstance(schema, dict):
        return True
    named = set(schema.get("properties", {}))
    fits = schema.get("type") != "object" or (
        schema.get("additionalProperties") is False and set(schema.get("required", [])) == named
    )
    return fits and all(_closed(each) for each in schema.values())


async def _send(writer: asyncio.StreamWriter, status: int, told: Any, **more: str) -> None:
    body = json.dumps(told, ensure_ascii=False).encode()
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items())
    head = f"HTTP/1.1 {status} Said\r\n{lines}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


@contextlib.contextmanager
def set_up(product: "Product", server: ModelServer, **more: Any) -> Iterator[None]:
    """Set the product's ai service up for a server, as its settings do at a start. more: settings by their fields."""
    runtime = product.runtimes["ai"]
    told = {"reading_method": "hybrid", "llm_url": server.url, "llm_model": server.model, "llm_place": "local"}
    before = runtime.settings
    runtime.settings = msgspec.structs.replace(before, **(told | {"llm_timeout_s": 5.0} | more))
    try:
        yield
    finally:
        runtime.settings = before


@contextlib.asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """Run a server."""
    found = ModelServer()
    server = await asyncio.start_server(found._serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
