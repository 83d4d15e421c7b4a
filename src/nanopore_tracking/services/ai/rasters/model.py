"""Opens pictures and draws pages of PDF files as grey pixels; run in the sandbox only, with little memory and time.

The size of a picture is looked at before it is decoded: some hundred bytes can claim to be a billion pixels.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import msgspec

from nanopore_tracking.services.ai.grids.model import Lacking, Refused
from nanopore_tracking.services.ai.layouts.model import Sheet
from nanopore_tracking.services.ai.scans.model import Raster

if TYPE_CHECKING:
    from PIL.Image import Image

PictureKind = Literal["png", "jpeg", "tiff", "webp"]
PICTURES: tuple[PictureKind, ...] = ("png", "jpeg", "tiff", "webp")
#: Letters of 6 points are still recognised at so many dots for an inch; more takes time and gains nothing.
DOTS = 200
#: The longest side of a page in pixels, whatever it says that it measures.
MOST_PX = 2800
#: A page of A4 at 600 dots for an inch has 35 million; more is no scan, and fills the memory.
MOST_PIXELS = 50_000_000
ASK_FROM_PAGES = 30
_MOST_PAGES = 60
#: What a page measures, where its picture says it: from a card to a poster.
_LEAST_PT, _MOST_PT = 140.0, 1800.0
#: The longer side of A4, which a picture that does not say its size is taken to be.
_A4_PT = 842.0
_INSTALL = "Pictures are not read here: nanopore-tracking[ocr] is not installed where the ai service runs."
_DAMAGED = "The picture is damaged or not of the kind that its first bytes say. Nothing was read: scan the page anew."


class Options(msgspec.Struct, frozen=True):
    """Which page, from 1, of what kind of file."""

    kind: str
    page: int


def draw(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield what a page measures as JSON, then its grey pixels, line by line."""
    asked = msgspec.json.decode(options, type=Options)
    raster, pixels = _of_pdf(content, asked.page) if asked.kind == "pdf" else _of_picture(content, asked.page)
    yield msgspec.json.encode(raster)
    yield pixels


def sheets(content: bytes, wanted: Sequence[int] | None) -> list[Sheet]:
    """Return the pages of a picture, or those that are wanted; Refused with a sentence where it cannot be opened."""
    with opened(content) as image:
        count = int(getattr(image, "n_frames", 1))
        if wanted is None and count >= ASK_FROM_PAGES:
            message = f"The picture has {count:,} pages. Nothing was read: upload those alone that hold the form."
            raise Lacking(message, "pages", page_count=count)
        numbers = [number for number in wanted or range(1, count + 1) if 1 <= number <= count][:_MOST_PAGES]
        sizes = {number: _points(_frame(image, number)) for number in numbers}
    return [Sheet(number=number, width_pt=wide, height_pt=tall, scanned=True) for number, (wide, tall) in sizes.items()]


@contextmanager
def opened(content: bytes) -> Iterator["Image"]:
    """Open a picture without decoding it; Refused where it is none, or larger than any scan."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ModuleNotFoundError:
        raise Refused(f"{_INSTALL} Nothing was read: save the page as a PDF and upload that.") from None
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper() for kind in PICTURES]) as image:
            yield image
    except Image.DecompressionBombError:
        raise _too_large(0) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError) as failure:
        raise Refused(_DAMAGED) from failure


def _too_large(count: int) -> Refused:
    size = f" of {count / 1e6:,.0f} million pixels" if count else ""
    most = f"{MOST_PIXELS / 1e6:.0f} million"
    return Refused(
        f"The picture{size} is larger than any scan; at most {most} are read. Nothing was read: scan it at 300 dpi."
    )


def _frame(image: "Image", number: int) -> "Image":
    """Go to a page of a picture; Refused where it is too large, before anything of it is decoded."""
    if number > 1 or getattr(image, "n_frames", 1) > 1:
        image.seek(number - 1)
    if image.width * image.height > MOST_PIXELS:
        raise _too_large(image.width * image.height)
    return image


def _points(image: "Image") -> tuple[float, float]:
    """Return how wide and how tall a page is in points, turned as its camera says."""
    wide, tall = image.size
    if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
        wide, tall = tall, wide
    told = image.info.get("dpi")
    dots = min(told) if isinstance(told, tuple) and len(told) == 2 else 0
    scale = 72.0 / float(dots) if dots else 0.0
    sides = sorted((wide * scale, tall * scale))
    if sides[0] < _LEAST_PT or sides[1] > _MOST_PT:
        scale = _A4_PT / max(wide, tall)
    return round(wide * scale, 2), round(tall * scale, 2)


def upright(image: "Image", number: int, *, mode: Literal["L", "RGB"], most_px: int) -> "Image":
    """Return a page of a picture, turned as its camera says, on white, no larger than asked for."""
    from PIL import Image, ImageOps

    frame = _frame(image, number)
    if frame.format == "JPEG":
        frame.draft(mode, (most_px, most_px))
    if frame.mode.startswith("I") or frame.mode == "F":
        # Sixteen bits: the lower ones say nothing that a reader needs.
        _, high = frame.getextrema()
        scale = 255.0 / max(float(high), 255.0)  # type: ignore[arg-type]
        frame = frame.point(lambda level: level * scale).convert("L")
    factor = max(1, max(frame.size) // most_px)
    turned = ImageOps.exif_transpose(frame if factor == 1 or frame.mode not in ("L", "RGB") else frame.reduce(factor))
    if turned.has_transparency_data:
        over = turned.convert("RGBA")
        turned = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    found = turned.convert(mode)
    found.thumbnail((most_px, most_px), Image.Resampling.LANCZOS)
    return found


def _of_picture(content: bytes, number: int) -> tuple[Raster, bytes]:
    from PIL import Image

    with opened(content) as image:
        width_pt, height_pt = _points(_frame(image, number))
        most = min(MOST_PX, max(int(max(width_pt, height_pt) / 72 * DOTS), 400))
        grey = upright(image, number, mode="L", most_px=most)
        if max(grey.size) < most:
            scale = most / max(grey.size)
            grey = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.BICUBIC)
        return _raster(number, (width_pt, height_pt), grey.size), grey.tobytes()


def _of_pdf(content: bytes, number: int) -> tuple[Raster, bytes]:
    from nanopore_tracking.services.ai.pdfs.model import open_pdf

    document, _ = open_pdf(content)
    document.init_forms()
    page = document[number - 1]
    width_pt, height_pt = page.get_size()
    scale = min(DOTS / 72, MOST_PX / max(width_pt, height_pt, 1.0))
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=True)
    pixels, stride, wide = bytes(bitmap.buffer), bitmap.stride, bitmap.width
    if stride != wide:
        pixels = b"".join(pixels[at : at + wide] for at in range(0, stride * bitmap.height, stride))
    return _raster(number, (width_pt, height_pt), (wide, bitmap.height)), pixels


def _raster(number: int, points: tuple[float, float], pixels: tuple[int, int]) -> Raster:
    return Raster(number=number, width_pt=points[0], height_pt=points[1], width_px=pixels[0], height_px=pixels[1])
