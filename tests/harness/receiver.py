"""A program that is told by webhooks: a real HTTP server that keeps what came and answers as it is told to."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Receiver:
    """What came so far. status: what is answered; pause_s: how long that takes; location: where else it sends."""

    port: int = 0
    status: int = 200
    pause_s: float = 0.0
    location: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the receiver."""
        return f"http://127.0.0.1:{self.port}/hooks?source=tests"

    def bodies(self) -> list[dict[str, Any]]:
        """Return what came, in order."""
        return [json.loads(body) for _, body in self.came]

    def types(self) -> list[str]:
        """Return the types of what came, in order."""
        return [body["type"] for body in self.bodies()]

    def signed(self, secret: str, number: int = -1) -> bool:
        """Tell whether something that came was signed with the secret, as a receiver would."""
        headers, body = self.came[number]
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return hmac.compare_digest(headers["webhook-signature"], f"v1,{wanted}")

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.came.append((headers, body))
        status, more = self.status, f"Location: {self.location}\r\n" if self.location else ""
        await asyncio.sleep(self.pause_s)
        with contextlib.suppress(ConnectionError):
            answer = f"HTTP/1.1 {status} Said\r\n{more}Content-Length: 2\r\nConnection: close\r\n\r\nok"
            writer.write(answer.encode())
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Run a receiver."""
    found = Receiver()
    server = await asyncio.start_server(found._answer, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
