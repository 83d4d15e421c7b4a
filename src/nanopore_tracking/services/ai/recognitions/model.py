"""Recognises letters, rules and marks on one page of grey pixels; the function `recognise` runs in the sandbox.

A page is turned upright and set straight first. Needs the extra `ocr`: its models lie in the package, and nothing is
fetched. Costs some seconds of processor time and 500 MB of memory for a page, so that a child reads one page.
"""

import ctypes
import math
import os
import resource
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from nanopore_tracking.services.ai.readings.model import Box
from nanopore_tracking.services.ai.scans.model import Raster, Scan

if TYPE_CHECKING:
    from nanopore_tracking.services.ai.inks.model import Pixels
    from nanopore_tracking.services.ai.measures.model import Line

#: Of the recogniser: a page is recognised again where an older one did it.
VERSION = 1
#: Degrees that a page may lie askew; what is further off is no scan of a form, but a photograph.
_MOST_SKEW, _LEAST_SKEW = 3.0, 0.04
#: The longer side in pixels of what the skew and the direction are looked for in, and of what letters are found in.
_LOOK_PX, _FIND_PX = 1000, 1600
#: So many pixels have the largest pages in which letters are found: what that takes of memory grows with them.
_FIND_MOST = 2_000_000
#: Of the C library: pieces larger than so many bytes go back at once, and there is one pool for all threads.
_MMAP_THRESHOLD, _ARENA_MAX = (-3, 8 << 20), (-8, 1)
#: A box around letters is made so wide at least, of its height: the recogniser takes narrower ones for upright lines.
_WIDEST_TALL = 1.3
#: Lines are recognised at 48 pixels tall, in images that are at least so wide. The package makes them 320, for which a
#: table of numbers takes twice the time; what was recognised on 300 lines was the same.
_NARROWEST_PX = 64
#: How many times longer than tall lines are that tell how a page lies, or pieces of them where there are too few lines.
_LONG, _FEWEST = (2.5, 1.3), 4
#: Share of a page's lines that run down where the page lies on its side; how many lines tell what is up.
_ON_SIDE, _ASKED = 0.6, 12
_SURELY = 0.8


def installed() -> bool:
    """Tell whether scans can be read here."""
    return find_spec("rapidocr") is not None


def recognise(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield what was recognised on a page as JSON. content: its grey pixels, line by line."""
    raster = msgspec.json.decode(options, type=Raster)
    # A thread for each core would take its share of memory, and gain nothing where two pages are read at once.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    _save_memory()
    scan = _read(content, raster)
    used = resource.getrusage(resource.RUSAGE_SELF)
    scan.cpu_s, scan.memory_mb = round(used.ru_utime + used.ru_stime, 2), round(used.ru_maxrss / 1024, 1)
    yield msgspec.json.encode(scan)


def _save_memory() -> None:
    """Let freed memory go back at once: what lies between freed pieces took pages of some sizes beyond the limit."""
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallopt"):
        for name, most in (_MMAP_THRESHOLD, _ARENA_MAX):
            ctypes.CDLL(None).mallopt(name, most)


def _read(content: bytes, raster: Raster) -> Scan:
    import cv2
    import numpy as np

    from nanopore_tracking.services.ai.inks import model as inks
    from nanopore_tracking.services.ai.letterings.model import unread, words_of

    cv2.setNumThreads(1)
    engine = _Engine()
    lying: Pixels = np.frombuffer(content, dtype=np.uint8).reshape(raster.height_px, raster.width_px)
    turned = _turned(lying, engine)
    grey: Any = np.ascontiguousarray(np.rot90(lying, turned))
    skew = _skew(grey)
    if skew:
        tall, wide = grey.shape
        matrix = cv2.getRotationMatrix2D(((wide - 1) / 2, (tall - 1) / 2), skew, 1.0)
        grey = cv2.warpAffine(grey, matrix, (wide, tall), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    dots = raster.width_px / raster.width_pt
    found = inks.find(grey, dots)
    clean = inks.without_leaders(grey, dots)
    lines = engine.lines(clean, engine.boxes(clean))
    # Of ink that is in no line, only what is surely a letter, and no smudge.
    late = engine.lines(clean, unread(lines, found))
    lines += [line for line in late if all(letter.sure >= _SURELY for letter in line.letters)]
    seen = words_of(lines, found, dots=dots)
    return Scan(
        number=raster.number,
        width_pt=raster.width_pt,
        height_pt=raster.height_pt,
        turned=turned,
        skew=skew,
        words=seen.words,
        marks=seen.marks,
        across=[_points(box, dots) for box in found.across],
        down=[_points(box, dots) for box in found.down],
    )


def _points(box: Box, dots: float) -> Box:
    left, top, right, bottom = (round(each / dots, 2) for each in box)
    return left, top, right, bottom


class _Engine:
    """The recogniser, with one thread and without what it would say of itself."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.max_side_len": 4000,
                "Global.return_word_box": True,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": _FIND_PX,
                "Rec.rec_img_shape": [3, 48, _NARROWEST_PX],
            }
        )

    def boxes(self, grey: "Pixels") -> list[Box]:
        """Return where letters stand together in a line."""
        import cv2

        scale = min(1.0, _FIND_PX / max(grey.shape), math.sqrt(_FIND_MOST / grey.size))
        small: Any = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR) if scale < 1 else grey
        found: Any = self._engine(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False)
        found = [] if found.boxes is None else found.boxes / scale
        return [(*each.min(axis=0).tolist(), *each.max(axis=0).tolist()) for each in found]

    def upside_down(self, crops: list[Any]) -> bool:
        """Tell whether most lines stand on their heads."""
        said = self._engine.cls_and_rotate(crops)[1].cls_res or []
        return sum("180" in label and sure > 0.8 for label, sure in said) * 2 > len(crops)

    def lines(self, grey: "Pixels", places: list[Box]) -> list["Line"]:
        """Return what stands in some places of a page that stands upright and straight."""
        import cv2

        boxes = [_widened(box, grey.shape[1]) for box in places]
        crops = [cv2.cvtColor(_crop(grey, box), cv2.COLOR_GRAY2BGR) for box in boxes]
        if not crops:
            return []
        told: Any = self._engine.recognize_txt(crops)
        return [
            line
            for box, text, info in zip(boxes, told.txts, told.word_results, strict=True)
            if (line := _line(box, text, info)) is not None
        ]


def _widened(box: Box, most: int) -> Box:
    left, top, right, bottom = box
    lacking = max(0.0, _WIDEST_TALL * (bottom - top) - (right - left)) / 2
    return max(0.0, left - lacking), top, min(float(most), right + lacking), bottom


def _crop(grey: "Pixels", box: Box) -> "Pixels":
    left, top, right, bottom = (max(0, round(each)) for each in box)
    return grey[top : max(bottom, top + 2), left : max(right, left + 2)]


def _line(box: Box, text: str, info: Any) -> "Line | None":
    """Return a line with each letter at its middle, None where nothing was recognised."""
    from nanopore_tracking.services.ai.measures.model import Letter, Line

    columns = [column for word in info.word_cols for column in word]
    signs = [(sign, sure) for sign, sure in zip(text, info.confs, strict=False) if not sign.isspace()]
    if not columns or len(columns) != len(signs):
        return None
    step = (box[2] - box[0]) / info.line_txt_len
    letters = [
        Letter(sign, box[0] + (column + 0.5) * step, sure) for (sign, sure), column in zip(signs, columns, strict=True)
    ]
    spaced = {index for index in range(1, len(letters)) if _spaced(text, index)}
    return Line(box, letters, frozenset(spaced))


def _spaced(text: str, index: int) -> bool:
    """Tell whether a space stands before a letter, counted without spaces."""
    count = 0
    for place, sign in enumerate(text):
        if not sign.isspace():
            if count == index:
                return place > 0 and text[place - 1].isspace()
            count += 1
    return False


def _turned(grey: "Pixels", engine: _Engine) -> int:
    """Return by how many quarter turns the text of a page is turned, as its picture shows it."""
    import cv2
    import numpy as np

    scale = _LOOK_PX / max(grey.shape)
    small: Any = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = engine.boxes(small)
    # A page of numbers alone has no long lines.
    long = [[box for box in found if _longer(box) > least] for least in _LONG]
    boxes = long[0] if len(long[0]) >= _FEWEST else long[1]
    if not boxes:
        return 0
    on_side = sum(box[3] - box[1] > box[2] - box[0] for box in boxes) > _ON_SIDE * len(boxes)
    longest = sorted(boxes, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))[:_ASKED]
    crops = []
    for box in longest:
        crop = _crop(grey, tuple(each / scale for each in box))
        crop = np.ascontiguousarray(np.rot90(crop)) if on_side else crop
        crops.append(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR))
    return (1 if on_side else 0) + (2 if engine.upside_down(crops) else 0)


def _longer(box: Box) -> float:
    """Return how many times as long as wide a place is, whichever way it lies."""
    sides = sorted((box[2] - box[0], box[3] - box[1]))
    return sides[1] / max(sides[0], 1.0)


def _skew(grey: "Pixels") -> float:
    """Return by how many degrees, clockwise, the lines of a page fall: the angle at which its rows differ most."""
    rough = _contrast(grey, _LOOK_PX)
    best = max((step * 0.2 for step in range(round(-_MOST_SKEW / 0.2), round(_MOST_SKEW / 0.2) + 1)), key=rough)
    fine = _contrast(grey, 2 * _LOOK_PX)
    best = max((best + step * 0.03 for step in range(-8, 9)), key=fine)
    return round(best, 2) if abs(best) >= _LEAST_SKEW else 0.0


def _contrast(grey: "Pixels", longest_px: int) -> Callable[[float], float]:
    """Return what tells how much the rows of a page differ when it is turned back by an angle."""
    import cv2
    import numpy as np

    scale = longest_px / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark: Any = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 15).astype(
        np.float32
    )
    # A turn blurs; so that none at all has no advantage, everything is blurred first.
    dark = cv2.GaussianBlur(dark, (3, 3), 0)
    tall, wide = dark.shape

    def contrast(angle: float) -> float:
        matrix = cv2.getRotationMatrix2D((wide / 2, tall / 2), angle, 1.0)
        rows = cv2.warpAffine(dark, matrix, (wide, tall)).sum(axis=1)
        return float(np.square(np.diff(rows)).sum())

    return contrast
