"""Files over HTTP: a body that is a file is read part by part, and a file is handed out to be saved."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from nanopore_tracking.kernel.http.ask import Ask
from nanopore_tracking.kernel.http.bodies import Gone
from nanopore_tracking.kernel.http.problems import TooSlow

#: Seconds in which the next part of a body must arrive, and in which all of it must.
_PART_S = 30.0
_ALL_S = 600.0


async def parts(request: Ask) -> AsyncIterator[bytes]:
    """Yield the body part by part; TooSlow when it does not go on, Gone when nobody sends it any more."""
    try:
        async with asyncio.timeout(_ALL_S):
            more = True
            while more:
                async with asyncio.timeout(_PART_S):
                    message: Any = await request.receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                yield message.get("body", b"")
                more = message.get("more_body", False)
    except TimeoutError:
        raise TooSlow("The file did not arrive in time. Nothing of it was kept; send it again.") from None


def attachment(filename: str) -> dict[str, str]:
    """Return the headers of a file that is saved under a name and never shown as a page."""
    plain = filename.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
