"""When a reading can be cancelled, repeated, or told its pages; and opens a protected file, in the sandbox."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID
from warnings import catch_warnings

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.errors import FieldError
from nanopore_tracking.services.ai.pdfs.model import MOST_PAGES

#: What a reading can wait for that a person knows, and what they are told.
NEEDS: Mapping[str, str] = {
    "pages": "This document has {count} pages. Say which of them hold the form; nothing was read yet.",
    "password": "This PDF is protected. Give its password: it is used once to open the file, and kept nowhere.",
}
_ENDED = {"read": "was read already", "needs_review": "was read and waits for a review", "refused": "has failed"}
_PART = re.compile(r"(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?")


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A reading about which something is to be done. reviewed: it was read as a form, so that a person refused it."""

    id: UUID
    document_id: UUID
    project_id: UUID
    lab_id: UUID
    filename: str
    sha256: str
    state: str
    version: int
    page_count: int | None
    reviewed: bool


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The file was opened; its bytes without the password follow as the next message."""


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """The password does not open the file."""


def refuse_stale(locked: Locked, seen: int) -> None:
    """Raise Stale where a reading changed since it was seen."""
    if locked.version != seen:
        raise errors.Stale("The reading went on since you looked at it. Nothing was changed; look again.")


def refuse_ended(locked: Locked) -> None:
    """Raise Conflict where there is nothing left to be cancelled."""
    if locked.state in _ENDED or locked.state == "cancelled":
        what = _ENDED.get(locked.state, "was cancelled already")
        raise errors.Conflict(f"This document {what}. Nothing was changed.", state=locked.state)


def refuse_retry(locked: Locked) -> None:
    """Raise Conflict where a reading neither failed nor was cancelled, or where a person refused what was read."""
    if locked.reviewed or locked.state not in ("refused", "cancelled"):
        what = "A person refused this form" if locked.reviewed else "This reading has not failed"
        raise errors.Conflict(f"{what}, so it is not read again. Nothing was changed.", state=locked.state)


def refuse_other(locked: Locked, need: str) -> None:
    """Raise Conflict where a reading does not wait for that."""
    if locked.state != f"needs_{need}":
        raise errors.Conflict(f"This reading does not wait for {need} now. Nothing was changed.", state=locked.state)


def pages_of(text: str, count: int) -> list[int]:
    """Return the pages that a person names, such as `1-3, 7`; Invalid with a sentence for what is none of them."""
    found: set[int] = set()
    for part in filter(None, (each.strip() for each in text.split(","))):
        match = _PART.fullmatch(part)
        if match is None:
            raise _unfit(f"“{part}” is no page. Write pages like this: 1-3, 7.")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= count:
            raise _unfit(f"The document has the pages 1 to {count}; “{part}” is none of them.")
        found.update(range(first, last + 1))
    if not found:
        raise _unfit("Name at least one page, such as 1-3, 7.")
    if len(found) > MOST_PAGES:
        raise _unfit(f"At most {MOST_PAGES} pages are read at once; these are {len(found)}.")
    return sorted(found)


def _unfit(message: str) -> errors.Invalid:
    return errors.Invalid(f"{message} Nothing was changed.", fields=[FieldError("pages", message)])


def open_file(content: bytes, password: bytes) -> Iterator[bytes]:
    """Yield whether a password opens a file, and the file without it."""
    # Only in the sandbox: it brings much along that the service itself never needs.
    import pikepdf

    sink = io.BytesIO()
    try:
        with (
            catch_warnings(action="ignore"),
            pikepdf.open(io.BytesIO(content), password=password.decode("utf-8")) as file,
        ):
            file.save(sink, encryption=False)
    except (pikepdf.PasswordError, pikepdf.PdfError, ValueError, RuntimeError):
        yield msgspec.json.encode(Closed())
        return
    yield msgspec.json.encode(Opened())
    yield sink.getvalue()
