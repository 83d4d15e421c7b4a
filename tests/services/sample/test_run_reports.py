"""The report of a run says what was read of it and what that means; a submitter's has own samples alone."""

import io
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pypdfium2
import pytest

from nanopore_tracking.drawing import charts, documents, pictures
from nanopore_tracking.drawing.runs import figures
from nanopore_tracking.drawing.shapes import drawing
from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.splitting import split
from nanopore_tracking.runfolders.summaries import Cache
from nanopore_tracking.services.sample.run_reports.model import drawings
from tests.harness.product import Product, checked
from tests.runfolders import made as folder_maker
from tests.runfolders import vintages
from tests.services.sample.desk import opened
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling

READS = vintages.draw(400)


async def _read(product: Product, tmp_path: Path) -> tuple[Any, Any, Any, Any]:
    """Return the desk of a lab, a run with samples of it and of another lab, its acquisition, and the own sample."""
    desk, other = await opened(product), await opened(product)
    manager = await product.client("facility_manager")
    mine, theirs = Pooling(desk.project_id, manager), Pooling(other.project_id, manager)
    own, foreign = await mine.sample(), await theirs.sample()
    pool = await mine.pool(await mine.library(own, 1), await theirs.library(foreign, 2))
    run = await planned(mine, pool)
    ids = {"protocol_group_id": run["experiment_id"], "sample_id": run["sample_id"], "flow_cell_id": run["flow_cell"]}
    said = ids | {"position": run["position"], "protocol_run_id": f"{run['id'][-8:]}-2222-4333-8444-555555555555"}
    folder = folder_maker.folder(tmp_path, READS, **said)
    folder_maker.report(folder, model="dna_hac@v5.2.0", min_q=9)
    (reading,) = split(folders.read(folder, Cache(tmp_path / "cache")))
    body = {"reader": "bench", "reading": msgspec.to_builtins(reading)}
    return desk, run, checked(await manager.post("/api/runs/acquisitions", json=body)), (own, foreign)


def _text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


async def test_a_report_is_one_file_with_tables_charts_and_definitions(product: Product, tmp_path: Path) -> None:
    desk, run, _, (own, foreign) = await _read(product, tmp_path)
    answer = await desk.staff.get(f"/api/runs/{run['code']}/report")
    page = answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    for said in (
        own["code"],
        foreign["code"],
        "barcode03",
        "dna_hac@v5.2.0, passed from Q9 on",
        "mean error probability",
    ):
        assert said in page, said
    assert page.count("<svg ") == 8
    assert "nothing that was loaded has it" in page, "what is odd"
    for elsewhere in ("<script", "http-equiv", "src=", "url(", "<link"):
        assert elsewhere not in page
    paper = await desk.staff.get(f"/api/runs/{run['code']}/report.pdf")
    text = _text(paper.content)
    assert paper.headers["content-type"] == "application/pdf"
    for said in (f"Run {run['code']}", own["code"], "passed from Q9 on", "mean error probability", "Read lengths"):
        assert said in text, said


async def test_a_submitter_sees_own_barcodes_and_nothing_of_others_or_of_the_whole(
    product: Product, tmp_path: Path
) -> None:
    desk, run, found, (own, foreign) = await _read(product, tmp_path)
    page = (await desk.submitter.get(f"/api/runs/{run['code']}/report")).text
    assert own["code"] in page
    assert "barcode01" in page
    for hidden in (
        foreign["code"],
        "barcode02",
        "barcode03",
        "unclassified",
        "<svg",
        run["experiment_id"],
        "400 reads",
    ):
        assert hidden not in page, hidden
    text = _text((await desk.submitter.get(f"/api/runs/{run['code']}/report.pdf")).content)
    assert own["code"] in text
    assert foreign["code"] not in text
    stranger = await opened(product)
    refused = await stranger.submitter.get(f"/api/runs/{run['code']}/report")
    nothing = await stranger.submitter.get("/api/runs/R99-999999/report")
    assert (refused.status_code, refused.json()["detail"]) == (404, nothing.json()["detail"])
    assert (await stranger.submitter.get(f"/api/runs/{run['code']}/report.pdf")).status_code == 404
    path = f"/api/runs/acquisitions/{found['id']}/charts/channels/svg"
    assert (await desk.submitter.get(path)).status_code == 403


async def test_each_chart_is_a_file_as_svg_and_as_png(product: Product, tmp_path: Path) -> None:
    desk, _, found, _ = await _read(product, tmp_path)
    path = f"/api/runs/acquisitions/{found['id']}/charts"
    for name in ("yield", "active", "lengths", "qualities", "barcodes", "channels", "pores", "speed"):
        svg = await desk.staff.get(f"{path}/{name}/svg")
        assert ET.fromstring(svg.text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 (of our own making)
        png = await desk.staff.get(f"{path}/{name}/png")
        assert (png.status_code, png.headers["content-type"], png.content[:4]) == (200, "image/png", b"\x89PNG")
    assert (await desk.staff.get(f"{path}/nothing/svg")).status_code == 404


def test_a_picture_has_the_bars_of_its_chart_and_escapes_what_it_says() -> None:
    chart = charts.bars(["0 h", "<b>"], [("passed", [1, 4]), ("other", [0, 2])], what="Mb & more")
    found = pictures.svg(drawing("A <title>", chart))
    root = ET.fromstring(found)  # noqa: S314 (of our own making)
    assert root.attrib["aria-label"] == chart.sentence
    heights = [float(each.attrib["height"]) for each in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert max(bar.height for bar in chart.bars) in heights
    from PIL import Image

    image = Image.open(io.BytesIO(pictures.png(drawing("A", chart)))).convert("RGB")
    assert image.width == 2 * 520
    colours = {colour for _, colour in image.getcolors(100_000) or []}
    assert {(0x20, 0x60, 0x9F), (0xC9, 0x8A, 0x2B)} <= colours


def test_letters_that_the_font_lacks_are_named() -> None:
    assert pictures.printable("Größe 5 µL – 漢") == "Größe 5 µL – [U+6F22]"


@pytest.mark.parametrize(
    ("labels", "highest"),
    [
        ([f"barcode{number:02} S{number:02}" for number in range(1, 28)], 900_000),
        (["a name of a sample that has forty signs.."] * 97, 7),
        (["barcode01 and a long alias"], 0),
        ([f"{hour} h" for hour in range(73)], 12_345_678),
    ],
    ids=["pairs", "long names", "one", "hours"],
)
def test_no_label_of_a_chart_is_cut_or_over_another(labels: list[str], highest: int) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    chart = charts.bars(labels, [("passed", [highest] * len(labels))], what="Reads")
    spans = [(mark.x, stringWidth(mark.text, pictures.font(), 11) / 2) for mark in chart.across]
    assert spans
    assert all(x - half >= 0 and x + half <= chart.width for x, half in spans)
    assert all(x + half < other - more for (x, half), (other, more) in pairwise(spans))
    assert all(mark.x - stringWidth(mark.text, pictures.font(), 11) >= 0 for mark in chart.up)
    assert not any("e" in mark.text for mark in chart.up)
    assert all(bar.x + bar.width <= chart.width for bar in chart.bars)


def test_a_picture_alone_says_its_unit_and_little_is_not_nothing(tmp_path: Path) -> None:
    reading = folders.read(folder_maker.folder(tmp_path, vintages.draw(3)), Cache(tmp_path / "cache"))
    hourly, _ = drawings(reading)["yield"]
    assert hourly.title == "Yield by hour, in bases"
    (sentence,) = [each.chart.sentence for each in figures(reading) if each.name == "yield" and each.chart]
    bases = sum(read.length for read in vintages.draw(3) if read.passed)
    assert f"{bases} passed" in sentence
    assert [documents.said(value) for value in (0.000616, 0.0, 1.5)] == ["0.000616", "0.00", "1.50"]
