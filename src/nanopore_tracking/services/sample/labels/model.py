"""What stands on a label, and how a label is told to a printer (ZPL) and to a page (PDF)."""

import ipaddress
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import segno

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.layouts.model import Label, Layout, spots

#: Attempts before a person is asked, the pause after the first one, and how long one may take.
ATTEMPTS, FIRST_PAUSE, PATIENCE_S = 4, timedelta(seconds=5), 10.0
#: A job that is being sent for so long was begun by a process that is no more.
STUCK = timedelta(minutes=2)
_POINTS_PER_MM = 72 / 25.4
_ESCAPED = re.compile(r"[\x00-\x1f\x7f\\^~_]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Printer:
    """A printer as it is stored."""

    id: UUID
    name: str
    host: str
    port: int
    dots_per_mm: int
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A label on its way to a printer, claimed to be sent."""

    id: UUID
    printer_id: UUID
    host: str
    port: int
    sample_id: UUID | None
    location_id: UUID | None
    lab_id: UUID | None
    code: str
    copies: int
    content: str
    attempts: int


def ready(printer: Printer, layout: Layout) -> None:
    """Raise Conflict for a printer or a layout that is not used any more."""
    for thing, what in ((printer, "printer"), (layout, "layout")):
        if not thing.active:
            message = f"The {what} {thing.name} is not used any more. Nothing was printed; choose another one."
            raise errors.Conflict(message, type="not-allowed")


def again(labels: Sequence[Label], reason: str) -> None:
    """Raise Invalid where something has a label already and nobody says why it gets another one."""
    twice = [label.code for label in labels if label.printed]
    if twice and not reason.strip():
        others = f" and {len(twice) - 3} more" if len(twice) > 3 else ""
        message = f"There is a label of {', '.join(twice[:3])}{others} already; say why another one is needed."
        raise errors.Invalid(f"{message} Nothing was printed.", fields=[errors.FieldError("reason", message)])


def own_network(address: str) -> bool:
    """Return whether an address may be a printer's: a private one, not one of the machine's own services' metadata."""
    found = ipaddress.ip_address(address)
    return found.is_private and not (found.is_link_local or found.is_unspecified or found.is_multicast)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return FIRST_PAUSE * int(4 ** (attempts - 1))


def zpl(label: Label, layout: Layout, *, dots_per_mm: int, copies: int) -> str:
    """Return a label as ZPL: a Data Matrix of the code, and the lines beside it."""
    dots = dots_per_mm
    side = max(1, round(layout.code_mm * dots / _modules(label.code)))
    height = round(layout.font_mm * dots)
    at = round(layout.code_left_mm * dots), round(layout.code_top_mm * dots)
    parts = [
        f"^XA^CI28^PW{round(layout.width_mm * dots)}^LL{round(layout.height_mm * dots)}^LH0,0",
        f"^FO{at[0]},{at[1]}^BXN,{side},200^FH_^FD{_escaped(label.code)}^FS",
    ]
    for spot in spots(layout):
        left, top = round(spot.left_mm * dots), round(spot.top_mm * dots)
        width = max(1, round(spot.width_mm * dots))
        text = _escaped(label.text(spot.line))
        parts.append(f"^FO{left},{top}^A0N,{height},{height}^FB{width},1,0,L,0^FH_^FD{text}^FS")
    return "\n".join([*parts, f"^PQ{copies}^XZ"])


def _modules(code: str) -> int:
    """Return how many modules the side of a Data Matrix has that holds the code; a digit pair takes one byte."""
    needed = len(re.sub(r"\d\d", "x", code))
    sizes = ((3, 10), (5, 12), (8, 14), (12, 16), (18, 18), (22, 20), (30, 22), (36, 24), (44, 26))
    return next((side for room, side in sizes if needed <= room), 32)


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"_{ord(found[0]):02x}", text)


def pdf(labels: Sequence[Label], layout: Layout) -> bytes:
    """Return labels as a PDF, one on each page: a Micro QR code (QR where it is too long) and the lines beside it."""
    pages = [_page(label, layout) for label in labels]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    box = f"[0 0 {layout.width_mm * _POINTS_PER_MM:.2f} {layout.height_mm * _POINTS_PER_MM:.2f}]"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox {box} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(pages):
        packed = zlib.compress(content)
        uses = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {uses} /Contents {5 + 2 * number} 0 R >>".encode())
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + packed + b"\nendstream")
    return _file(objects)


def _page(label: Label, layout: Layout) -> bytes:
    scale, height = _POINTS_PER_MM, layout.height_mm
    rows = list(segno.make(label.code).matrix)
    side = layout.code_mm / len(rows)
    parts = [b"0 g"]
    for down, row in enumerate(rows):
        top = height - layout.code_top_mm - (down + 1) * side
        parts += [
            b"%.3f %.3f %.3f %.3f re"
            % ((layout.code_left_mm + across * side) * scale, top * scale, side * scale, side * scale)
            for across, dark in enumerate(row)
            if dark
        ]
    parts.append(b"f")
    for spot in spots(layout):
        left, base = spot.left_mm * scale, (height - spot.top_mm - layout.font_mm * 0.8) * scale
        text = label.text(spot.line).encode("cp1252", "replace")
        text = text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        parts.append(b"BT /F1 %.2f Tf %.2f %.2f Td (%s) Tj ET" % (layout.font_mm * scale, left, base, text))
    return b"\n".join(parts)


def _file(objects: Sequence[bytes]) -> bytes:
    found, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(found))
    return found + head + table + end
