"""What people do about readings: cancel them, repeat them, choose the pages of long files, open protected ones."""

import asyncio
import io
import os
from typing import Any

import httpx
import pikepdf
import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.ai.interventions.model import pages_of
from tests.harness.printed import form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench
from tests.services.ai.forms.harmful import drawn_in_itself, protected
from tests.services.ai.test_reviews import value

PASSWORD = "lifa-zqx-4711"


def long(count: int, at: int) -> bytes:
    """A file of empty pages with a form on one of them."""
    made, sink = pikepdf.new(), io.BytesIO()
    with pikepdf.open(io.BytesIO(form(rows(2)))) as page:
        for number in range(1, count + 1):
            if number == at:
                made.pages.extend(page.pages)
            else:
                made.add_blank_page()
        made.save(sink)
    return sink.getvalue()


async def do(by: httpx.AsyncClient, reading: Any, what: str, **said: Any) -> httpx.Response:
    headers = {"If-Match": f'"v{reading["version"]}"'}
    return await by.post(f"/api/extractions/{reading['id']}/{what}", json=said or None, headers=headers)


async def _review(bench: Bench, reading: Any) -> Any:
    return checked(await bench.alice.get(f"/api/extractions/{reading['id']}/review"))


@pytest.mark.parametrize(
    ("text", "pages"),
    [("3", [3]), ("1-3, 7", [1, 2, 3, 7]), ("7,1–2,2", [1, 2, 7]), (" 34 ", [34])],
)
def test_pages_are_understood_as_people_write_them(text: str, pages: list[int]) -> None:
    assert pages_of(text, 34) == pages


@pytest.mark.parametrize("text", ["", ",", "0", "35", "3-1", "a", "1-", "1;2", "99999999999"])
def test_what_is_no_page_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(errors.Invalid, match="Nothing was changed"):
        pages_of(text, 34)


async def test_of_a_long_file_a_person_chooses_the_pages(bench: Bench) -> None:
    waiting = await bench.read(long(34, at=31), "long.pdf")
    assert waiting["state"] == "needs_pages"
    assert "34 pages" in waiting["notes"][0]
    assert (await do(bench.robin, waiting, "pages", pages="40")).status_code == 422
    checked(await do(bench.robin, waiting, "pages", pages="30-31"))

    review = await _review(bench, await bench.ended(waiting["id"]))
    assert [page["number"] for page in review["pages"]] == [30, 31]
    assert value(review, "organism")["page"] == 31
    assert len(review["rows"]) == 2


async def test_a_password_opens_a_file_and_is_kept_nowhere(
    bench: Bench, product: Product, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = await bench.read(protected(form(rows(2)), user=PASSWORD), "closed.pdf")
    assert waiting["state"] == "needs_password"
    wrong = await do(bench.robin, waiting, "password", password="another")
    assert (wrong.status_code, "does not open" in wrong.json()["detail"]) == (422, True)
    checked(await do(bench.robin, waiting, "password", password=PASSWORD))

    reading = await bench.ended(waiting["id"])
    assert value(await _review(bench, reading), "organism")["value"] == "Exampella testii"
    picture = await bench.alice.get(f"/api/documents/{reading['document_id']}/pages/1")
    assert picture.content.startswith(b"\x89PNG")
    original = await bench.alice.get(f"/api/documents/{reading['document_id']}/content")
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(original.content))
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err
    async with product.db("ai") as db:
        tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname <> ALL($1)"
        for (table,) in await db.fetch(tables, ["pg_catalog", "information_schema"]):
            found = await db.fetchval(f"SELECT count(*) FROM {table} t WHERE t::text LIKE $1", f"%{PASSWORD}%")
            assert not found, table


async def test_a_reading_that_goes_on_is_cancelled_and_its_child_ends(bench: Bench, product: Product) -> None:
    # This drawing keeps its reader busy until it is stopped.
    document = checked(await bench.upload(drawn_in_itself(), "endless.pdf"))

    async def goes_on() -> Any:
        found = checked(await bench.robin.get(f"/api/extractions/{document['extraction_id']}"))
        return found if found["state"] == "reading" and await _children() else None

    reading = await product.eventually(goes_on)
    cancelled = checked(await do(bench.robin, reading, "cancellation"))
    assert cancelled["state"] == "cancelled"
    assert "cancelled the reading" in cancelled["notes"][0]

    async def ended() -> bool:
        return not await _children()

    await product.eventually(ended)
    again = await do(bench.robin, cancelled, "cancellation")
    assert (again.status_code, "cancelled already" in again.json()["detail"]) == (409, True)
    failed = checked(await do(bench.robin, cancelled, "retry"))
    assert failed["state"] == "queued"
    now = checked(await bench.robin.get(f"/api/extractions/{failed['id']}"))
    checked(await do(bench.robin, now, "cancellation"))


async def _children() -> list[str]:
    """Return the readers that run for this process."""
    asked = ("pgrep", "-f", "-P", str(os.getpid()), "forms.model:read_form")
    child = await asyncio.create_subprocess_exec(*asked, stdout=asyncio.subprocess.PIPE)
    return (await child.communicate())[0].decode().split()


async def test_what_failed_is_listed_with_its_reason_and_read_again(bench: Bench) -> None:
    failed = await bench.read(b"%PDF-1.7\nnothing", "broken.pdf")
    assert failed["state"] == "refused"
    listed = checked(await bench.robin.get("/api/extractions", params={"state": ["refused", "cancelled"]}))["items"]
    assert next(each for each in listed if each["id"] == failed["id"])["error"] == failed["error"]
    queued = checked(await do(bench.robin, failed, "retry"))
    assert (queued["state"], queued["error"], queued["attempts"]) == ("queued", None, 0)
    assert (await bench.ended(failed["id"]))["error"] == failed["error"]
    review = await _review(bench, await bench.read(form(rows(1)), "form.pdf"))
    asked = {"id": review["extraction_id"], "version": review["version"]}
    assert (await do(bench.robin, asked, "retry")).status_code == 409
    assert (await do(bench.robin, asked, "cancellation")).status_code == 409
