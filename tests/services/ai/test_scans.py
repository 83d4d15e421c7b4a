"""Scans and pictures of forms from upload to review: recognised page by page, refused with a sentence."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image

from nanopore_tracking.services.ai.recognitions.model import installed
from tests.harness.printed import form, rows
from tests.harness.product import checked
from tests.services.ai.conftest import Bench
from tests.services.ai.forms import scans
from tests.services.ai.forms.scans import Scan
from tests.services.ai.test_reviews import value

needs_ocr = pytest.mark.skipif(not installed(), reason="The extra `ocr` is not installed here.")
#: One page each, as askew and as noisy as office machines make them.
SCAN = Scan(dpi=200, skew=1.3, quality=50, noise=7)


async def _ended(bench: Bench, content: bytes, filename: str) -> Any:
    document = checked(await bench.upload(content, filename))

    async def ended() -> Any:
        found = checked(await bench.robin.get(f"/api/extractions/{document['extraction_id']}"))
        return found if found["state"] not in ("queued", "reading") else None

    return await bench.product.eventually(ended, within_s=90)


async def _review(bench: Bench, extraction: Any) -> Any:
    assert extraction["state"] == "needs_review", extraction
    return checked(await bench.alice.get(f"/api/extractions/{extraction['id']}/review"))


@needs_ocr
async def test_a_scan_is_read_as_the_form_that_was_printed(bench: Bench) -> None:
    printed = form(rows(3))
    scanned = scans.as_pdf(scans.pictures(printed, [SCAN]))
    plain = await _review(bench, await _ended(bench, printed, "printed.pdf"))

    extraction = await _ended(bench, scanned, "scanned.pdf")
    review = await _review(bench, extraction)

    assert (extraction["scan_count"], extraction["scans_read"]) == (1, 1)
    assert [page["scanned"] for page in review["pages"]] == [True]
    assert {each["field"]: each["value"] for each in review["fields"] if each["page"]} == {
        each["field"]: each["value"] for each in plain["fields"] if each["page"]
    }
    told = [{each["field"]: each["value"] for each in row["values"]} for row in review["rows"]]
    assert told == [{each["field"]: each["value"] for each in row["values"]} for row in plain["rows"]]
    there, here = (value(each, "organism")["box"] for each in (plain, review))
    assert here == pytest.approx(scans.moved(there, (612, 792), SCAN.skew), abs=6)
    assert value(review, "organism")["confidence"] < value(plain, "organism")["confidence"]


@needs_ocr
async def test_a_photograph_that_lies_on_its_side_is_read_and_shown(bench: Bench) -> None:
    (page,) = scans.pictures(form(rows(2)), [Scan(dpi=150, skew=-0.8)])
    turned, sink = page.rotate(90, expand=True), io.BytesIO()
    turned.save(sink, "PNG", dpi=(150, 150))

    extraction = await _ended(bench, sink.getvalue(), "photo.png")
    review = await _review(bench, extraction)

    assert value(review, "organism")["value"] == "Exampella testii"
    assert [value(review, "volume_ul", row)["value"] for row in (1, 2)] == [20, 20]
    shown = await bench.alice.get(f"/api/documents/{extraction['document_id']}/pages/1")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")


def _png(width: int, height: int) -> bytes:
    """Return a picture whose head says a size, and whose pixels nobody will see."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1 << 20), 9)), (b"IEND", b""))
    packed = [
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big") for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _blank() -> bytes:
    sink = io.BytesIO()
    Image.new("L", (1240, 1754), 255).save(sink, "PNG", dpi=(150, 150))
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (_png(60_000, 60_000), "larger than any scan"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "damaged"),
        (b"II*\x00" + bytes(200), "damaged"),
    ],
    ids=["bomb", "png", "jpeg", "tiff"],
)
async def test_pictures_that_are_none_or_too_large_are_refused_with_a_sentence(
    bench: Bench, content: bytes, says: str
) -> None:
    extraction = await _ended(bench, content, "picture.png")
    assert extraction["state"] == "refused", extraction
    assert says in extraction["error"]
    assert "Nothing was read" in extraction["error"]


@needs_ocr
async def test_a_page_without_letters_says_nothing(bench: Bench) -> None:
    extraction = await _ended(bench, _blank(), "blank.png")
    if extraction["state"] == "refused":
        assert "Nothing was read" in extraction["error"]
        return
    review = await _review(bench, extraction)
    assert [each for each in review["fields"] if each["value"] is not None] == []
    assert review["rows"] == []
