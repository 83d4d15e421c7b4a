"""Says how wide letters are drawn and breaks texts into lines, without the font itself; pure.

Widths are those of Bitstream Vera Sans in thousandths of its size. Whoever draws fits each text into the width that is
said here, so that a place that was worked out here is true of the picture.
"""

from collections.abc import Iterator

#: Of a letter that is not listed; those from the wide scripts take a whole square.
_USUAL, _SQUARE, _FIRST_SQUARE = 640, 1000, 0x2E80
_CLASSES = {
    278: "'ijlìíîï",
    318: " ,.·IJ",
    337: "/:;\\|f",
    390: "()[]-t!¡²³¹",
    411: 'r"',
    500: "*_`\xb4°ªºsz?¿š",
    555: "cçLF",
    592: "kvxyýÿTYPÞ",
    612: "aàáâãäåeèéêëoòóôõöø«»",
    685: "AVÀÁÂÃÄÅKXZBR",
    700: "CÇ",
    750: "UÙÚÛÜNÑH",
    785: "DGOQÒÓÔÕÖØÐ&",
    838: "w#+<=>^~±×÷M",
    980: "%mWæÆ@©®¼½¾œŒ",
}
_WIDTHS = {letter: width for width, letters in _CLASSES.items() for letter in letters}
#: Bold letters are so much wider.
_BOLD = 1.1
#: A cell is never shown with more lines than this.
MOST_LINES = 40
_GOES_ON = "…"


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is in points. size: of its letters, in points."""
    get = _WIDTHS.get
    total = sum(get(each) or (_SQUARE if ord(each) >= _FIRST_SQUARE else _USUAL) for each in text)
    return total * size * (_BOLD if bold else 1.0) / 1000


def wrapped(text: str, width_pt: float, size: float, *, bold: bool = False, most: int = MOST_LINES) -> list[str]:
    """Return a text in lines that are no wider than is said; what is beyond the last line is shown by a sign."""
    if width_of(text, size, bold=bold) <= width_pt and "\n" not in text:
        return [text]
    lines: list[str] = []
    for line in _broken(text, width_pt, size, bold=bold):
        if len(lines) == most:
            lines[-1] = f"{lines[-1][:-1]}{_GOES_ON}"
            break
        lines.append(line)
    return lines or [""]


def _broken(text: str, width_pt: float, size: float, *, bold: bool) -> Iterator[str]:
    for part in text.splitlines():
        line, at = "", 0.0
        for word in part.split(" "):
            piece = f" {word}" if line else word
            wide = width_of(piece, size, bold=bold)
            if line and at + wide > width_pt:
                yield line
                line, at, piece = "", 0.0, word
                wide = width_of(word, size, bold=bold)
            while wide > width_pt and len(piece) > 1:
                cut = fitting(piece, width_pt, size, bold=bold)
                yield piece[:cut]
                piece = piece[cut:]
                wide = width_of(piece, size, bold=bold)
            line, at = line + piece, at + wide
        yield line


def fitting(text: str, width_pt: float, size: float, *, bold: bool = False) -> int:
    """Return how many letters of a text fit into a width, one at least."""
    at = 0.0
    for index, letter in enumerate(text):
        at += width_of(letter, size, bold=bold)
        if at > width_pt:
            return max(index, 1)
    return len(text)
