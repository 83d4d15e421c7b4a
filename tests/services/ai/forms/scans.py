"""Makes scans of forms as an office machine does: a little askew, grey, noisy, and saved as JPEG."""

import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pypdfium2
from PIL import Image, ImageChops, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Scan:
    """How a page is scanned: dots for an inch, degrees clockwise, quality of the JPEG, softness, darkness and noise."""

    dpi: int = 200
    skew: float = 0.0
    quality: int = 60
    blur: float = 0.4
    depth: float = 0.85
    noise: float = 6.0


def scan_of(seed: str) -> Scan:
    """Return one of the many ways in which a page can be scanned."""
    rng = random.Random(seed)
    return Scan(
        dpi=rng.choice((150, 200, 250, 300)),
        skew=rng.uniform(-1.6, 1.6),
        quality=rng.randint(35, 75),
        blur=rng.uniform(0.2, 0.7),
        depth=rng.uniform(0.75, 0.95),
        noise=rng.uniform(3, 9),
    )


def pictures(pdf: bytes, how: Sequence[Scan] | Callable[[int], Scan]) -> list[Image.Image]:
    """Return the pages of a PDF as they come out of a scanner."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    told = how if callable(how) else lambda index: how[min(index, len(how) - 1)]
    return [_scanned(document[index], told(index)) for index in range(len(document))]


def _scanned(page: pypdfium2.PdfPage, how: Scan) -> Image.Image:
    paper = page.render(scale=how.dpi / 72, may_draw_forms=True).to_pil().convert("L")
    askew = paper.rotate(-how.skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    soft = askew.filter(ImageFilter.GaussianBlur(how.blur * how.dpi / 200))
    grey = soft.point(lambda level: 245 - (255 - level) * how.depth)
    # Bytes of a seed, so that a scan is the same each time; they spread by 74 around their middle.
    dust = Image.frombytes("L", grey.size, random.Random(grey.width).randbytes(grey.width * grey.height))
    noisy = ImageChops.add(grey, dust.point(lambda level: 128 + (level - 128) * how.noise / 74), offset=-128)
    sink = io.BytesIO()
    noisy.save(sink, "JPEG", quality=how.quality, dpi=(how.dpi, how.dpi))
    return Image.open(io.BytesIO(sink.getvalue()))


def as_pdf(images: Sequence[Image.Image]) -> bytes:
    """Return pictures as the PDF that a scanner makes of them."""
    sink = io.BytesIO()
    canvas = Canvas(sink, invariant=1)
    for image in images:
        wide, tall = (side * 72 / image.info["dpi"][0] for side in image.size)
        canvas.setPageSize((wide, tall))
        canvas.drawImage(ImageReader(image), 0, 0, wide, tall)
        canvas.showPage()
    canvas.save()
    return sink.getvalue()


def as_picture(images: Sequence[Image.Image], kind: Literal["PNG", "JPEG", "TIFF", "WEBP"]) -> bytes:
    """Return pictures as one file; a TIFF holds them all, the others the first."""
    sink = io.BytesIO()
    more = {"save_all": True, "append_images": list(images[1:])} if kind == "TIFF" else {}
    images[0].save(sink, kind, dpi=images[0].info["dpi"], **more)
    return sink.getvalue()


def moved(box: Sequence[float], size: tuple[float, float], skew: float) -> list[float]:
    """Return where a place of a page is on its scan, in points."""
    x, y = (box[0] + box[2] - size[0]) / 2, (box[1] + box[3] - size[1]) / 2
    sine, cosine = math.sin(math.radians(skew)), math.cos(math.radians(skew))
    across, down = x * cosine - y * sine + size[0] / 2, x * sine + y * cosine + size[1] / 2
    half, high = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    return [across - half, down - high, across + half, down + high]
