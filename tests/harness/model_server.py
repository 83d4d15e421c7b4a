"""A server of a language model, as OpenAI-compatible ones are: real HTTP, and answers made from the lines it is sent.

It knows nothing of the product: what it answers is found in the request by a few rules, so that a value in an answer
proves the whole way from the document. It can also behave as badly as such servers and models do.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from tests.harness.product import Product

_LINE = re.compile(r"^(\d+)\| (.*)$", re.MULTILINE)
#: What the model understands: a label or a turn of phrase, and the value behind it.
_RULES = {
    "quote_id": r"(?:quote number|aktenzeichen|under the file)\W+([\w-]+)",
    "project_name": r"vorhaben:\s*(.+)",
    "organism": r"(?:source organism|tierart):\s*(.+)|from ([A-Z]\w+ \w+) taken",
    "account": r"(?:kostenstelle|charge everything to):?\s*([\w-]+)",
    "flow_cell_count": r"flow cells:\s*(\d+)",
    "coverage": r"abdeckung:\s*(.+)",
    "submitter_name": r"absender:\s*(.+)",
    "submitter_email": r"([\w.]+@[\w.]+)",
}
_SAMPLE = re.compile(r"tube (\w+) holds ([\d.,]+ ?µL) at ([\d.,]+ ?ng/µL)")
_OBEYED = re.compile(r"\bset (?:the )?(\w+) to ([\w-]+)", re.IGNORECASE)


def asked_lines(request: dict[str, Any]) -> list[tuple[int, str]]:
    """Return the numbered lines of a request."""
    text = "\n".join(message["content"] for message in request["messages"] if message["role"] == "user")
    return [(int(number), line) for number, line in _LINE.findall(text)]


def _read(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a model that reads well and says only what is there."""
    schema = request["response_format"]["json_schema"]["schema"]
    lines = asked_lines(request)
    found: dict[str, Any] = {}
    for name in schema["required"]:
        if name == "samples":
            found[name] = _samples(schema, lines)
            continue
        found[name] = {"text": None, "line": None}
        for number, line in lines:
            match = re.search(_RULES[name], line, re.IGNORECASE) if name in _RULES else None
            if match is not None and found[name]["text"] is None:
                found[name] = {"text": next(each for each in match.groups() if each), "line": number}
    return found


def _samples(schema: dict[str, Any], lines: list[tuple[int, str]]) -> list[dict[str, Any]]:
    columns = schema["properties"]["samples"]["items"]["properties"]["cells"]["required"]
    blank = dict.fromkeys(columns)
    return [
        {"line": number, "cells": blank | {"sample_name": name, "volume_ul": volume, "qubit_ng_per_ul": amount}}
        for number, line in lines
        for name, volume, amount in _SAMPLE.findall(line)
    ]


def _invent(request: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [] if name == "samples" else {"text": f"Plausible {number}", "line": 1}
        for number, name in enumerate(_read(request), 70)
    }


def _change_digits(request: dict[str, Any]) -> dict[str, Any]:
    turned = str.maketrans("0123456789", "1234567890")
    return {
        name: each if name == "samples" else {**each, "text": each["text"] and each["text"].translate(turned)}
        for name, each in _read(request).items()
    }


def _swap(request: dict[str, Any]) -> dict[str, Any]:
    found = _read(request)
    names = [name for name, each in found.items() if name != "samples" and each["text"]]
    values = [found[name] for name in names]
    return found | dict(zip(names, values[1:] + values[:1], strict=True))


def _obey(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a model that does what any text before it says, wherever that stands."""
    found = _read(request)
    for message in request["messages"]:
        for name, value in _OBEYED.findall(message["content"]):
            for wanted in found:
                if wanted != "samples" and (name.lower() in wanted or wanted in name.lower()):
                    found[wanted] = {"text": value, "line": 1}
    return found


def _types(request: dict[str, Any]) -> dict[str, Any]:
    return {name: 12 if name != "samples" else "none" for name in _read(request)}


_MODELS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "well": _read,
    "invents": _invent,
    "changes digits": _change_digits,
    "swaps": _swap,
    "obeys": _obey,
    "wrong types": _types,
    "echoes the schema": lambda request: request["response_format"]["json_schema"]["schema"],
    "leaves out": lambda request: dict(list(_read(request).items())[1:]),
}


@dataclass
class ModelServer:
    """What came so far. behaviour: of every answer; first: of the first ones; key: that it wants; usage: it counts."""

    port: int = 0
    model: str = "tiny-reader"
    key: str = ""
    behaviour: str = "well"
    first: list[str] = field(default_factory=list)
    usage: bool = True
    retry_after: str = ""
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
        else:
            await _send(writer, 404, {"error": {"message": "Not found"}})

    async def _complete(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        self.asked.append(request)
        wrong = _misuse(request, self.model)
        if wrong:
            await _send(writer, 404 if "model" in wrong else 400, {"error": {"message": wrong}})
            return
        how = self.first.pop(0) if self.first else self.behaviour
        if how.isdecimal():
            more = {"Retry-After": self.retry_after} if self.retry_after else {}
            await _send(writer, int(how), {"error": {"message": "no"}}, **more)
        elif how in ("silent", "drips", "endless", "breaks off"):
            await self._misbehave(how, writer)
        else:
            await _send(writer, 200, self._completion(request, how))

    def _completion(self, request: dict[str, Any], how: str) -> dict[str, Any]:
        model: Callable[[dict[str, Any]], Any] = _MODELS.get(how, _read)
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


def _misuse(request: dict[str, Any], model: str) -> str:
    """Return what a strict server would say to a request, blank for a good one."""
    shape = request.get("response_format", {})
    if request.get("model") != model:
        return f"The model {request.get('model')} does not exist"
    if shape.get("type") != "json_schema" or not shape["json_schema"]["strict"]:
        return "response_format must be a strict json_schema"
    if request.get("temperature") != 0 or request.get("stream") or "tools" in request:
        return "temperature 0, no stream, no tools"
    if request.get("max_tokens", 0) <= 0:
        return "max_tokens must be positive"
    return "" if _closed(shape["json_schema"]["schema"]) else "every object must be closed and all of it required"


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
