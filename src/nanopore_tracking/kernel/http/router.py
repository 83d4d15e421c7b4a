"""Leads a request to the service that answers its path; behind it every service is an application of its own."""

from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http.endpoint import ASGI

_DEEPEST = 4


class Router:
    """Chooses by path prefix, whole segments only, the longest one first."""

    def __init__(self, rest: ASGI) -> None:
        """rest: answers every path that no prefix fits."""
        self._rest = rest
        self._by_prefix: dict[str, ASGI] = {}

    def add(self, prefix: str, app: ASGI) -> None:
        """Let the application answer what is under the prefix, everything that nobody else answers under `/`.

        ValueError when another one does, or when the prefix is too long.
        """
        if prefix == "/":
            self._rest = app
            return
        if self._by_prefix.setdefault(prefix, app) is not app:
            raise ValueError(f"two services answer {prefix}")
        if prefix.count("/") >= _DEEPEST:
            raise ValueError(f"{prefix} has more segments than are looked at")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand the request on."""
        if scope["type"] == "lifespan":
            return
        await self._find(scope["path"])(scope, receive, send)

    def _find(self, path: str) -> ASGI:
        segments = path.split("/", _DEEPEST)
        for count in range(min(len(segments), _DEEPEST), 1, -1):
            app = self._by_prefix.get("/".join(segments[:count]))
            if app is not None:
                return app
        return self._rest


async def nowhere(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 (the signature of ASGI)
    """Answer what nobody else answers; runs inside an Edge."""
    raise errors.NotFound("There is nothing at this address.", type="no-such-address")
