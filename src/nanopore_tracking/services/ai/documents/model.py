"""What may be uploaded, told from its content, and what a file is called once its name is clean."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from nanopore_tracking.kernel import errors

Kind = Literal["xlsx", "text_table", "pdf", "docx", "png", "jpeg", "tiff", "webp"]

#: Bytes from the start of a file that tell what it is.
HEAD_BYTES = 65_536
#: Bytes from the end of an archive in which its directory stands, where it is no larger than a workbook's.
DIRECTORY_BYTES = 1 << 19
_LONGEST_NAME = 150
_ARCHIVE = b"PK\x03\x04"
#: The path of the main part of an archive, by which it is told what it is.
PARTS: tuple[tuple[bytes, Literal["xlsx", "docx"]], ...] = (
    (b"xl/workbook.xml", "xlsx"),
    (b"word/document.xml", "docx"),
)
_PDF = b"%PDF-"
_PICTURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"#!", "a script"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ", "a compressed file"),
    (b"(\xb5/\xfd", "a compressed file"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
    (b"PK\x05\x06", "an empty archive"),
    (b"{\\rtf", "a formatted text"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or one with a password"),
)
_MARKUP = re.compile(rb"^\s*<(?:!doctype|html|\?xml|table|svg)\b", re.IGNORECASE)
_TAKEN = (
    "XLSX workbooks, text tables (CSV, TSV), and forms as PDF, DOCX or picture (PNG, JPEG, TIFF, WebP) are taken. "
    "Nothing was kept."
)
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was taken in and is kept already. as_form: it is read value by value, whatever its kind."""

    project_id: UUID
    lab_id: UUID
    filename: str
    kind: Kind
    size_bytes: int
    sha256: str
    as_form: bool = False


def kind_of(head: bytes, *, directory: bytes) -> Kind:
    """Return what a file is, from its first bytes; UnsupportedMedia with a sentence for what is not taken here.

    directory: the end of the file, where an archive names its parts.
    """
    if not head:
        raise errors.Invalid("The file is empty. Nothing was kept.")
    if head.startswith(_ARCHIVE):
        for path, kind in PARTS:
            if path in directory:
                return kind
        raise errors.UnsupportedMedia(f"This is an archive, but no XLSX workbook or DOCX document. {_TAKEN}")
    if _PDF in head[:1024]:
        return "pdf"
    for mark, picture in _PICTURES:
        if head.startswith(mark):
            return picture
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    what = alien(head)
    if what:
        raise errors.UnsupportedMedia(f"This is {what}. {_TAKEN}")
    return "text_table"


def alien(head: bytes) -> str | None:
    """Return what a file is that is no plain text, from its first bytes; None for plain text."""
    for mark, what in _KINDS:
        if head.startswith(mark):
            return what
    if _MARKUP.match(head):
        return "a web page or XML"
    return None if _is_text(head) else "neither a workbook nor text"


def _is_text(head: bytes) -> bool:
    """Tell whether the bytes look like text in any encoding: hardly any control characters, as programs have them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    zeros = head.count(0)
    wide = max(head[::2].count(0), head[1::2].count(0))
    if zeros > len(head) // 4 and wide > zeros * 0.95:
        return True  # UTF-16 without its mark: every other byte is zero.
    controls = sum(head.count(code) for code in range(32) if code not in (9, 10, 13)) + head.count(127)
    return controls <= max(2, len(head) // 100)


def clean_name(name: str, unnamed: str) -> str:
    """Return a file name without folders, unseen characters and names that some systems keep for themselves.

    unnamed: what a file is called of whose name nothing is left.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = _UNSEEN.sub("", "".join("" if unicodedata.category(one) == "Cs" else one for one in text)).strip(" .")
    text = _RESERVED.sub(lambda found: f"_{found[0]}", text)
    if not text:
        return unnamed
    stem, dot, extension = text.rpartition(".")
    if dot and len(extension) <= 10:
        return f"{stem[: _LONGEST_NAME - len(extension)]}.{extension}"
    return text[:_LONGEST_NAME]
