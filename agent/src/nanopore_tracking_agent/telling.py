"""Sends to the product what was seen, with a token that may do nothing else; what was sent twice counts once."""

from typing import Any

import httpx

PATH = "/api/runs/live"
_ANSWER_S = 60.0
_CONNECT_S = 5.0


class Refused(Exception):
    """The product did not take what was sent; the text says why and what to do."""


class Product:
    """The product, as the holder of the agent's token sees it."""

    def __init__(self, url: str, token: str) -> None:
        timeout = httpx.Timeout(_ANSWER_S, connect=_CONNECT_S)
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=url.rstrip("/"), timeout=timeout, headers=headers, follow_redirects=False)
        self._url = url.rstrip("/")

    def tell(self, told: dict[str, Any]) -> list[dict[str, Any]]:
        """Send what was seen and return what the product has of each run now; Refused."""
        try:
            answer = self._client.post(PATH, json=told)
        except httpx.TransportError as failure:
            raise Refused(
                f"{self._url} does not answer ({type(failure).__name__}). Nothing is lost: MinKNOW keeps its "
                "statistics, and what is missing is sent when the product is there again."
            ) from failure
        if not answer.is_success:
            raise Refused(f"{self._url} answered {answer.status_code}: {_said(answer)}")
        try:
            runs: list[dict[str, Any]] = answer.json()["runs"]
        except (ValueError, KeyError, TypeError):
            raise Refused(f"{self._url} answered, but not as the product does. Look at the address.") from None
        return runs

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _said(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])[:500]
    except (ValueError, KeyError, TypeError):
        return "no sentence. Look at the address."
