"""Pages of scans: turned by a camera, many in one file, cancelled between two, kept, tried with a template."""

import hashlib
import io
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from PIL import Image

from nanopore_tracking.services.ai.recognitions import model as recognitions
from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench
from tests.services.ai.forms import scans
from tests.services.ai.forms.scans import Scan
from tests.services.ai.test_interventions import do
from tests.services.ai.test_reviews import value

pytestmark = [
    pytest.mark.skipif(not recognitions.installed(), reason="The extra `ocr` is not installed here."),
    pytest.mark.timeout(400),
    pytest.mark.long,
]
#: As the camera of a telephone that is held upright keeps a picture: on its side, with a word on how to turn it.
ORIENTATION, ON_ITS_SIDE = 0x0112, 6
DPI = 130
#: The part of a page that holds the form, in points: half of it takes half of the time.
LEFT, TOP, RIGHT, BOTTOM = CUT = (60, 60, 430, 480)


def part(content: bytes) -> Image.Image:
    """Return the scan of a form, cut to where something is printed."""
    (page,) = scans.pictures(content, [Scan(dpi=DPI)])
    cut = page.crop(_pixels(CUT, DPI / 72))
    cut.info["dpi"] = (DPI, DPI)
    return cut


def photograph(page: Image.Image) -> bytes:
    """Return a page as a telephone keeps it."""
    sink, exif = io.BytesIO(), Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    page.convert("RGB").rotate(90, expand=True).save(sink, "JPEG", quality=80, dpi=(DPI, DPI), exif=exif)
    return sink.getvalue()


def _pixels(box: Sequence[float], scale: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(side * scale) for side in box)
    return left, top, right, bottom


def two_pages() -> bytes:
    """Return a TIFF of two pages, each with a form of its own words."""
    more = form([], fields=[("Comments:", "Please keep the rest")])
    return scans.as_picture([part(form(rows(1))), part(more)], "TIFF")


def blank() -> bytes:
    """Return a picture of an empty page."""
    sink = io.BytesIO()
    Image.new("L", (400, 300), 255).save(sink, "PNG", dpi=(72, 72))
    return sink.getvalue()


async def _until(bench: Bench, content: bytes, filename: str, holds: Callable[[Any], bool]) -> Any:
    document = checked(await bench.upload(content, filename))
    return await _seen(bench, document["extraction_id"], holds)


async def _seen(bench: Bench, extraction_id: str, holds: Callable[[Any], bool]) -> Any:
    async def look() -> Any:
        found = checked(await bench.robin.get(f"/api/extractions/{extraction_id}"))
        return found if holds(found) else None

    return await bench.product.eventually(look, within_s=180)


def _over(found: Any) -> bool:
    return found["state"] not in ("queued", "reading")


async def _review(bench: Bench, extraction: Any) -> Any:
    assert extraction["state"] == "needs_review", extraction
    return checked(await bench.alice.get(f"/api/extractions/{extraction['id']}/review"))


async def test_a_photograph_is_turned_as_its_camera_says_and_its_boxes_with_it(bench: Bench) -> None:
    printed = form(rows(1))
    plain = await _review(bench, await _until(bench, printed, "printed.pdf", _over))

    extraction = await _until(bench, photograph(part(printed)), "photograph.jpg", _over)
    review = await _review(bench, extraction)

    assert value(review, "organism")["value"] == "Exampella testii"
    (told,) = review["pages"]
    assert (told["width_pt"], told["height_pt"]) == pytest.approx((RIGHT - LEFT, BOTTOM - TOP), abs=2)
    there = [side - more for side, more in zip(value(plain, "organism")["box"], (LEFT, TOP, LEFT, TOP), strict=True)]
    assert value(review, "organism")["box"] == pytest.approx(there, abs=4)
    shown = await bench.alice.get(f"/api/documents/{extraction['document_id']}/pages/1")
    picture = Image.open(io.BytesIO(shown.content)).convert("L")
    assert picture.width < picture.height
    scale = picture.width / told["width_pt"]
    inside = picture.crop(_pixels(value(review, "organism")["box"], scale))
    assert min(inside.tobytes()) < 120, "there are dark letters in the box, on the picture as it is shown"


async def test_pages_of_one_file_are_counted_cancelled_between_two_and_go_on_from_there(
    bench: Bench, product: Product
) -> None:
    content = two_pages()
    going = await _until(bench, content, "both.tiff", lambda found: found["scans_read"] == 1 or _over(found))
    assert (going["state"], going["scan_count"], going["scans_read"]) == ("reading", 2, 1)
    assert await _kept(product, going) == [1]

    cancelled = checked(await do(bench.robin, going, "cancellation"))
    assert cancelled["state"] == "cancelled"
    assert (await do(bench.robin, cancelled, "cancellation")).status_code == 409
    checked(await do(bench.robin, cancelled, "retry"))

    ended = await _seen(bench, going["id"], _over)
    review = await _review(bench, ended)
    assert await _kept(product, ended) == [1, 2]
    assert [page["number"] for page in review["pages"]] == [1, 2]
    assert (value(review, "organism")["page"], value(review, "comments")["page"]) == (1, 2)
    assert (value(review, "comments")["value"], len(review["rows"])) == ("Please keep the rest", 1)


async def _kept(product: Product, extraction: Any) -> list[int]:
    asked = "SELECT s.page FROM page_scan s JOIN document d ON d.sha256 = s.document_sha256 WHERE d.id = $1 ORDER BY 1"
    async with product.db("ai") as db:
        return [page for (page,) in await db.fetch(asked, extraction["document_id"])]


async def test_what_was_recognised_is_taken_by_trials_and_by_whoever_reads_it_again(
    bench: Bench, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "Orders of the Fendar core"
    content = form(rows(1), fields=[*FIELDS, ("Brumel:", "Fendar Hall"), (title, "")])
    scan = scans.as_picture([part(content)], "JPEG")
    extraction = await _until(bench, scan, "scan.jpg", _over)
    document_id = (await _review(bench, extraction))["document_id"]

    outcome = checked(await _tried(bench, product, document_id, title))
    assert (outcome["recognised"], outcome["row_count"]) == (True, 1)
    assert {each["field"]: each["raw"] for each in outcome["fields"]}["institution"] == "Fendar Hall"
    assert checked(await _tried(bench, product, document_id, "Orders of another core"))["recognised"] is False

    # An empty page that is said to have been recognised as this one reads like it: nobody looks at it once more.
    empty = blank()
    await _pass_on(product, of=scan, to=empty)
    again = await _review(bench, await _until(bench, empty, "empty.png", _over))
    assert value(again, "organism")["value"] == "Exampella testii"

    async with product.db("ai") as db:
        await db.execute("DELETE FROM page_scan WHERE document_sha256 = $1", hashlib.sha256(scan).hexdigest())
    lacking = await _tried(bench, product, document_id, title)
    assert (lacking.status_code, "not recognised yet" in lacking.json()["detail"]) == (422, True)
    monkeypatch.setattr(recognitions, "find_spec", lambda _: None)
    without = await _tried(bench, product, document_id, title)
    assert (without.status_code, "install nanopore-tracking[ocr]" in without.json()["detail"]) == (422, True)


async def _pass_on(product: Product, *, of: bytes, to: bytes) -> None:
    asked = (
        "INSERT INTO page_scan (document_sha256, page, recogniser, sha256) "
        "SELECT $2, page, recogniser, sha256 FROM page_scan WHERE document_sha256 = $1"
    )
    async with product.db("ai") as db:
        await db.execute(asked, hashlib.sha256(of).hexdigest(), hashlib.sha256(to).hexdigest())


async def _tried(bench: Bench, product: Product, document_id: str, fingerprint: str) -> httpx.Response:
    manager = await product.client("facility_manager", labs=[bench.lab_id])
    content = {"fingerprint": [fingerprint], "labels": {"institution": ["Brumel"]}}
    asked = {"document_id": document_id, "content": content}
    return await manager.post("/api/documents/templates/trials", json=asked)
