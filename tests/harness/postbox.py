"""A mail server that speaks SMTP, keeps what it takes and refuses what it is told to."""

import asyncio
import contextlib
import email
import email.policy
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Postbox:
    """What came so far. refusals: the answer to each address that is not taken; tries: addresses as tried."""

    port: int = 0
    refusals: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to an address, in order."""
        return [letter for recipient, letter in self.letters if recipient == address]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await say("220 postbox ready")
            while line := (await reader.readline()).decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    recipient = re.sub(r".*<(.*)>.*", r"\1", line)
                    self.tries.append(recipient)
                    await say(self.refusals.get(recipient, "250 taken"))
                elif verb == "DATA":
                    await say("354 go on")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    letter = email.message_from_bytes(content[:-5], policy=email.policy.default)
                    assert isinstance(letter, EmailMessage)
                    self.letters.append((recipient, letter))
                    await say("250 kept")
                elif verb == "QUIT":
                    await say("221 bye")
                    break
                else:
                    await say("250 fine")
        writer.close()


@contextlib.asynccontextmanager
async def postbox() -> AsyncIterator[Postbox]:
    """Run a mail server."""
    found = Postbox()
    server = await asyncio.start_server(found._talk, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
