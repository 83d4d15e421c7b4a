"""The text of a small file of a run, in whichever way the machine that wrote it writes text."""

import codecs
from pathlib import Path

from nanopore_tracking.runfolders.figures import Unreadable


def shown(text: str) -> str:
    """Return a name as one line of text, with a question mark for what is none, such as bytes of another encoding."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def read(path: Path, *, largest: int, what: str) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its mark as shells of Windows write it, without the mark.

    largest: bytes that are read; what: how the file is called in the sentence of Unreadable where it is no text.
    """
    with path.open("rb") as file:
        data = file.read(largest)
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(f"{what} is not plain text.") from None
    if "\0" in text:
        raise Unreadable(f"{what} is not plain text.")
    return text
