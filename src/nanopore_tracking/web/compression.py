"""Sends pages compressed, in a length that says little about what is secret in them."""

import gzip
import io
import secrets
from typing import Any

from litestar import Request, Response

from nanopore_tracking.web.render import HTML

#: Bytes below which a page fits into one packet anyway.
_SMALL_BYTES = 1200
#: Quick: a page is made anew for each request.
_LEVEL = 4
#: Letters of the file name in the head of the compressed page, which nobody reads: a length that differs each time.
_NAME_LETTERS = 32


def compressed(request: Request[Any, Any, Any], answer: Response[bytes]) -> Response[bytes]:
    """Return the page as gzip where the browser takes it (RFC 9110 section 8.4.1); other answers as they are.

    What somebody else can put into an address stands in the page beside secrets, and a compressed length would tell
    letter by letter whether the two agree (BREACH). A file name of random length hides that (RFC 1952 section 2.3.1).
    """
    content = answer.content
    taken = "gzip" in request.headers.get("accept-encoding", "")
    if answer.media_type != HTML or len(content) < _SMALL_BYTES or not taken:
        return answer
    packed = io.BytesIO()
    name = "x" * (1 + secrets.randbelow(_NAME_LETTERS))
    with gzip.GzipFile(name, "wb", compresslevel=_LEVEL, fileobj=packed, mtime=0) as file:
        file.write(content)
    answer.content = packed.getvalue()
    answer.headers["Content-Encoding"] = "gzip"
    return answer
