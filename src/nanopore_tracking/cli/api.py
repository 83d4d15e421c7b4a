"""A client of the public HTTP API for commands: signs in, sends again what may be sent again, tells what went wrong."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7

DEFAULT_URL = "http://127.0.0.1:8000"

Url = Annotated[str, typer.Option(envvar="NANOPORE_URL", help=f"Where the product answers.  [default: {DEFAULT_URL}]")]
User = Annotated[str, typer.Option(envvar="NANOPORE_USERNAME", help="Who signs in, where no token is given.")]
Token = Annotated[
    str, typer.Option(envvar="NANOPORE_TOKEN", help="An API token; better in NANOPORE_TOKEN than on the command line.")
]

_TRIES = 4
_FIRST_PAUSE_S = 0.3
_CONNECT_S = 5.0
#: Accepting ten thousand samples is one request.
_ANSWER_S = 180.0
_CHUNK_BYTES = 1 << 16
_KINDS: dict[int, type[errors.Problem]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Stale,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
    428: errors.PreconditionRequired,
    429: errors.TooMany,
}

#: Called with the number of bytes that were sent.
Sent = Callable[[int], None]


class Api:
    """The public API, as one account sees it; every error is one of kernel.errors."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def address(self, path: str) -> str:
        """Return the whole address of a page."""
        return f"{str(self._client.base_url).rstrip('/')}{path}"

    def get(self, path: str, **params: Any) -> Any:
        """Return what is at a path; a parameter that is None is left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._ask("GET", path, lambda: {"params": given})

    def post(self, path: str, body: Any, *, version: int | None = None) -> Any:
        """Send a command and return the answer. version: of the thing that is changed, as it was read."""
        headers = _headers(version)
        return self._ask("POST", path, lambda: {"json": body, "headers": headers})

    def put(self, path: str, body: Any, *, version: int) -> Any:
        """Put something in the place of what was read in a version, and return the answer."""
        headers = _headers(version)
        return self._ask("PUT", path, lambda: {"json": body, "headers": headers})

    def upload(self, path: str, file: Path, *, params: dict[str, str], sent: Sent) -> Any:
        """Send a file as it is and return the answer."""
        size_bytes = file.stat().st_size
        headers = {
            **_headers(None),
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size_bytes),
        }
        return self._ask("POST", path, lambda: {"content": _parts(file, sent), "params": params, "headers": headers})

    @staticmethod
    def pause(seconds: float) -> None:
        """Wait before the next look."""
        time.sleep(seconds)

    def _ask(self, method: str, path: str, arguments: Callable[[], dict[str, Any]]) -> Any:
        """Ask, again after a pause where nobody answered: reading changes nothing, and a command carries its key."""
        pause_s = _FIRST_PAUSE_S
        for left in reversed(range(_TRIES)):
            try:
                answer = self._client.request(method, path, **arguments())
            except httpx.TransportError as failure:
                problem: errors.Problem = _unreachable(self._client, failure)
            else:
                if answer.is_success:
                    return _decoded(answer)
                problem = _problem(answer)
            if not left or not isinstance(problem, errors.Unavailable) or isinstance(problem, errors.TooMany):
                raise problem
            time.sleep(max(pause_s, problem.retry_after_s))
            pause_s *= 2
        raise AssertionError("the loop ends by an answer or by an error")


def open_api(url: str, username: str, token: str = "") -> Api:
    """Return the API as the holder of the token, of NANOPORE_TOKEN, or of a username and password sees it.

    The password comes from NANOPORE_PASSWORD or is asked for on a terminal. Unauthenticated when there is none.
    """
    limits = httpx.Timeout(_ANSWER_S, connect=_CONNECT_S)
    client = httpx.Client(base_url=url or DEFAULT_URL, timeout=limits, follow_redirects=False)
    api = Api(client)
    token = token or os.environ.get("NANOPORE_TOKEN", "") or _signed_in(api, username)
    client.headers["Authorization"] = f"Bearer {token}"
    return api


def _signed_in(api: Api, username: str) -> str:
    name = username or _asked("Username")
    password = os.environ.get("NANOPORE_PASSWORD") or _asked(f"Password of {name}", hidden=True)
    token: str = api.post("/api/auth/token", {"username": name, "password": password})["access_token"]
    return token


def _asked(what: str, *, hidden: bool = False) -> str:
    if not sys.stdin.isatty():
        raise errors.Unauthenticated(
            "Nobody is here to sign in: give NANOPORE_TOKEN, or NANOPORE_USERNAME and NANOPORE_PASSWORD."
        )
    answer: str = typer.prompt(what, hide_input=hidden, err=True)
    return answer


def _headers(version: int | None) -> dict[str, str]:
    headers = {"Idempotency-Key": str(uuid7())}
    return headers if version is None else {**headers, "If-Match": f'"v{version}"'}


def _parts(file: Path, sent: Sent) -> Iterator[bytes]:
    with file.open("rb") as source:
        while part := source.read(_CHUNK_BYTES):
            yield part
            sent(source.tell())


def _unreachable(client: httpx.Client, failure: httpx.TransportError) -> errors.Unavailable:
    what = "does not answer in time" if isinstance(failure, httpx.TimeoutException) else "cannot be reached"
    return errors.Unavailable(
        f"{str(client.base_url).rstrip('/')} {what}. Is the product running? Another address is given with --url.",
        type="unreachable",
        retry_after_s=0,
    )


def _decoded(answer: httpx.Response) -> Any:
    if not answer.content:
        return {}
    try:
        return answer.json()
    except ValueError:
        _refuse_foreign(answer)


def _problem(answer: httpx.Response) -> errors.Problem:
    try:
        said = answer.json()
        message, kind = str(said["detail"]), str(said["type"])
        fields = [errors.FieldError(str(each["path"]), str(each["message"])) for each in said.get("errors", [])]
    except (ValueError, KeyError, TypeError):
        _refuse_foreign(answer)
    if answer.status_code >= 500:
        wait_s = answer.headers.get("retry-after", "")
        return errors.Unavailable(message, type=kind, retry_after_s=int(wait_s) if wait_s.isdigit() else 0)
    return _KINDS.get(answer.status_code, errors.Invalid)(message, type=kind, fields=fields)


def _refuse_foreign(answer: httpx.Response) -> NoReturn:
    raise errors.Invalid(
        f"{answer.url.copy_with(query=None)} answered {answer.status_code}, but not as this product does. "
        "Look at the address.",
        type="foreign",
    )
