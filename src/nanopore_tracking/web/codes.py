"""Codes that a scanner reads, drawn into a page."""

import functools

import markupsafe
import segno


@functools.lru_cache(4096)
def picture(text: str, size_px: int = 84) -> markupsafe.Markup:
    """Return a QR code (Micro QR where the text is short) as a picture for a page, dark on white in any theme."""
    code = segno.make(text)
    # The empty margin that scanners need: four modules, two for a Micro QR (ISO/IEC 18004).
    rows, quiet = code.matrix, code.default_border_size
    side = len(rows) + 2 * quiet
    parts = [
        f"M{across + quiet} {down + quiet}h1v1h-1z"
        for down, row in enumerate(rows)
        for across, dark in enumerate(row)
        if dark
    ]
    return markupsafe.Markup(
        '<svg class="code" width="{0}" height="{0}" viewBox="0 0 {1} {1}" role="img" aria-label="Code {2}" '
        'shape-rendering="crispEdges"><rect width="{1}" height="{1}" fill="#fff"/><path fill="#000" d="{3}"/></svg>'
    ).format(size_px, side, text, "".join(parts))
